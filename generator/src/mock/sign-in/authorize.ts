/** Who may call what: the bearer token of an API call against the scopes of the method. */
import type { IndexedMethod } from "../api-index.js";
import { errorInfo, GoogleError } from "../google-error.js";
import type { Grant, TokenStore } from "./tokens.js";

const REALM = 'Bearer realm="https://accounts.google.com/"';

/**
 * The grant of the call's token; undefined where none is needed and none is sent.
 *
 * @throws {GoogleError} 401 without a token that is valid, 403 with one whose scopes are not enough
 */
export function authorize(
  header: string | undefined,
  { api, method }: IndexedMethod,
  tokens: TokenStore,
): Grant | undefined {
  if (method.scopes.length === 0 && header === undefined) return undefined;
  const metadata = { service: `${api.model.name}.googleapis.com`, method: method.id };
  if (header === undefined) {
    throw new GoogleError(401, "The request lacks a credential: send an OAuth 2 access token as a bearer.", {
      reason: "required",
      location: { name: "Authorization", type: "header" },
      details: [errorInfo("CREDENTIALS_MISSING", metadata)],
      headers: { "www-authenticate": REALM },
    });
  }
  const token = /^Bearer +([^\s]+) *$/i.exec(header)?.[1];
  const grant = token === undefined ? "unknown" : tokens.find(token);
  if (typeof grant === "string") {
    throw new GoogleError(
      401,
      "The request has an invalid credential: the access token is unknown, expired or revoked.",
      {
        location: { name: "Authorization", type: "header" },
        details: [errorInfo(grant === "expired" ? "ACCESS_TOKEN_EXPIRED" : "ACCESS_TOKEN_TYPE_UNSUPPORTED", metadata)],
        headers: { "www-authenticate": `${REALM}, error="invalid_token"` },
      },
    );
  }
  if (method.scopes.length > 0 && !method.scopes.some((scope) => grant.scopes.has(scope))) {
    throw new GoogleError(403, "The request had insufficient authentication scopes.", {
      details: [errorInfo("ACCESS_TOKEN_SCOPE_INSUFFICIENT", metadata)],
      headers: { "www-authenticate": `${REALM}, error="insufficient_scope", scope="${method.scopes.join(" ")}"` },
    });
  }
  return grant;
}
