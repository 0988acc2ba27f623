/** The redirect that ends a consent: a URL with a code, or with an error (RFC 6749 §4.1.2). */
import { AuthError } from "../../errors.js";
import { printable, redact } from "../../redact.js";
import { isSame } from "./pkce.js";

/** Whether a redirect has the state of the request. A repeated parameter is not accepted. */
export function hasState(query: URLSearchParams, state: string): boolean {
  const [given, ...others] = query.getAll("state");
  return given !== undefined && others.length === 0 && isSame(given, state);
}

/**
 * Returns the code of a redirect.
 *
 * @throws AuthError `CONSENT_STATE_MISMATCH`, `CONSENT_DENIED`
 */
export function codeIn(source: string, query: URLSearchParams, state: string): string {
  // Before anything else: without the state, the error may not be of this sign-in either.
  if (!hasState(query, state)) throw stateMismatch(source);
  const error = query.get("error");
  if (error !== null) throw denied(source, error, query.get("error_description") ?? "");
  const [code, ...others] = query.getAll("code");
  if (code !== undefined && code !== "" && others.length === 0) return code;
  throw new AuthError("CONSENT_DENIED", `${source}: the redirect contains neither a code nor an error. Sign in again`);
}

export function stateMismatch(source: string): AuthError {
  return new AuthError(
    "CONSENT_STATE_MISMATCH",
    `${source}: the redirect does not have the state of this request. It may belong to an older sign-in, or to an attack (RFC 6749 §10.12). Start the sign-in again, and use only its last page`,
  );
}

function denied(source: string, error: string, description: string): AuthError {
  const reason = printable(redact(error), 100);
  const details = [reason, printable(redact(description), 500)].filter((text) => text !== "").join(": ");
  const advice = adviceFor(reason);
  return new AuthError(
    "CONSENT_DENIED",
    `${source}: no consent: ${details.replace(/\.$/, "")}${advice === undefined ? "" : `. ${advice}`}`,
    { reason },
  );
}

/** Advice for errors of RFC 6749 §4.1.2.1, OpenID Connect §3.1.2.6 and Google. */
function adviceFor(reason: string): string | undefined {
  switch (reason) {
    case "access_denied":
      return "The user declined, or may not use this client while its consent screen is in testing. Sign in again to grant access";
    case "admin_policy_enforced":
      return "The administrator of the user's organization does not allow these scopes for this client";
    case "consent_required":
    case "interaction_required":
    case "login_required":
      return 'The user must see a page: do not pass prompt "none"';
    case "disallowed_useragent":
      return "Google does not allow sign-ins in embedded browsers. Open the URL in the user's own browser";
    case "invalid_scope":
      return "Check the scopes: each must be a full name such as https://www.googleapis.com/auth/cloud-platform";
    case "org_internal":
      return "The client is only for users of its own organization";
    default:
      return undefined;
  }
}
