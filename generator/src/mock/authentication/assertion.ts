/**
 * Verifies the JWT that a service account signs (RFC 7523), like Google's token endpoint.
 *
 * Checks, in this order: format, account, signature, times, audience, scopes. No claim is used before the signature is
 * verified, except the issuer, which selects the key.
 */
import type { KeyObject } from "node:crypto";
import { compactVerify, decodeJwt, errors } from "jose";
import { isObject, type Json, type JsonObject, own, ownString, parseJson } from "../json.js";
import type { ServiceAccountKey } from "./key.js";
import type { Grant } from "./tokens.js";

/** An error of the token endpoint (RFC 6749, section 5.2). */
export class TokenError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "TokenError";
    this.code = code;
  }
}

export interface AssertionRules {
  /** Key of the only account that can get tokens. */
  readonly key: ServiceAccountKey;
  readonly publicKey: KeyObject;
  /** Accepted values of `aud`. */
  readonly audiences: readonly string[];
  /** Scopes that can be requested. */
  readonly scopes: ReadonlySet<string>;
  /** Clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/** Google rejects JWTs with a longer lifetime. */
const LIFETIME_SECONDS = 3600;
/** Tolerated difference if the client's clock is ahead. */
const LEEWAY_SECONDS = 5;

/** @throws {TokenError} for a JWT that Google would reject */
export async function verifyAssertion(assertion: string, rules: AssertionRules): Promise<Grant> {
  const claims = await verifiedClaims(assertion, rules);
  checkTimes(claims, rules.now() / 1000);
  const audience = own(claims, "aud");
  if (typeof audience !== "string" || !rules.audiences.includes(audience)) {
    throw invalidGrant(`Invalid JWT: Failed audience check. The right audience is ${rules.audiences[0] ?? ""}`);
  }
  const subject = own(claims, "sub");
  if (subject !== undefined && (typeof subject !== "string" || subject === ""))
    throw invalidGrant("Invalid JWT: bad sub.");
  return { subject: subject ?? rules.key.client_email, scopes: scopesOf(claims, rules.scopes) };
}

async function verifiedClaims(assertion: string, { key, publicKey }: AssertionRules): Promise<JsonObject> {
  if (claimedIssuer(assertion) !== key.client_email) throw invalidGrant("Invalid grant: account not found");
  try {
    const { payload } = await compactVerify(
      assertion,
      ({ kid }) => {
        // `kid` is optional: google-auth-library for Node omits it.
        if (kid !== undefined && kid !== key.private_key_id) throw new errors.JWKSNoMatchingKey();
        return publicKey;
      },
      { algorithms: ["RS256"] },
    );
    const claims = parseJson(new TextDecoder().decode(payload));
    if (isObject(claims)) return claims;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw invalidGrant("Invalid JWT Signature.");
  }
  throw invalidGrant("Invalid JWT: its claims are not a JSON object.");
}

function claimedIssuer(assertion: string): unknown {
  try {
    return decodeJwt(assertion).iss;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw invalidGrant("Bad Request: the assertion is not a JWT.");
  }
}

function checkTimes(claims: JsonObject, now: number): void {
  const exp = own(claims, "exp");
  const iat = own(claims, "iat");
  const isSane =
    isTime(exp) &&
    isTime(iat) &&
    exp > now &&
    iat <= now + LEEWAY_SECONDS &&
    exp > iat &&
    exp - iat <= LIFETIME_SECONDS;
  if (!isSane) {
    throw invalidGrant(
      "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
    );
  }
}

function isTime(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function scopesOf(claims: JsonObject, known: ReadonlySet<string>): ReadonlySet<string> {
  const scopes = (ownString(claims, "scope") ?? "").split(" ").filter((scope) => scope !== "");
  if (scopes.length === 0) throw new TokenError("invalid_scope", "Empty or missing scope not allowed.");
  if (!scopes.every((scope) => known.has(scope))) {
    throw new TokenError("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
  }
  return new Set(scopes);
}

function invalidGrant(message: string): TokenError {
  return new TokenError("invalid_grant", message);
}
