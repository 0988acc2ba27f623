/** Checks the access token of an API call against the scopes of the method. */
import type { IndexedMethod } from "../api-index.js";
import { errorInfo, GoogleError } from "../google-error.js";
import type { Grant, TokenStore } from "./tokens.js";

const REALM = 'Bearer realm="https://accounts.google.com/"';

/**
 * Returns the grant of the token; `undefined` if the method needs no token and the request has none.
 *
 * An open mock accepts calls with any token and without one, as Google's emulators do. It returns the grant of a token
 * that it knows, so that resources name the account that made them.
 *
 * @throws {GoogleError} 401 without a valid token, 403 if the token lacks the scopes of the method
 */
export function authorize(
  header: string | undefined,
  { api, method }: IndexedMethod,
  tokens: TokenStore,
): Grant | undefined {
  const token = /^Bearer +([^\s]+) *$/i.exec(header ?? "")?.[1];
  const grant = token === undefined ? "unknown" : tokens.find(token, api);
  if (tokens.isOpen) return typeof grant === "string" ? undefined : grant;
  if (method.scopes.length === 0 && header === undefined) return undefined;
  const metadata = { service: `${api.model.name}.googleapis.com`, method: method.id };
  if (header === undefined) {
    throw new GoogleError(401, "The request has no credentials: send an OAuth 2.0 access token as a bearer token.", {
      reason: "required",
      location: { name: "Authorization", type: "header" },
      details: [errorInfo("CREDENTIALS_MISSING", metadata)],
      headers: { "www-authenticate": REALM },
    });
  }
  if (typeof grant === "string") {
    throw new GoogleError(
      401,
      "The request has invalid credentials: the access token is unknown, expired or revoked.",
      {
        location: { name: "Authorization", type: "header" },
        details: [errorInfo(grant === "expired" ? "ACCESS_TOKEN_EXPIRED" : "ACCESS_TOKEN_TYPE_UNSUPPORTED", metadata)],
        headers: { "www-authenticate": `${REALM}, error="invalid_token"` },
      },
    );
  }
  if (!isSufficient(grant, method.scopes)) {
    throw new GoogleError(403, "The request had insufficient authentication scopes.", {
      details: [errorInfo("ACCESS_TOKEN_SCOPE_INSUFFICIENT", metadata)],
      headers: { "www-authenticate": `${REALM}, error="insufficient_scope", scope="${method.scopes.join(" ")}"` },
    });
  }
  return grant;
}

function isSufficient({ scopes }: Grant, required: readonly string[]): boolean {
  return scopes === "all" || required.length === 0 || required.some((scope) => scopes.has(scope));
}
