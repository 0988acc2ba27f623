/**
 * Reads private keys as environment variables, secret stores and configuration files pass them on: with escaped or lost
 * line breaks, quotes, indentation. A text is repaired where its DER proves that only one reading is possible. Messages
 * about other texts contain nothing of them.
 */
import { base64 } from "../platform/bytes.js";
import { declaredLength, pkcs8Of, recognizeDer } from "./der.js";

/** A key as PKCS#8 in PEM, or what is wrong with the text: `is …`. */
export type PrivateKeyReading = { readonly pem: string } | { readonly fault: string };

/** What is between two markers, or before the first or after the last. */
interface Block {
  /** The label of `-----BEGIN …-----`. `undefined` if this line is missing. */
  readonly label: string | undefined;
  readonly body: string;
  /** Whether the line `-----END …-----` follows. */
  readonly isClosed: boolean;
}

/** Keys of 16,384 bits have 12,000 characters. */
const limit = 65_536;

/** Bounded repetitions, so that matching takes linear time. Labels have spaces where lines were folded. */
const marker =
  /-{0,20}\s{0,8}(BEGIN|END)\s{1,8}((?:[A-Z0-9]{1,12}\s{1,8}){0,3}?(?:(?:PRIVATE|PUBLIC)\s{1,8}KEY(?:\s{1,8}BLOCK)?|CERTIFICATE(?:\s{1,8}REQUEST)?|PARAMETERS|PKCS7|CRL))\s{0,8}-{0,20}/g;

const copy = "Copy the complete member from the key file again";

/** Reads a private key. */
export function readPrivateKey(text: string): PrivateKeyReading {
  if (text.length > limit) return fault("is too long for a private key");
  const known = misplaced(text.trim());
  if (known !== undefined) return fault(known);
  const clean = withoutEscapes(text);
  const blocks = blocksOf(clean);
  if (blocks.length === 0) return readUnmarked(clean);
  const keys = blocks.filter(({ label }) => label === undefined || / ?PRIVATE KEY/.test(label));
  const [block] = keys;
  if (block === undefined) return fault(otherBlock(blocks[0]?.label));
  const [reading, ...others] = keys.map(readBlock);
  const isSame = (other: PrivateKeyReading): boolean =>
    reading !== undefined && "pem" in reading && "pem" in other && other.pem === reading.pem;
  if (!others.every(isSame)) return fault("contains more than one private key. Leave only the one of this account");
  return reading ?? fault("is not a private key");
}

function fault(message: string): PrivateKeyReading {
  return { fault: message };
}

/** Recognizes texts that people put here in place of the key. */
function misplaced(text: string): string | undefined {
  if (text === "") return "is blank";
  if (/^["']?\s*\{\s*\\*["']/.test(text))
    return /"kty\\*"/.test(text)
      ? "is a JWK, not a PEM. Convert it, or use the key file as Google made it"
      : "is JSON, probably the complete key file. Pass that to fromJSON()";
  if (/^(?:SHA\d+:\S{20,}|(?:[0-9a-f]{2}:){9,}[0-9a-f]{2}|[0-9a-f]{32,64})$/i.test(text))
    return "is a fingerprint or the id of a key (private_key_id), not the key";
  if (/^(?:ssh-|ecdsa-)\S+ AAAA/.test(text)) return "is a public key for SSH, not a private key";
  if (text.startsWith("PuTTY-User-Key-File")) return "is a PuTTY key. Google's key files have PEM keys";
  if (/^(?:projects\/[^/]+\/secrets\/|[a-z][a-z+.-]*:\/\/|arn:|vault:|sm:)/.test(text))
    return "is a reference to a secret, not its value. Read the secret first";
  if (/^(?:~|\.{0,2}|[A-Z]:)[/\\][^\n]{1,250}\.[a-z0-9]{2,5}$/i.test(text))
    return "is the path of a file, not its content. Read the file, or pass the path of the complete key file to fromFile()";
  if (/^\$(?:\{|\(|\w)|^%\w+%$|\{\{/.test(text)) return "is the name of a variable that was not replaced by its value";
  return undefined;
}

/** Whether a text without a complete key shows that the key was left out. */
function isPlaceholder(text: string): boolean {
  return (
    /…|\.\.\.|\*{3}|•{3}|<[^<>]{1,80}>|\[(?:redacted|hidden)/i.test(text) ||
    (text.length < 200 && /redacted|your[-_ ]|placeholder|example|change.?me|x{6}|private[-_]key/i.test(text)) ||
    /^\s*(?:null|none|undefined|true|false|todo|\[object Object\])\s*$/i.test(text)
  );
}

const placeholder = "is a placeholder, not a key";

/** Undoes what shells, JSON, YAML, URLs and editors do to characters. None of these occur in a PEM. */
function withoutEscapes(text: string): string {
  let clean = text;
  // In forms a space is a plus sign.
  if (/BEGIN\+|END\+/.test(clean)) clean = clean.replaceAll("+", " ");
  for (let round = 0; round < 3 && /%[0-9a-f]{2}/i.test(clean); round++)
    clean = clean.replaceAll(/(?:%[0-9a-f]{2})+/gi, decoded);
  return (
    clean
      .replaceAll(/\\{1,16}u00([0-9a-f]{2})/gi, (_match, code: string) => characterOf(code))
      .replaceAll(/\\{1,16}[nrtf]/g, "\n")
      .replaceAll(/\\{1,16}(?=["'`/\s]|$)/g, "")
      .replaceAll(/\r\n?|[\u0085\u2028\u2029\v\f]/g, "\n")
      .replaceAll(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, "")
      .replaceAll(/[^\S\n]/g, " ")
      .replaceAll(/[\u2010-\u2015\u2212]/g, "-")
      // Literals that a program joins.
      .replaceAll(/["'`] *\n? *\+ *\n? *["'`]/g, "\n")
      .replaceAll(/["'`\u2018\u2019\u201c\u201d]/g, "")
  );
}

function decoded(percents: string): string {
  try {
    return decodeURIComponent(percents);
  } catch {
    return percents.replaceAll(/%(..)/g, (_match, code: string) => characterOf(code));
  }
}

function characterOf(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  const markers = [...text.matchAll(marker)];
  for (const [index, match] of markers.entries()) {
    const next = markers[index + 1];
    const label = match[2]?.replaceAll(/\s+/g, " ");
    const [start, end] = [match.index + match[0].length, next?.index ?? text.length];
    if (match[1] === "BEGIN") blocks.push({ label, body: text.slice(start, end), isClosed: next?.[1] === "END" });
    else if (index === 0) blocks.push({ label: undefined, body: text.slice(0, match.index), isClosed: true });
  }
  return blocks;
}

function otherBlock(label = ""): string {
  if (label.includes("CERTIFICATE")) return "is a certificate, not a private key";
  if (label.includes("PUBLIC KEY")) return "is a public key, not a private key";
  return "is a PEM of another kind: its label must be PRIVATE KEY or RSA PRIVATE KEY";
}

function readBlock({ body, isClosed, label }: Block): PrivateKeyReading {
  if (label?.includes("ENCRYPTED") === true || /Proc-Type:|DEK-Info:/.test(body)) return fault(encrypted);
  switch (label) {
    case "EC PRIVATE KEY":
    case "DSA PRIVATE KEY":
      return fault(ofAlgorithm(label.slice(0, -12)));
    case "OPENSSH PRIVATE KEY":
      return fault("is a key for OpenSSH. Google's key files have PKCS#8 keys, with the label PRIVATE KEY");
    case undefined:
    case "PRIVATE KEY":
    case "RSA PRIVATE KEY":
      break;
    default:
      return fault("is a PEM with another label: it must be PRIVATE KEY or RSA PRIVATE KEY");
  }
  // The rest of a damaged line has dashes, which Base64 has not.
  if (label === undefined)
    return readBase64(body.replace(/^[^]*-/, ""), "its first line, -----BEGIN PRIVATE KEY-----, is missing or damaged");
  if (isClosed) return readBase64(body);
  return readBase64(body.replace(/-[^]*$/, ""), `its last line, -----END ${label}-----, is missing or damaged`);
}

const encrypted =
  "is encrypted, and this library takes no passphrase. Decrypt it with `openssl pkey -in encrypted.pem -out decrypted.pem`";

/** Reads a text without markers: Base64 of a PEM, or of DER. */
function readUnmarked(text: string): PrivateKeyReading {
  const content = text.replaceAll(/\s/g, "");
  const none = fault(
    isPlaceholder(text)
      ? placeholder
      : /BEGIN/.test(text)
        ? "has a wrong label in its first line: -----BEGIN PRIVATE KEY----- is expected"
        : "is not a private key in PEM: it has no line -----BEGIN PRIVATE KEY-----",
  );
  if (!/^[\w+/-]{16,}={0,2}$/.test(content)) return none;
  const bytes = decode(content.replaceAll("-", "+").replaceAll("_", "/"));
  const inner = bytes === undefined ? "" : latin1(bytes);
  // A key in PEM is Base64 already, so a second round ends here.
  if (/^\W*BEGIN /.test(inner)) return readPrivateKey(inner);
  if (bytes !== undefined && declaredLength(bytes) !== undefined)
    return readBase64(text, "its lines -----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY----- are missing");
  return none;
}

/**
 * Reads the content of a PEM. At most one reading has the length that its DER header declares.
 *
 * @param missing What is missing around the content.
 */
function readBase64(body: string, missing?: string): PrivateKeyReading {
  const content = body.replaceAll(/\s/g, "");
  for (const candidate of [content, withPlus(body), withoutLetters(content)]) {
    const bytes = decode(candidate);
    if (bytes === undefined || declaredLength(bytes) !== bytes.length) continue;
    return readDer(bytes);
  }
  return fault(isPlaceholder(body) ? placeholder : damage(content, missing));
}

/** In URLs, a plus sign becomes a space. Then lines must be intact. */
function withPlus(body: string): string {
  return body.replaceAll("\n", "").trim().replaceAll(" ", "+");
}

/** Shells drop the backslash of `\n`, and some people write `/n`: each line then ends with letters too many. */
function withoutLetters(content: string): string {
  if (!/^(?:\/?r)?\/?n/.test(content)) return "";
  return content
    .replace(/^(?:\/?r)?\/?n/, "")
    .replaceAll(/([A-Za-z0-9+/=]{64})(?:\/?r)?\/?n/g, "$1")
    .replace(/(?:\/?r)?\/?n$/, "");
}

function readDer(bytes: Uint8Array): PrivateKeyReading {
  const found = recognizeDer(bytes);
  switch (found.kind) {
    case "rsa":
      return { pem: `-----BEGIN PRIVATE KEY-----\n${base64(pkcs8Of(found.pkcs1))}\n-----END PRIVATE KEY-----\n` };
    case "broken-rsa":
      return fault(`is damaged: it has its full length, but the numbers of the RSA key contradict each other. ${copy}`);
    case "small-rsa":
      return fault(`is an RSA key of ${String(found.bits)} bits. Google takes keys from 2048 bits on`);
    case "other-key":
      return fault(ofAlgorithm(found.algorithm));
    case "certificate":
      return fault("is a certificate, not a private key");
    case "public-key":
      return fault("is a public key, not a private key");
    case "encrypted":
      return fault(encrypted);
    case "pkcs12":
      return fault("is a PKCS#12 key (.p12) in Base64. Create a key of the type JSON instead");
    case "unknown":
      return fault(`is damaged: it has its full length, but is not a private key. ${copy}`);
  }
}

function ofAlgorithm(algorithm: string): string {
  return `is not an RSA private key${algorithm === "" ? "" : ` but one for ${algorithm}`}. Service accounts sign with RSA`;
}

/** Describes content that does not have the length it declares. */
function damage(content: string, missing: string | undefined): string {
  const place = missing === undefined ? "" : `${missing}, and `;
  if (content === "") return `is incomplete: ${missing ?? "nothing is between its first and last line"}`;
  const odd = content.search(/[^A-Za-z0-9+/]/);
  const count = content.length.toLocaleString("en-US");
  if (odd !== -1 && !/^={1,2}$/.test(content.slice(odd)))
    return `is damaged: ${place}character ${String(odd + 1)} of its ${count} is not Base64. ${copy}`;
  const bytes = decode(content);
  if (bytes === undefined)
    return `is damaged: ${place}its Base64 has ${count} characters, which is not a multiple of 4. At least one was lost or added. ${copy}`;
  const declared = declaredLength(bytes);
  const there = bytes.length.toLocaleString("en-US");
  if (declared === undefined || declared > limit)
    return `is damaged: ${place}its beginning is not that of a key. ${copy}`;
  const full = declared.toLocaleString("en-US");
  return declared > bytes.length
    ? `is ${missing === undefined ? "incomplete" : "cut off"}: ${place}only ${there} of its ${full} bytes are there. ${copy}`
    : `is damaged: ${place}it has ${there} bytes instead of ${full}. ${copy}`;
}

/** Decodes Base64, with or without padding. */
function decode(content: string): Uint8Array | undefined {
  const text = content.replace(/={1,2}$/, "");
  if (text.length % 4 === 1 || !/^[A-Za-z0-9+/]+$/.test(text)) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
