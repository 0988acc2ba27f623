/** The external kinds of credential files, for those who come upon one: by Application Default Credentials. */
import type { JsonObject } from "../credential-file.js";
import type { TokenCredentials } from "../tokens.js";
import { ExternalAccountAuthorizedUserCredentials } from "./authorized-user.js";
import { ExternalAccountCredentials, type ExternalAccountOptions } from "./external-account.js";

/** Options of {@link credentialsFromJSON}. */
export interface ExternalOptions extends ExternalAccountOptions {
  /** What to call the file in messages. */
  readonly source?: string | undefined;
}

/**
 * Credentials from a file whose `type` is `external_account` or `external_account_authorized_user`. Nobody vouches for
 * what was only found: its URLs must be Google's or listed in `allow`.
 *
 * @throws AuthError `KEY_…`
 */
export function credentialsFromJSON(json: JsonObject, { source, ...options }: ExternalOptions = {}): TokenCredentials {
  const held = { ...options, allow: options.allow ?? {} };
  return json["type"] === "external_account_authorized_user"
    ? ExternalAccountAuthorizedUserCredentials.fromJSON(json, held, source)
    : ExternalAccountCredentials.fromJSON(json, held, source);
}
