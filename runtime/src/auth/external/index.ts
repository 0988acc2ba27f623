/** Creates credentials from external account files that Application Default Credentials find. */
import type { JsonObject } from "../credential-file.js";
import type { TokenCredentials } from "../tokens.js";
import { ExternalAccountAuthorizedUserCredentials } from "./authorized-user.js";
import { ExternalAccountCredentials, type ExternalAccountOptions } from "./external-account.js";

/** Options of {@link credentialsFromJSON}. */
export interface ExternalOptions extends ExternalAccountOptions {
  /** The name of the file in messages. */
  readonly source?: string | undefined;
}

/**
 * Creates credentials from a file whose `type` is `external_account` or `external_account_authorized_user`. A file that
 * was found, not chosen, is not trusted: its URLs must be Google's or listed in `allow`.
 *
 * @throws AuthError `KEY_…`
 */
export function credentialsFromJSON(json: JsonObject, { source, ...options }: ExternalOptions = {}): TokenCredentials {
  const restricted = { ...options, allow: options.allow ?? {} };
  return json["type"] === "external_account_authorized_user"
    ? ExternalAccountAuthorizedUserCredentials.fromJSON(json, restricted, source)
    : ExternalAccountCredentials.fromJSON(json, restricted, source);
}
