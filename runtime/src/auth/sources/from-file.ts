/** Creates credentials from a file of any kind, by its `type`. */
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
import type { SubjectFunctions } from "../external/subject-source.js";
import { trustedUrl } from "../external/trust.js";
import { accountIn } from "../iam.js";
import { ImpersonatedCredentials, impersonation } from "../impersonated.js";
import { ServiceAccountCredentials } from "../service-account.js";
import { type TokenCredentials, type TokenOptions, Tokens } from "../tokens.js";

/** Options of credentials whose kind depends on the file. The functions are for external accounts; others ignore them. */
export interface CredentialsFileOptions extends TokenOptions, SubjectFunctions {
  /** The address of the user to act for: domain-wide delegation of a service account. */
  readonly subject?: string | undefined;
  /**
   * URL prefixes, besides Google's own, that a file of workload identity federation or impersonation may send requests
   * to. A file that was found, not chosen, is not trusted. Default: none.
   */
  readonly allow?: { readonly urls?: readonly string[] | undefined } | undefined;
}

const fileAdvice =
  'A credential file has a "type": service_account, authorized_user, impersonated_service_account, external_account or external_account_authorized_user';

/** For files whose kind is not known in advance. */
export const anyFile: Pick<FileKind, "advice" | "fromJson"> = { advice: fileAdvice, fromJson: "credentialsFromJSON" };

/**
 * Creates credentials from a file of any kind.
 *
 * @throws AuthError `KEY_…`, which names the file and the member, never its value
 */
export async function credentialsFromFile(path: string, options?: CredentialsFileOptions): Promise<TokenCredentials> {
  return credentialsFrom(await readCredentialFile(path, anyFile), options);
}

/**
 * Creates credentials of any kind from an object or JSON text.
 *
 * @throws AuthError `KEY_…`, which names the member, never its value
 */
export async function credentialsFromJSON(
  json: string | JsonObject,
  options?: CredentialsFileOptions,
): Promise<TokenCredentials> {
  return credentialsFrom(parseCredentials(json, "the credentials", fileAdvice), options);
}

/** Creates credentials from the members of a file. */
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
      throw file.wrongType(fileAdvice);
  }
}

async function impersonatedFrom(file: CredentialFile, options: CredentialsFileOptions): Promise<TokenCredentials> {
  const member = "service_account_impersonation_url";
  const text = file.required(member);
  const urls = options.allow?.urls ?? [];
  // The source's token is sent there: only to Google, to this machine, or to a URL that the caller allows.
  const trusted = URL.canParse(text) && isLoopback(new URL(text).hostname) ? [...urls, text] : urls;
  const url = trustedUrl(file, member, text, "iamcredentials", trusted);
  const account = accountIn(url.href);
  if (account === undefined)
    throw file.problem("KEY_FIELD_INVALID", member, "must end with /serviceAccounts/ADDRESS:generateAccessToken");
  const { delegates } = file.members;
  if (delegates !== undefined && !(Array.isArray(delegates) && delegates.every((one) => typeof one === "string")))
    throw file.problem("KEY_FIELD_INVALID", "delegates", "must be an array of addresses");
  const { allow, dispatcher, securityCredentials, subjectToken, transport } = options;
  const sourceCredentials: Credentials = await credentialsFrom(file.nested("source_credentials"), {
    allow,
    dispatcher,
    securityCredentials,
    subjectToken,
    transport,
  });
  const kind = impersonation({ sourceCredentials, targetPrincipal: account.email, delegates }, account.url);
  return new ImpersonatedCredentials(Tokens.of(kind, options, file.text("quota_project_id")));
}

function refuseSubject({ source, type }: CredentialFile, { subject }: CredentialsFileOptions): void {
  if (subject === undefined) return;
  const fault: Fault = {
    parameter: "subject",
    message: `is for service accounts, and ${source} has the type ${String(type)}. Pass these credentials to ImpersonatedCredentials as sourceCredentials, with a service account and the subject`,
  };
  throw new InvalidRequestError("credentials", [fault], "INVALID_OPTION");
}
