/** Reads the structure of keys in DER (X.690): enough to recognize a key and to notice damage. */
import { concat } from "../platform/bytes.js";

/** A DER element, by the offsets of its first byte and of its content. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** What a DER text contains. */
export type DerKind =
  | { readonly kind: "rsa"; readonly pkcs1: Uint8Array }
  /** Numbers are missing from the RSA key, or contradict each other. */
  | { readonly kind: "broken-rsa" }
  | { readonly kind: "small-rsa"; readonly bits: number }
  /** A private key for another algorithm. */
  | { readonly kind: "other-key"; readonly algorithm: string }
  | { readonly kind: "certificate" | "encrypted" | "pkcs12" | "public-key" | "unknown" };

const integer = 0x02;
const octets = 0x04;
const objectIdentifier = 0x06;
const sequence = 0x30;

/** Algorithms by their object identifiers, as hexadecimal DER. */
const rsaEncryption = "2a864886f70d010101";
const algorithms: { readonly [oid: string]: string } = {
  "2a8648ce3d0201": "EC",
  "2a8648ce380401": "DSA",
  "2a864886f70d010301": "Diffie-Hellman",
  "2a864886f70d01010a": "RSA-PSS",
  "2b656e": "X25519",
  "2b656f": "X448",
  "2b6570": "Ed25519",
  "2b6571": "Ed448",
};

/** The smallest modulus that RS256 takes (RFC 7518 §3.3), in bits. */
const minimalBits = 2048;

/** Returns how many bytes a DER text has by its own header. `undefined` if it does not start with a sequence. */
export function declaredLength(bytes: Uint8Array): number | undefined {
  const element = elementAt(bytes, 0, Infinity);
  return element?.tag === sequence ? element.end : undefined;
}

/** Recognizes a complete DER text by the tags of its elements. */
export function recognizeDer(bytes: Uint8Array): DerKind {
  const parts = childrenOf(bytes, elementAt(bytes, 0, bytes.length));
  const tags = parts.map(({ tag }) => tag.toString(16)).join();
  const [first, second, third] = parts;
  // PrivateKeyInfo and OneAsymmetricKey (RFC 5958 §2).
  if (/^2,30,4(?:,a0)?(?:,[8a]1)?$/.test(tags)) return privateKeyInfo(bytes, second, third);
  // RSAPrivateKey (RFC 8017 §A.1.2).
  if (/^2(?:,2){8}$/.test(tags)) return rsaKey(bytes, parts);
  // ECPrivateKey (RFC 5915 §3), DSA as OpenSSL writes it.
  if (/^2,4(?:,a0)?(?:,a1)?$/.test(tags)) return { kind: "other-key", algorithm: "EC" };
  if (/^2(?:,2){5}$/.test(tags)) return { kind: "other-key", algorithm: "DSA" };
  // SubjectPublicKeyInfo and RSAPublicKey; Certificate and requests for one; EncryptedPrivateKeyInfo; PFX.
  if (tags === "30,3" || tags === "2,2") return { kind: "public-key" };
  if (tags === "30,30,3") return { kind: "certificate" };
  if (tags === "30,4") return { kind: "encrypted" };
  if (/^2,30(?:,30)?$/.test(tags) && hexOf(bytes, first) === "03") return { kind: "pkcs12" };
  return { kind: "unknown" };
}

/** Converts a PKCS#1 key to PKCS#8 (RFC 5208 §5), which WebCrypto takes. */
export function pkcs8Of(pkcs1: Uint8Array): Uint8Array {
  const algorithm = Uint8Array.from([0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, ...bytesOf(rsaEncryption), 0x05, 0x00]);
  return element(sequence, algorithm, element(octets, pkcs1));
}

function privateKeyInfo(bytes: Uint8Array, algorithm: Element | undefined, key: Element | undefined): DerKind {
  const [oid] = childrenOf(bytes, algorithm);
  const name = oid?.tag === objectIdentifier ? hexOf(bytes, oid) : "";
  if (name !== rsaEncryption) return { kind: "other-key", algorithm: algorithms[name] ?? "" };
  const inner = key === undefined ? undefined : elementAt(bytes, key.content, key.end);
  if (inner === undefined || inner.end !== key?.end) return { kind: "broken-rsa" };
  return rsaKey(bytes.subarray(inner.start, inner.end), childrenOf(bytes.subarray(inner.start, inner.end)));
}

/** Checks that the numbers of a key belong together, which damaged ones do not. */
function rsaKey(pkcs1: Uint8Array, parts: readonly Element[]): DerKind {
  const positive = parts.slice(1).every(({ content, tag, end }) => tag === integer && end > content);
  const [version, n, e, d, p, q, dp, dq, inverse] = parts.map((part) => BigInt(`0x0${hexOf(pkcs1, part)}`));
  if (parts.length !== 9 || !positive || version !== 0n) return { kind: "broken-rsa" };
  if (n === undefined || e === undefined || d === undefined || p === undefined || q === undefined)
    return { kind: "broken-rsa" };
  if (dp === undefined || dq === undefined || inverse === undefined || p < 3n || q < 3n) return { kind: "broken-rsa" };
  const belong =
    n === p * q &&
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    dp === d % (p - 1n) &&
    dq === d % (q - 1n) &&
    (inverse * q) % p === 1n;
  if (!belong) return { kind: "broken-rsa" };
  const bits = n.toString(2).length;
  return bits < minimalBits ? { kind: "small-rsa", bits } : { kind: "rsa", pkcs1 };
}

/** Returns the element at an offset. `undefined` if its header is invalid or it ends after `limit`. */
function elementAt(bytes: Uint8Array, start: number, limit: number): Element | undefined {
  const [tag, first] = bytes.subarray(start, start + 2);
  if (tag === undefined || first === undefined) return undefined;
  // Lengths from 128 on have their own length first. Keys are shorter than 16 MiB.
  const size = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || size > 3) return undefined;
  const content = start + 2 + size;
  const length = size === 0 ? first : bytes.subarray(start + 2, content).reduce((sum, byte) => sum * 256 + byte, 0);
  return content + length > limit ? undefined : { tag, start, content, end: content + length };
}

/** Returns the elements of a sequence. Empty if they do not fill it exactly. */
function childrenOf(bytes: Uint8Array, parent = elementAt(bytes, 0, bytes.length)): readonly Element[] {
  if (parent?.tag !== sequence) return [];
  const children: Element[] = [];
  for (let offset = parent.content; offset < parent.end;) {
    const child = elementAt(bytes, offset, parent.end);
    if (child === undefined) return [];
    children.push(child);
    offset = child.end;
  }
  return children;
}

function hexOf(bytes: Uint8Array, part: Element | undefined): string {
  if (part === undefined) return "";
  return Array.from(bytes.subarray(part.content, part.end), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
}

function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const size = contents.reduce((sum, { length }) => sum + length, 0);
  // Keys are longer than 127 bytes and shorter than 65,536.
  return concat([Uint8Array.from([tag, 0x82, size >> 8, size & 255]), ...contents], size + 4);
}
