/**
 * Verifies the JWT that a service account signs for itself (RFC 7523), as Google's token endpoint does.
 *
 * Order: is it a JWT, is the account known, the signature, the times, the audience, the scopes. Nothing that a JWT says
 * is believed before its signature holds, but for the account's name, which finds the key.
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
  /** The account that may sign in. */
  readonly key: ServiceAccountKey;
  readonly publicKey: KeyObject;
  /** Any one of these must be the JWT's `aud`. */
  readonly audiences: readonly string[];
  /** Every scope that may be asked for. */
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Google takes no JWT that lives longer. */
const LIFETIME_SECONDS = 3600;
/** How far the client's clock may be ahead. */
const LEEWAY_SECONDS = 5;

/** @throws {TokenError} for a JWT that Google would refuse */
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
        // Not every client names the key: google-auth-library for Node leaves `kid` out.
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
  throw invalidGrant("Invalid JWT: its claims are no JSON object.");
}

function claimedIssuer(assertion: string): unknown {
  try {
    return decodeJwt(assertion).iss;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw invalidGrant("Bad Request: the assertion is no JWT.");
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
