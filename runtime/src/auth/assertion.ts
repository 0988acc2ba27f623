/** Signed assertions of a service account (RFC 7523), with RS256 as Google requires. */
import { base64 } from "../platform/bytes.js";
import type { Key } from "./key-file.js";

/** Lifetime of an assertion in seconds: the maximum that Google allows. */
export const assertionLifetime = 3600;

/** Assertions are issued this many seconds in the past, so that a clock slightly ahead causes no refusal. */
const skew = 10;

/** Signs claims with one key. */
type Sign = (claims: object) => Promise<string>;

/** Claims of one assertion, without its times and its issuer. */
export interface Claims {
  readonly [name: string]: string | undefined;
}

/** When an assertion is issued and expires (RFC 7519 §4.1), in seconds since the epoch. */
export function times(now: number): { readonly iat: number; readonly exp: number } {
  const iat = Math.floor(now / 1000) - skew;
  return { iat, exp: iat + assertionLifetime };
}

/** Signs assertions with one private key, which is imported once. */
export class AssertionSigner {
  readonly #key: Key;
  #ready: Promise<Sign> | undefined;

  constructor(key: Key) {
    this.#key = key;
  }

  /** @param now Milliseconds since the epoch, by the server's clock if it is known. */
  async sign(claims: Claims, now: number): Promise<string> {
    this.#ready ??= signerOf(this.#key);
    const sign = await this.#ready;
    return sign({ iss: this.#key.email, ...claims, ...times(now) });
  }
}

async function signerOf({ id, pem, problem }: Key): Promise<Sign> {
  const { SignJWT, importPKCS8 } = await import("../platform/node/jose.js");
  const header = { alg: "RS256", typ: "JWT", ...(id === undefined ? {} : { kid: id }) };
  try {
    const key = await importPKCS8(pkcs8(pem), header.alg);
    return (claims) => new SignJWT({ ...claims }).setProtectedHeader(header).sign(key);
  } catch {
    // The parser's message may quote the key.
    throw problem("KEY_BROKEN", "private_key", "is not an RSA private key, or is damaged");
  }
}

/** DER of the version 0 and the algorithm rsaEncryption (RFC 5208 §5, RFC 8017 §A.1). */
const rsaHead: readonly number[] = [
  0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/** Converts a PKCS#1 key to PKCS#8, which WebCrypto takes. */
function pkcs8(pem: string): string {
  const [, content = ""] = /^-----BEGIN RSA PRIVATE KEY-----([^-]+)-----END/.exec(pem) ?? [];
  if (content === "") return pem;
  const key = Array.from(atob(content.replaceAll(/\s/g, "")), (character) => character.charCodeAt(0));
  const bytes = Uint8Array.from(element(0x30, [...rsaHead, ...element(0x04, key)]));
  return `-----BEGIN PRIVATE KEY-----\n${base64(bytes)}\n-----END PRIVATE KEY-----\n`;
}

/** A DER element: tag, length, value. */
function element(tag: number, value: readonly number[]): readonly number[] {
  const { length } = value;
  // Keys are longer than 127 bytes and shorter than 65,536.
  return [tag, 0x82, length >> 8, length & 255, ...value];
}
