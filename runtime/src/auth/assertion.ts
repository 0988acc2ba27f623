/** Signed assertions of a service account (RFC 7523), the RS256 kind that Google takes. */
import type { SignJWT } from "jose/jwt/sign";
import type { importPKCS8 } from "jose/key/import";
import type { Key } from "./key-file.js";

/** How long an assertion holds, in seconds: the most that Google allows. */
export const assertionLifetime = 3600;

/** Issued this much in the past, in seconds, so that a clock that runs ahead a little does no harm. */
const skew = 10;

type SigningKey = Awaited<ReturnType<typeof importPKCS8>>;

/** Claims of one assertion; those of its times and its issuer are added. */
export interface Claims {
  readonly [name: string]: string | undefined;
}

/** When an assertion holds (RFC 7519 §4.1), in seconds since the epoch. */
export function times(now: number): { readonly iat: number; readonly exp: number } {
  const iat = Math.floor(now / 1000) - skew;
  return { iat, exp: iat + assertionLifetime };
}

/** Signs assertions with one private key, which is read once. */
export class AssertionSigner {
  readonly #key: Key;
  #ready: Promise<[SigningKey, typeof SignJWT]> | undefined;

  constructor(key: Key) {
    this.#key = key;
  }

  /** @param now Milliseconds since the epoch, by the server's clock where it is known. */
  async sign(claims: Claims, now: number): Promise<string> {
    const { email, id } = this.#key;
    this.#ready ??= Promise.all([importKey(this.#key), loadSignJwt()]);
    const [key, SignJwt] = await this.#ready;
    return new SignJwt({ iss: email, ...claims, ...times(now) })
      .setProtectedHeader({ alg: "RS256", typ: "JWT", ...(id === undefined ? {} : { kid: id }) })
      .sign(key);
  }
}

async function loadSignJwt(): Promise<typeof SignJWT> {
  return (await import("jose/jwt/sign")).SignJWT;
}

async function importKey(key: Key): Promise<SigningKey> {
  try {
    const jose = await import("jose/key/import");
    return await jose.importPKCS8(await pkcs8(key.pem), "RS256");
  } catch {
    // What the parser says of a key may quote it.
    throw key.problem("KEY_BROKEN", "private_key", "is no RSA private key, or a damaged one");
  }
}

async function pkcs8(pem: string): Promise<string> {
  if (!pem.startsWith("-----BEGIN RSA PRIVATE KEY-----")) return pem;
  const { createPrivateKey } = await import("node:crypto");
  return createPrivateKey(pem).export({ type: "pkcs8", format: "pem" }).toString();
}
