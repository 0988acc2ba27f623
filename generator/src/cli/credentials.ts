/** Options that choose credentials, for commands that authenticate. */
import type {
  AdditionalPlace,
  CredentialSearch,
  CredentialsFileOptions,
  TokenCredentials,
} from "@discogen/runtime/auth";
import { quotedName, shownName } from "@discogen/runtime/names";
import { diagnostic, InputError } from "../diagnostics.js";
import { type Options, type Parsed, usage } from "./command.js";
import type { Terminal } from "./terminal.js";

export const CREDENTIAL_OPTIONS: Options = {
  credentials: { type: "string" },
  impersonate: { type: "string", multiple: true },
  subject: { type: "string" },
  "quota-project": { type: "string" },
  "allow-url": { type: "string", multiple: true },
  scope: { type: "string", multiple: true },
};

/** The help of {@link CREDENTIAL_OPTIONS}. */
export const CREDENTIAL_HELP = `  --credentials FILE  use this credential file, of any kind
                      (default: Application Default Credentials)
  --impersonate ACCOUNT
                      act for this service account; for a chain of delegates,
                      pass a list that ends with the account
  --subject USER      act for this user: domain-wide delegation of the service
                      account
  --quota-project PROJECT
                      the project for quota and billing
  --allow-url URL     a URL that the credential file may use besides Google's,
                      with everything below it; https://*.example.com allows
                      all subdomains; can be repeated
  --scope SCOPE       request this scope; can be repeated
`;

/** The values of {@link CREDENTIAL_OPTIONS}. */
export interface CredentialSettings {
  /** The credential file. `undefined`: search for Application Default Credentials. */
  readonly file: string | undefined;
  /** The account to impersonate, and the accounts in between. */
  readonly impersonated: { readonly target: string; readonly delegates: readonly string[] } | undefined;
  readonly subject: string | undefined;
  readonly quotaProject: string | undefined;
  readonly allowedUrls: readonly string[];
  readonly scopes: readonly string[];
  /** The options of the command line that need credentials, for example `--subject`. */
  readonly given: readonly string[];
}

/**
 * Reads and checks {@link CREDENTIAL_OPTIONS}.
 *
 * @throws {InputError} with the code USAGE
 */
export function readCredentialSettings(command: string, parsed: Parsed): CredentialSettings {
  const wrong = (name: string, wanted: string, value: string) =>
    usage(command, `--${name} must be ${wanted}, not ${quotedName(value)}`);
  const subject = parsed.text("subject");
  const scopes = parsed.texts("scope");
  const allowedUrls = parsed.texts("allow-url");
  const accounts = parsed.texts("impersonate").flatMap((list) => list.split(","));
  for (const text of ["credentials", "quota-project"])
    if (parsed.text(text) === "") throw usage(command, `--${text} must not be empty`);
  if (subject !== undefined && !/^\S+$/.test(subject))
    throw wrong("subject", "the address of a user, such as user@example.com", subject);
  for (const account of accounts)
    if (!/^[^\s/?#:]+@[^\s/?#:]+$/.test(account))
      throw wrong("impersonate", "addresses of service accounts, separated by commas", account);
  for (const url of allowedUrls)
    if (!isUrlPrefix(url)) throw wrong("allow-url", "an http(s) URL, such as https://*.example.com", url);
  for (const scope of scopes)
    // A scope contains no spaces (RFC 6749 §3.3).
    if (!/^[!#-[\]-~]+$/.test(scope))
      throw wrong("scope", "one scope, such as https://www.googleapis.com/auth/cloud-platform", scope);
  const target = accounts.at(-1);
  return {
    file: parsed.text("credentials"),
    impersonated: target === undefined ? undefined : { target, delegates: accounts.slice(0, -1) },
    subject,
    quotaProject: parsed.text("quota-project"),
    allowedUrls,
    scopes,
    given: Object.entries(CREDENTIAL_OPTIONS)
      .filter(([name, { multiple }]) =>
        multiple === true ? parsed.texts(name).length > 0 : parsed.text(name) !== undefined,
      )
      .map(([name]) => `--${name}`),
  };
}

/** An http(s) origin or URL. The first label may be `*`. */
function isUrlPrefix(text: string): boolean {
  const bare = text.replace("://*.", "://");
  return !bare.includes("*") && URL.canParse(bare) && /^https?:$/.test(new URL(bare).protocol);
}

/** The result of {@link findCredentials}. `source`: the credentials that impersonate the account, if there is one. */
export type ChosenCredentials = CredentialSearch & { readonly source?: TokenCredentials };

/**
 * Creates the credentials that the settings choose: of the file, else of the search. Returns the error of a file that
 * cannot be used, as the search does.
 *
 * @param signIn The place of the tokens of `discogen login`.
 * @throws {InputError} with the code USAGE for options that the credentials do not support
 */
export async function findCredentials(
  command: string,
  settings: CredentialSettings,
  { env, signal }: Pick<Terminal, "env" | "signal">,
  signIn?: AdditionalPlace,
): Promise<ChosenCredentials> {
  const { file, impersonated, subject, scopes } = settings;
  const [{ ImpersonatedCredentials, searchCredentials }, { InvalidRequestError }] = await Promise.all([
    import("@discogen/runtime/auth"),
    import("@discogen/runtime"),
  ]);
  const quotaProject = settings.quotaProject ?? (env["GOOGLE_CLOUD_QUOTA_PROJECT"] || undefined);
  const allow = { urls: settings.allowedUrls };
  const own = { scopes, subject, quotaProject };
  // Credentials that impersonate an account need neither its scopes nor its user.
  const options = impersonated === undefined ? { allow, ...own } : { allow };
  try {
    const found =
      file === undefined ? await searchCredentials({ ...options, signal }, signIn) : await inFile(file, options);
    if (found.error instanceof InvalidRequestError) throw found.error;
    const { credentials: source } = found;
    if (impersonated === undefined || source === undefined) return found;
    const { target: targetPrincipal, delegates } = impersonated;
    const credentials = new ImpersonatedCredentials({ ...own, sourceCredentials: source, targetPrincipal, delegates });
    return { credentials, places: found.places, source };
  } catch (error) {
    if (error instanceof InvalidRequestError) throw unsupported(command, error.faults);
    throw error;
  }
}

async function inFile(path: string, options: CredentialsFileOptions): Promise<CredentialSearch> {
  const [{ credentialsFromFile }, { DiscogenError }] = await Promise.all([
    import("@discogen/runtime/auth"),
    import("@discogen/runtime"),
  ]);
  const place = { place: "--credentials", file: shownName(path) };
  try {
    const credentials = await credentialsFromFile(path, options);
    return { credentials, places: [{ ...place, reason: undefined }] };
  } catch (error) {
    if (!(error instanceof DiscogenError)) throw error;
    return { error, places: [{ ...place, reason: error.message }] };
  }
}

const OPTION_OF: Readonly<Record<string, string>> = {
  delegates: "--impersonate",
  quotaProject: "--quota-project",
  scopes: "--scope",
  subject: "--subject",
  targetPrincipal: "--impersonate",
};

function unsupported(
  command: string,
  faults: readonly { readonly parameter: string; readonly message: string }[],
): InputError {
  const message = faults.map(({ parameter, message }) => `${OPTION_OF[parameter] ?? parameter} ${message}`).join("; ");
  const help = faults.some(({ parameter }) => parameter === "subject")
    ? "Add --impersonate ACCOUNT: a service account with domain-wide delegation, which then acts for the user."
    : `Run \`discogen ${command} --help\`.`;
  return new InputError([diagnostic("USAGE", `discogen ${command}`, message, { help })]);
}
