/** Reads configurations of external accounts (AIP-4117). */
import type { Url } from "../../platform-types.js";
import type { CredentialFile, FileKind } from "../credential-file.js";
import { accountIn } from "../iam.js";
import { basicAuthorization } from "./sts.js";
import { readNumber, readSource, type SubjectFunctions, type SubjectSource } from "./subject-source.js";
import { type Trust, trustedUrl } from "./trust.js";

/** A configuration as `gcloud iam workload-identity-pools create-cred-config` writes it. Other members are ignored. */
export interface ExternalAccountConfig {
  readonly type: "external_account";
  /** The provider of the pool: `//iam.googleapis.com/projects/…/workloadIdentityPools/…/providers/…`. */
  readonly audience: string;
  readonly subject_token_type: string;
  /** Default: `https://sts.googleapis.com/v1/token`, in the configuration's universe. */
  readonly token_url?: string;
  /** Where subject tokens come from. Not needed with the option `subjectToken` or `securityCredentials`. */
  readonly credential_source?: ExternalCredentialSource;
  /** The service account to impersonate. Default: none, the external identity itself is used. */
  readonly service_account_impersonation_url?: string;
  readonly service_account_impersonation?: {
    /** From 600 to 43,200. Default: 3600. */
    readonly token_lifetime_seconds?: number;
  };
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly quota_project_id?: string;
  /** The quota project of the token exchange, only for workforce pools. */
  readonly workforce_pool_user_project?: string;
  /** Default: `googleapis.com`. */
  readonly universe_domain?: string;
}

/** Where subject tokens come from: `file`, `url`, `executable`, `certificate`, or AWS, by `environment_id`. */
export interface ExternalCredentialSource {
  readonly file?: string;
  readonly url?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly format?: { readonly type?: "json" | "text"; readonly subject_token_field_name?: string };
  readonly executable?: {
    readonly command: string;
    /** From 5000 to 120,000. Default: 30,000. */
    readonly timeout_millis?: number;
    readonly output_file?: string;
  };
  readonly certificate?: {
    readonly use_default_certificate_config?: boolean;
    readonly certificate_config_location?: string;
    readonly trust_chain_path?: string;
  };
  /** `aws1`. */
  readonly environment_id?: string;
  readonly region_url?: string;
  readonly regional_cred_verification_url?: string;
  readonly imdsv2_session_token_url?: string;
}

/** A checked configuration. */
export interface ExternalAccount {
  /** The file's name, or `the configuration`; for messages. */
  readonly source: string;
  readonly audience: string;
  readonly subjectTokenType: string;
  readonly tokenUrl: Url;
  /** The `authorization` header that the STS requires of OAuth clients. */
  readonly clientAuthorization: string | undefined;
  readonly impersonation: ServiceAccountImpersonation | undefined;
  readonly quotaProject: string | undefined;
  readonly workforceProject: string | undefined;
  readonly universeDomain: string;
  readonly subject: SubjectSource;
}

export interface ServiceAccountImpersonation {
  readonly email: string;
  /** The account's URL, without a method. */
  readonly url: string;
  /** In seconds, if it is configured. */
  readonly lifetime: number | undefined;
}

export const externalAccountFile: FileKind = {
  type: "external_account",
  advice:
    'ExternalAccountCredentials takes a configuration for workload or workforce identity federation, with "type": "external_account"',
  fromJson: "ExternalAccountCredentials.fromJSON",
};

/** @throws AuthError `KEY_…`, which names the member */
export function readExternalAccount(file: CredentialFile, trust: Trust, functions: SubjectFunctions): ExternalAccount {
  file.expect(externalAccountFile);
  const universeDomain = file.universe();
  const subject = readSource(file, trust, functions);
  const host = subject.kind === "x509" ? "sts.mtls" : "sts";
  const clientId = file.text("client_id");
  const tokenUrl = file.text("token_url") ?? `https://${host}.${universeDomain}/v1/token`;
  return {
    source: file.source,
    audience: file.required("audience"),
    subjectTokenType: file.required("subject_token_type"),
    tokenUrl: trustedUrl(file, "token_url", tokenUrl, "sts", trust),
    clientAuthorization:
      clientId === undefined ? undefined : basicAuthorization(clientId, file.text("client_secret") ?? ""),
    impersonation: readImpersonation(file, trust),
    quotaProject: file.text("quota_project_id"),
    workforceProject: readWorkforceProject(file),
    universeDomain,
    subject,
  };
}

function readImpersonation(file: CredentialFile, trust: Trust): ServiceAccountImpersonation | undefined {
  const member = "service_account_impersonation_url";
  const text = file.text(member);
  if (text === undefined) return undefined;
  const { href } = trustedUrl(file, member, text, "iamcredentials", trust);
  const account = accountIn(href);
  if (account === undefined)
    throw file.problem("KEY_FIELD_INVALID", member, "must end with /serviceAccounts/ADDRESS:generateAccessToken");
  return { ...account, lifetime: readLifetime(file) };
}

function readLifetime(file: CredentialFile): number | undefined {
  const parent = "service_account_impersonation";
  if (!file.has(parent)) return undefined;
  return readNumber(file.nested(parent), "token_lifetime_seconds", 600, 43_200);
}

function readWorkforceProject(file: CredentialFile): string | undefined {
  const project = file.text("workforce_pool_user_project");
  if (project === undefined || /^\/\/iam\.[^/]+\/locations\/[^/]+\/workforcePools\//.test(file.required("audience")))
    return project;
  throw file.problem("KEY_FIELD_INVALID", "workforce_pool_user_project", "is only for workforce pools");
}
