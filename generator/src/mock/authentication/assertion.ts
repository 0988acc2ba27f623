/**
 * Verifies the JWT that a service account signs (RFC 7523), like Google's token endpoint.
 *
 * Checks, in this order: format, account, signature, times, audience, scopes. No claim is used before the signature is
 * verified, except the issuer, which selects the key.
 */
import type { KeyObject } from "node:crypto";
import { compactVerify, decodeJwt, errors } from "jose";
import { isObject, type JsonObject, own, ownString, parseJson } from "../json.js";
import type { ServiceAccountKey } from "./key.js";
import { isScope, scopesIn } from "./scopes.js";
import { timeProblem } from "./times.js";

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
  /** Scopes of the documents. They can be requested besides those of Google. */
  readonly scopes: ReadonlySet<string>;
  /** Clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/** What an assertion requests. */
export interface TokenRequest {
  /** Email address of the service account, or of the user it acts for by domain-wide delegation. */
  readonly subject: string;
  /** Scopes of the access token; empty for an ID token. */
  readonly scopes: ReadonlySet<string>;
  /** Audience of the ID token to issue. Clients that set it get no access token. */
  readonly targetAudience: string | undefined;
}

const INVALID_SCOPE = "Invalid OAuth scope or ID token audience provided.";

/** @throws {TokenError} for a JWT that Google would reject */
export async function verifyAssertion(assertion: string, rules: AssertionRules): Promise<TokenRequest> {
  const claims = await verifiedClaims(assertion, rules);
  checkTimes(claims, rules.now() / 1000);
  const audience = own(claims, "aud");
  if (typeof audience !== "string" || !rules.audiences.includes(audience)) {
    throw invalidGrant(`Invalid JWT: Failed audience check. The right audience is ${rules.audiences[0] ?? ""}`);
  }
  const subject = own(claims, "sub");
  if (subject !== undefined && (typeof subject !== "string" || subject === ""))
    throw invalidGrant("Invalid JWT: bad sub.");
  const targetAudience = audienceOf(claims);
  // google-auth-library for Node also sends the scopes of the client, which have no effect on ID tokens.
  const scopes = targetAudience === undefined ? scopesOf(claims, rules.scopes) : new Set<string>();
  return { subject: subject ?? rules.key.client_email, scopes, targetAudience };
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
  if (timeProblem(claims, now) === undefined) return;
  throw invalidGrant(
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
  );
}

function scopesOf(claims: JsonObject, ofDocuments: ReadonlySet<string>): ReadonlySet<string> {
  const scopes = scopesIn(ownString(claims, "scope"));
  if (scopes.length === 0) throw new TokenError("invalid_scope", "Empty or missing scope not allowed.");
  const bad = scopes.find((scope) => !isScope(scope, ofDocuments));
  if (bad !== undefined) throw new TokenError("invalid_scope", `${INVALID_SCOPE} [${bad}]`);
  return new Set(scopes);
}

function audienceOf(claims: JsonObject): string | undefined {
  const audience = own(claims, "target_audience");
  if (audience === undefined) return undefined;
  if (typeof audience === "string" && audience.trim() !== "") return audience;
  throw new TokenError("invalid_scope", INVALID_SCOPE);
}

function invalidGrant(message: string): TokenError {
  return new TokenError("invalid_grant", message);
}
