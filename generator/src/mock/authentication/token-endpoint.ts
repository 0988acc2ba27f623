/** The mock's version of https://oauth2.googleapis.com/token: exchanges a signed assertion for an access token. */
import { type AssertionRules, TokenError, verifyAssertion } from "./assertion.js";
import { type HttpResponse, GoogleError } from "../google-error.js";
import type { HttpRequest } from "../listener.js";
import { TOKEN_SECONDS, type TokenStore } from "./tokens.js";

export const TOKEN_PATH = "/token";

/** Audience of assertions. Google's clients always use this URL, not the `token_uri` of the key file. */
export const GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token";

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** Token responses must not be cached (RFC 6749, section 5.1). */
const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };

/** @throws {GoogleError} 404 for methods other than POST */
export async function respondToTokenRequest(
  request: HttpRequest,
  rules: AssertionRules,
  tokens: TokenStore,
): Promise<HttpResponse> {
  if (request.verb !== "POST") throw new GoogleError(404, `${request.verb} is not supported here: use POST.`);
  try {
    const grant = await verifyAssertion(assertionOf(request), rules);
    const body = { access_token: tokens.issue(grant), expires_in: TOKEN_SECONDS, token_type: "Bearer" };
    return { status: 200, body, headers: NO_STORE };
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    return { status: 400, body: { error: error.code, error_description: error.message }, headers: NO_STORE };
  }
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
