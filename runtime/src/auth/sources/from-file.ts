/** Credentials from a file of any kind, by its `type`. */
import { type Fault, InvalidRequestError } from "../../errors.js";
import { isLoopback } from "../../request/root-url.js";
import { AuthorizedUserCredentials } from "../authorized-user.js";
import {
  type CredentialFile,
  type FileKind,
  type JsonObject,
  parseCredentials,
  readCredentialFile,
} from "../credential-file.js";
import type { Credentials } from "../credentials.js";
import { trustedUrl } from "../external/trust.js";
import { accountIn } from "../iam.js";
import { ImpersonatedCredentials, impersonation } from "../impersonated.js";
import { ServiceAccountCredentials } from "../service-account.js";
import { type TokenCredentials, type TokenOptions, Tokens } from "../tokens.js";

/** Options of credentials whose kind a file settles. */
export interface CredentialsFileOptions extends TokenOptions {
  /** The person to act for, by address: domain-wide delegation of a service account. */
  readonly subject?: string | undefined;
  /**
   * URLs, each with all below it, that a file of workload identity federation or impersonation may have called beyond
   * Google's own. Nobody vouches for what was only found. Default: none.
   */
  readonly allow?: { readonly urls?: readonly string[] | undefined } | undefined;
}

const fileAdvice =
  'A credential file has a "type": service_account, authorized_user, impersonated_service_account, external_account or external_account_authorized_user';

/** For files whose kind is not known before. */
export const anyFile: Pick<FileKind, "advice" | "fromJson"> = { advice: fileAdvice, fromJson: "credentialsFromJSON" };

/**
 * Credentials from a file of any kind.
 *
 * @throws AuthError `KEY_…`, naming the file and the place in it, never what stands there.
 */
export async function credentialsFromFile(path: string, options?: CredentialsFileOptions): Promise<TokenCredentials> {
  return credentialsFrom(await readCredentialFile(path, anyFile), options);
}

/**
 * Credentials of any kind from an object or JSON.
 *
 * @throws AuthError `KEY_…`, naming the place, never what stands there.
 */
export async function credentialsFromJSON(
  json: string | JsonObject,
  options?: CredentialsFileOptions,
): Promise<TokenCredentials> {
  return credentialsFrom(parseCredentials(json, "the credentials", fileAdvice), options);
}

/** Credentials from the members of a file. */
export async function credentialsFrom(
  file: CredentialFile,
  options: CredentialsFileOptions = {},
): Promise<TokenCredentials> {
  switch (file.type) {
    case "service_account":
      return ServiceAccountCredentials.fromJSON(file.unchecked(), options, file.source);
    case "impersonated_service_account":
      return impersonatedFrom(file, options);
    case "authorized_user":
      refuseSubject(file, options);
      return AuthorizedUserCredentials.fromJSON(file.unchecked(), options, file.source);
    case "external_account":
    case "external_account_authorized_user": {
      refuseSubject(file, options);
      const external = await import("../external/index.js");
      return external.credentialsFromJSON(file.members, { ...options, source: file.source });
    }
    default:
      throw file.type === undefined
        ? file.problem("KEY_WRONG_TYPE", "type", `is missing. ${fileAdvice}`)
        : file.problem("KEY_WRONG_TYPE", "type", `is of no kind that is known. ${fileAdvice}`);
  }
}

async function impersonatedFrom(file: CredentialFile, options: CredentialsFileOptions): Promise<TokenCredentials> {
  const member = "service_account_impersonation_url";
  const text = file.required(member);
  const urls = options.allow?.urls ?? [];
  // The source's token goes there: to Google, to this machine, or where the caller says.
  const trusted = URL.canParse(text) && isLoopback(new URL(text).hostname) ? [...urls, text] : urls;
  const url = trustedUrl(file, member, text, "iamcredentials", trusted);
  const account = accountIn(url.href);
  if (account === undefined)
    throw file.problem("KEY_FIELD_INVALID", member, "must end with /serviceAccounts/ADDRESS:generateAccessToken");
  const { delegates } = file.members;
  if (delegates !== undefined && !(Array.isArray(delegates) && delegates.every((one) => typeof one === "string")))
    throw file.problem("KEY_FIELD_INVALID", "delegates", "must be a list of addresses");
  const { allow, dispatcher, transport } = options;
  const sourceCredentials: Credentials = await credentialsFrom(file.nested("source_credentials"), {
    allow,
    dispatcher,
    transport,
  });
  const kind = impersonation({ sourceCredentials, targetPrincipal: account.email, delegates }, account.url);
  return new ImpersonatedCredentials(Tokens.of(kind, options, file.text("quota_project_id")));
}

function refuseSubject({ source, type }: CredentialFile, { subject }: CredentialsFileOptions): void {
  if (subject === undefined) return;
  const fault: Fault = {
    parameter: "subject",
    message: `is for service accounts, and ${source} is of the kind ${String(type)}: pass these credentials to ImpersonatedCredentials as sourceCredentials, with a service account and the subject`,
  };
  throw new InvalidRequestError("credentials", [fault], "INVALID_OPTION");
}
