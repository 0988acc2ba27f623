/** The mock's version of https://oauth2.googleapis.com/token: exchanges a signed assertion for an access token or an ID token. */
import type { KeyObject } from "node:crypto";
import { type AssertionRules, TokenError, verifyAssertion } from "./assertion.js";
import { type HttpResponse, GoogleError } from "../google-error.js";
import type { JsonObject } from "../json.js";
import type { HttpRequest } from "../request.js";
import { TOKEN_PATH } from "./key.js";
import { signIdToken } from "./id-token.js";
import { TOKEN_SECONDS, type TokenStore } from "./tokens.js";

/**
 * Audiences of assertions. Google's clients send the first one, not the `token_uri` of the key file; older ones send the
 * others.
 */
export const GOOGLE_TOKEN_URLS: readonly string[] = [
  "https://oauth2.googleapis.com/token",
  "https://www.googleapis.com/oauth2/v4/token",
  "https://accounts.google.com/o/oauth2/token",
];

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** Token responses must not be cached (RFC 6749, section 5.1). */
const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };

export interface TokenRules extends AssertionRules {
  /** Signs ID tokens. */
  readonly privateKey: KeyObject;
}

/** @throws {GoogleError} 404 for methods other than POST */
export async function respondToTokenRequest(
  request: HttpRequest,
  rules: TokenRules,
  tokens: TokenStore,
): Promise<HttpResponse> {
  if (request.verb !== "POST") throw new GoogleError(404, `${request.verb} is not supported here: use POST.`);
  try {
    return {
      status: 200,
      body: await tokenFor(assertionOf(request), rulesFor(request, rules), tokens),
      headers: NO_STORE,
    };
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    return { status: 400, body: { error: error.code, error_description: error.message }, headers: NO_STORE };
  }
}

/** Also accepts the address that the client used, such as `http://localhost:8080/token`. */
function rulesFor({ headers: { host } }: HttpRequest, rules: TokenRules): TokenRules {
  return { ...rules, audiences: [...rules.audiences, `http://${host ?? ""}${TOKEN_PATH}`] };
}

async function tokenFor(assertion: string, rules: TokenRules, tokens: TokenStore): Promise<JsonObject> {
  const { subject, scopes, targetAudience } = await verifyAssertion(assertion, rules);
  if (targetAudience === undefined)
    return { access_token: tokens.issue({ subject, scopes }), expires_in: TOKEN_SECONDS, token_type: "Bearer" };
  return { id_token: await signIdToken({ ...rules, audience: targetAudience, now: rules.now() }) };
}

function assertionOf({ headers, body }: HttpRequest): string {
  const type = headers["content-type"] ?? "";
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw new TokenError("invalid_request", "The request must be a form: application/x-www-form-urlencoded.");
  }
  const form = new URLSearchParams(body.toString("utf8"));
  const grantType = form.get("grant_type");
  if (grantType !== JWT_BEARER)
    throw new TokenError("unsupported_grant_type", `Invalid grant_type: ${grantType ?? ""}`);
  const assertion = form.get("assertion");
  if (assertion === null || assertion === "") {
    throw new TokenError("invalid_request", "Missing required parameter: assertion");
  }
  return assertion;
}
