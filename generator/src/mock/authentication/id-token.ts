/** ID tokens of the service account, as Google's token endpoint issues them for `target_audience`. */
import type { KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import type { ServiceAccountKey } from "./key.js";

export const ISSUER = "https://accounts.google.com";

const LIFETIME_SECONDS = 3600;

export interface IdTokenFacts {
  readonly key: ServiceAccountKey;
  readonly privateKey: KeyObject;
  readonly audience: string;
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** Returns an ID token, signed with the key whose certificate the mock serves. */
export function signIdToken({ key, privateKey, audience, now }: IdTokenFacts): Promise<string> {
  const iat = Math.floor(now / 1000);
  return new SignJWT({ azp: key.client_email, email: key.client_email, email_verified: true })
    .setProtectedHeader({ alg: "RS256", kid: key.private_key_id, typ: "JWT" })
    .setIssuer(ISSUER)
    .setAudience(audience)
    .setSubject(key.client_id)
    .setIssuedAt(iat)
    .setExpirationTime(iat + LIFETIME_SECONDS)
    .sign(privateKey);
}
