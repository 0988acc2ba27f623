/** Signed assertions of a service account (RFC 7523), with RS256 as Google requires. */
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
    const key = await importPKCS8(pem, header.alg);
    return (claims) => new SignJWT({ ...claims }).setProtectedHeader(header).sign(key);
  } catch {
    // The parser's message may quote the key.
    throw problem("KEY_BROKEN", "private_key", "cannot be imported by this platform, although it looks complete");
  }
}
