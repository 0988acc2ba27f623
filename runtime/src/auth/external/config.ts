/** Configurations of external accounts (AIP-4117): what they may hold, and what is read out of them. */
import { AuthError, type Fault } from "../../errors.js";
import type { Url } from "../../platform.js";
import { readHeaders } from "../../request/headers.js";
import type { CredentialFile, FileKind } from "../credential-file.js";
import { basicAuthorization } from "./sts.js";
import { type Trust, trustedUrl } from "./trust.js";

/** A configuration as `gcloud iam workload-identity-pools create-cred-config` writes it. Further members are ignored. */
export interface ExternalAccountConfig {
  readonly type: "external_account";
  /** The provider of the pool: `//iam.googleapis.com/projects/…/workloadIdentityPools/…/providers/…`. */
  readonly audience: string;
  readonly subject_token_type: string;
  /** Default: `https://sts.googleapis.com/v1/token`, in the configuration's universe. */
  readonly token_url?: string;
  /** Where subject tokens come from. May be missing where the option `subjectToken` says so. */
  readonly credential_source?: ExternalCredentialSource;
  /** The service account to act as; without it the external identity itself is used. */
  readonly service_account_impersonation_url?: string;
  readonly service_account_impersonation?: {
    /** From 600 to 43,200. Default: 3600. */
    readonly token_lifetime_seconds?: number;
  };
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly quota_project_id?: string;
  /** The project that pays for the sign-in; for workforce pools only. */
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
  /** The `authorization` that the STS wants of OAuth clients. */
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
  /** In seconds, where the configuration says. */
  readonly lifetime: number | undefined;
}

/** Where subject tokens come from; `kind` as Google counts them. */
export type SubjectSource =
  | AwsSource
  | CertificateSource
  | ExecutableSource
  | FileSource
  | ProgrammaticSource
  | UrlSource;

export interface FileSource {
  readonly kind: "file";
  readonly path: string;
  /** The member that holds the token, where the file is JSON. */
  readonly field: string | undefined;
}

export interface UrlSource {
  readonly kind: "url";
  readonly url: Url;
  readonly headers: { readonly [name: string]: string };
  readonly field: string | undefined;
}

export interface ExecutableSource {
  readonly kind: "executable";
  readonly command: readonly [file: string, ...parameters: string[]];
  /** In milliseconds. */
  readonly timeout: number;
  readonly outputFile: string | undefined;
}

export interface AwsSource {
  readonly kind: "aws";
  /** With `{region}` in it. */
  readonly verificationUrl: string;
  readonly regionUrl: Url | undefined;
  readonly keysUrl: Url | undefined;
  readonly sessionUrl: Url | undefined;
}

export interface CertificateSource {
  readonly kind: "x509";
  /** `undefined`: the well-known place. */
  readonly configPath: string | undefined;
  readonly chainPath: string | undefined;
}

export interface ProgrammaticSource {
  readonly kind: "programmatic";
  readonly give: () => Promise<string>;
}

export const externalAccountFile: FileKind = {
  type: "external_account",
  advice:
    'ExternalAccountCredentials takes a configuration for workload or workforce identity federation, with "type": "external_account"',
};

/** @throws AuthError `KEY_…`, naming the place in the configuration */
export function readExternalAccount(
  file: CredentialFile,
  trust: Trust,
  give: (() => Promise<string>) | undefined,
): ExternalAccount {
  file.expect(externalAccountFile);
  const universeDomain = file.universe();
  const subject: SubjectSource =
    give === undefined ? readSource(file.nested("credential_source"), trust) : { kind: "programmatic", give };
  const host = subject.kind === "x509" ? "sts.mtls" : "sts";
  const clientId = file.text("client_id");
  const tokenUrl = file.text("token_url") ?? `https://${host}.${universeDomain}/v1/token`;
  return {
    source: file.source,
    audience: file.required("audience"),
    subjectTokenType: file.required("subject_token_type"),
    tokenUrl: trustedUrl(file, "token_url", tokenUrl, "sts", trust),
    clientAuthorization: clientId === undefined ? undefined : basicAuthorization(clientId, file.text("client_secret") ?? ""),
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
  const match = /^(.*\/serviceAccounts\/([^/?#]+)):generateAccessToken$/.exec(href);
  if (match === null)
    throw file.problem("KEY_FIELD_INVALID", member, "must end in /serviceAccounts/ADDRESS:generateAccessToken");
  const [, url = "", email = ""] = match;
  return { email: decodeURIComponent(email), url, lifetime: readLifetime(file) };
}

function readLifetime(file: CredentialFile): number | undefined {
  const parent = "service_account_impersonation";
  if (file.members[parent] === undefined) return undefined;
  return readNumber(file.nested(parent), "token_lifetime_seconds", 600, 43_200);
}

function readWorkforceProject(file: CredentialFile): string | undefined {
  const project = file.text("workforce_pool_user_project");
  if (project === undefined || /^\/\/iam\.[^/]+\/locations\/[^/]+\/workforcePools\//.test(file.required("audience")))
    return project;
  throw file.problem("KEY_FIELD_INVALID", "workforce_pool_user_project", "is for workforce pools only");
}

function readSource(file: CredentialFile, trust: Trust): SubjectSource {
  const kinds = ["executable", "certificate", "file", "url"].filter((name) => file.members[name] !== undefined);
  if (file.text("environment_id") !== undefined) return readAws(file, trust);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const message = `must hold one of file, url, executable, certificate and environment_id, and holds ${kind === undefined ? "none" : kinds.join(" and ")}`;
    throw new AuthError("KEY_FIELD_INVALID", `${file.source}: ${message}`);
  }
  switch (kind) {
    case "executable":
      return readExecutable(file.nested("executable"));
    case "certificate":
      return readCertificate(file.nested("certificate"));
    case "file":
      return { kind: "file", path: file.required("file"), field: readField(file) };
    default:
      return {
        kind: "url",
        url: trustedUrl(file, "url", file.required("url"), "source", trust),
        headers: readSourceHeaders(file),
        field: readField(file),
      };
  }
}

function readField(file: CredentialFile): string | undefined {
  if (file.members["format"] === undefined) return undefined;
  const format = file.nested("format");
  const type = format.text("type") ?? "text";
  if (type === "json") return format.required("subject_token_field_name");
  if (type === "text") return undefined;
  throw format.problem("KEY_FIELD_INVALID", "type", "must be text or json");
}

function readSourceHeaders(file: CredentialFile): { readonly [name: string]: string } {
  if (file.members["headers"] === undefined) return {};
  const faults: Fault[] = [];
  // Every value is looked at.
  const headers = readHeaders(file.nested("headers").members as { readonly [name: string]: string }, faults);
  const [fault] = faults;
  if (fault === undefined) return headers;
  throw file.problem("KEY_FIELD_INVALID", fault.parameter.replace(".", "/"), fault.message);
}

function readExecutable(file: CredentialFile): ExecutableSource {
  const command = (file.required("command").match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((part) => part.replaceAll('"', ""));
  const [program, ...parameters] = command;
  if (program === undefined || program === "" || (file.required("command").split('"').length - 1) % 2 === 1)
    throw file.problem("KEY_FIELD_INVALID", "command", "must be a program and its arguments; quotes must be closed");
  return {
    kind: "executable",
    command: [program, ...parameters],
    timeout: readNumber(file, "timeout_millis", 5000, 120_000) ?? 30_000,
    outputFile: file.text("output_file"),
  };
}

function readCertificate(file: CredentialFile): CertificateSource {
  const usesDefault = file.members["use_default_certificate_config"] === true;
  const configPath = file.text("certificate_config_location");
  if (usesDefault !== (configPath === undefined)) {
    const message = `must be ${usesDefault ? "missing" : "there"}, since use_default_certificate_config is ${usesDefault ? "" : "not "}true`;
    throw file.problem("KEY_FIELD_INVALID", "certificate_config_location", message);
  }
  return { kind: "x509", configPath, chainPath: file.text("trust_chain_path") };
}

function readAws(file: CredentialFile, trust: Trust): AwsSource {
  if (file.text("environment_id") !== "aws1")
    throw file.problem("KEY_FIELD_INVALID", "environment_id", "must be aws1, the only one there is");
  const metadataUrl = (member: string): Url | undefined => {
    const text = file.text(member);
    return text === undefined ? undefined : trustedUrl(file, member, text, "source", trust);
  };
  const member = "regional_cred_verification_url";
  const verificationUrl = file.required(member);
  trustedUrl(file, member, verificationUrl.replaceAll("{region}", "eu-west-1"), "verification", trust);
  return {
    kind: "aws",
    verificationUrl,
    regionUrl: metadataUrl("region_url"),
    keysUrl: metadataUrl("url"),
    sessionUrl: metadataUrl("imdsv2_session_token_url"),
  };
}

function readNumber(file: CredentialFile, name: string, least: number, most: number): number | undefined {
  const value = file.members[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw file.problem("KEY_FIELD_INVALID", name, `must be a number from ${String(least)} to ${String(most)}`);
}
