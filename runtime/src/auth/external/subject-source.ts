/** Reads where subject tokens come from: the `credential_source` of a configuration (AIP-4117). */
import type { Fault } from "../../errors.js";
import type { AbortSignal, Url } from "../../platform-types.js";
import { readHeaders } from "../../request/headers.js";
import type { CredentialFile } from "../credential-file.js";
import type { CertificatePaths } from "../node/certificate.js";
import { type Trust, trustedUrl } from "./trust.js";

/** What the functions {@link SubjectFunctions} receive. */
export interface SubjectTokenContext {
  /** The `audience` of the configuration. */
  readonly audience: string;
  /** The `subject_token_type` of the configuration. */
  readonly subjectTokenType: string;
  /** Aborts after one minute, or when no call waits for the token any more. */
  readonly signal: AbortSignal;
}

/** AWS keys, as the providers of the AWS SDK return them. */
export interface AwsSecurityCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Needed for keys of a role. */
  readonly sessionToken?: string | undefined;
  /** Default: `AWS_REGION` or `AWS_DEFAULT_REGION`, else the instance's, if the configuration has a `region_url`. */
  readonly region?: string | undefined;
  /** When the keys expire: a `Date`, milliseconds since the epoch, or ISO 8601. Default: the keys are not cached. */
  readonly expiration?: Date | number | string | undefined;
}

/** Returns AWS keys. */
export type GiveKeys = (context: SubjectTokenContext) => AwsSecurityCredentials | Promise<AwsSecurityCredentials>;

/** Functions that replace the `credential_source` of a configuration. Pass at most one of them. */
export interface SubjectFunctions {
  /**
   * Returns AWS keys, for a configuration of AWS or without a `credential_source`. For a provider of the AWS SDK, such as
   * `fromNodeProviderChain()`, pass `() => provider()`. The keys are cached until their `expiration`; without one, the
   * function is called whenever a Google token is needed, about once an hour. Its timeout is one minute.
   */
  readonly securityCredentials?: GiveKeys | undefined;
  /**
   * Returns a subject token. The configuration's `credential_source` is not used. Called whenever a Google token is
   * needed, about once an hour. Its timeout is one minute.
   */
  readonly subjectToken?: ((context: SubjectTokenContext) => Promise<string> | string) | undefined;
}

/** Where subject tokens come from. `kind` is the name in Google's metrics. */
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
  /** The member that contains the token, if the file is JSON. */
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
  /** Contains `{region}`. */
  readonly verificationUrl: string;
  readonly regionUrl: Url | undefined;
  readonly keysUrl: Url | undefined;
  readonly sessionUrl: Url | undefined;
  /** The caller's function, instead of the environment and the metadata service. */
  readonly securityCredentials: GiveKeys | undefined;
}

export interface CertificateSource extends CertificatePaths {
  readonly kind: "x509";
}

export interface ProgrammaticSource {
  readonly kind: "programmatic";
  readonly subjectToken: NonNullable<SubjectFunctions["subjectToken"]>;
}

const member = "credential_source";

/** Reads the `credential_source` of a configuration, unless a function replaces it. */
export function readSource(
  config: CredentialFile,
  trust: Trust,
  { securityCredentials, subjectToken }: SubjectFunctions,
): SubjectSource {
  if (subjectToken !== undefined) return { kind: "programmatic", subjectToken };
  if (securityCredentials !== undefined) return readGivenAws(config, trust, securityCredentials);
  if (!config.has(member))
    throw config.problem(
      "KEY_FIELD_MISSING",
      member,
      "is missing. Or pass the option subjectToken, or securityCredentials for AWS",
    );
  const file = config.nested(member);
  if (file.text("environment_id") !== undefined) return readAws(file, trust);
  const kinds = ["executable", "certificate", "file", "url"].filter((name) => file.has(name));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const message = `must have one of file, url, executable, certificate and environment_id, and has ${kind === undefined ? "none" : kinds.join(" and ")}`;
    throw config.problem("KEY_FIELD_INVALID", member, message);
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
  if (!file.has("format")) return undefined;
  const format = file.nested("format");
  const type = format.text("type") ?? "text";
  if (type === "json") return format.required("subject_token_field_name");
  if (type === "text") return undefined;
  throw format.problem("KEY_FIELD_INVALID", "type", "must be text or json");
}

function readSourceHeaders(file: CredentialFile): { readonly [name: string]: string } {
  if (!file.has("headers")) return {};
  const faults: Fault[] = [];
  // Every value is checked.
  const headers = readHeaders(file.nested("headers").members as { readonly [name: string]: string }, faults);
  const [fault] = faults;
  if (fault === undefined) return headers;
  throw file.problem("KEY_FIELD_INVALID", fault.parameter.replace(".", "/"), fault.message);
}

function readExecutable(file: CredentialFile): ExecutableSource {
  const text = file.required("command");
  const [program, ...parameters] = (text.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((part) => part.replaceAll('"', ""));
  if (program === undefined || program === "" || text.replace(/[^"]/g, "").length % 2 === 1)
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
    const message = `must be ${usesDefault ? "missing" : "set"}, since use_default_certificate_config is ${usesDefault ? "" : "not "}true`;
    throw file.problem("KEY_FIELD_INVALID", "certificate_config_location", message);
  }
  return { kind: "x509", configPath, chainPath: file.text("trust_chain_path") };
}

/** AWS with keys of the caller's function. The configuration may still say where to send the request, or the region. */
function readGivenAws(config: CredentialFile, trust: Trust, securityCredentials: GiveKeys): AwsSource {
  const type = "subject_token_type";
  if (config.required(type) !== awsTokenType)
    throw config.problem("KEY_FIELD_INVALID", type, `must be ${awsTokenType} with the option securityCredentials`);
  if (!config.has(member)) {
    const none = { regionUrl: undefined, keysUrl: undefined, sessionUrl: undefined };
    return { kind: "aws", verificationUrl: usualVerificationUrl, ...none, securityCredentials };
  }
  const file = config.nested(member);
  if (file.text("environment_id") !== undefined) return { ...readAws(file, trust), securityCredentials };
  throw config.problem(
    "KEY_FIELD_INVALID",
    member,
    "is not that of AWS, so the option securityCredentials does not apply. For a token of your own, pass subjectToken",
  );
}

/** The type of a signed request of AWS. */
const awsTokenType = "urn:ietf:params:aws:token-type:aws4_request";

const usualVerificationUrl = "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15";

function readAws(file: CredentialFile, trust: Trust): AwsSource {
  if (file.text("environment_id") !== "aws1")
    throw file.problem("KEY_FIELD_INVALID", "environment_id", "must be aws1, the only supported version");
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
    securityCredentials: undefined,
  };
}

/** An integer in this range, or `undefined` if the member is absent. */
export function readNumber(file: CredentialFile, name: string, least: number, most: number): number | undefined {
  if (!file.has(name)) return undefined;
  const value = file.members[name];
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw file.problem("KEY_FIELD_INVALID", name, `must be a number from ${String(least)} to ${String(most)}`);
}
