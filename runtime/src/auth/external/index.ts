/** The external kinds of credential files, for those who come upon one: by Application Default Credentials. */
import { AuthError } from "../../errors.js";
import type { TokenCredentials, TokenOptions } from "../tokens.js";

/** Options of {@link credentialsFromJSON}. */
export interface ExternalOptions extends TokenOptions {
  readonly allow?: { readonly urls?: readonly string[] | undefined } | undefined;
  /** What to call the file in messages. */
  readonly source?: string | undefined;
}

/** Credentials from a file whose `type` is `external_account` or `external_account_authorized_user`. */
export function credentialsFromJSON(
  _json: { readonly [name: string]: unknown },
  { source = "the configuration" }: ExternalOptions = {},
): TokenCredentials {
  throw new AuthError("KEY_WRONG_TYPE", `${source}#/type: workload identity federation is not supported yet`);
}
