/** `discogen whoami`. */
import type { AuthError } from "@discogen/runtime";
import type { AuthorizedUserCredentials, SearchedPlace, TokenCredentials } from "@discogen/runtime/auth";
import { diagnostic, printable } from "../diagnostics.js";
import { choice, type Command, type ExitCode, parse, usage } from "./command.js";
import { CREDENTIAL_HELP, CREDENTIAL_OPTIONS, findCredentials, readCredentialSettings } from "./credentials.js";
import { printDiagnostics, printJson } from "./print.js";
import { signInPlace } from "./sign-in.js";
import type { Terminal } from "./terminal.js";

export const whoamiCommand: Command = {
  summary: "Print which credentials are used, and why",
  help: `
Usage: discogen whoami [options]

Print which credentials call uses: their kind, account, project, scopes and
expiry, the place where they were found, and for each place before it why it
has none. Requests an access token, and never prints it.

${CREDENTIAL_HELP}  --reporter FORMAT   text (default), or json: one object on standard output

Exit codes: 0 done, 2 no credentials were found, or they cannot be used.

Example:
  discogen whoami
`,
  run,
};

/** What is known about the credentials. Unknown members are absent. */
interface Identity {
  readonly kind?: string;
  readonly account?: string;
  /** The user that a service account acts for. */
  readonly subject?: string;
  readonly project?: string;
  readonly quotaProject?: string;
  /** Granted by the user, or requested. Without them, a token has the scopes of the API that is called. */
  readonly scopes?: readonly string[];
  /** When the access token expires, in ISO 8601. */
  readonly expires?: string;
  readonly universeDomain?: string;
}

/** A problem of the project or the token. */
interface Problem {
  readonly of: "project" | "token";
  readonly message: string;
}

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const parsed = parse("whoami", args, { ...CREDENTIAL_OPTIONS, reporter: { type: "string" } });
  const reporter = choice("whoami", parsed, "reporter", ["text", "json"]);
  if (parsed.positionals.length > 0) throw usage("whoami", "takes no arguments");
  const settings = readCredentialSettings("whoami", parsed);
  const { credentials, error, places } = await findCredentials("whoami", settings, terminal, signInPlace(terminal.env));
  const [identity, problems] = credentials === undefined ? [{}, []] : await identityOf(credentials, terminal.signal);
  const token = problems.find((problem) => problem.of === "token")?.message;
  const message = error?.message ?? token;
  const diagnostics = message === undefined ? [] : [diagnostic("SIGN_IN_FAILED", "discogen whoami", message)];
  if (reporter === "json") {
    const found = places.map(({ place, file, reason }) => ({ place, file, isUsed: reason === undefined, reason }));
    printJson(terminal, { ok: message === undefined, ...identity, places: found, problems, diagnostics });
  } else {
    terminal.stdout.write(tableOf(identity, problems, places));
    printDiagnostics(terminal, diagnostics);
  }
  return message === undefined ? 0 : 2;
}

async function identityOf(
  credentials: TokenCredentials,
  signal: AbortSignal,
): Promise<readonly [Identity, readonly Problem[]]> {
  const { AuthError } = await import("@discogen/runtime");
  const problems: Problem[] = [];
  const attempt = async <T>(of: Problem["of"], work: Promise<T>): Promise<T | undefined> =>
    work.catch((error: unknown) => {
      if (!(error instanceof AuthError)) throw error;
      problems.push({ of, message: (error satisfies AuthError).message });
      return undefined;
    });
  const token = await attempt("token", (await withScopes(credentials)).getAccessToken({ signal }));
  const project = await attempt("project", credentials.getProjectId({ signal }));
  // After the token request, since some of these members come from its response.
  const { kind, email, subject, quotaProject, universeDomain, scopes } = credentials.toJSON();
  const identity = {
    kind,
    account: email,
    subject,
    project,
    quotaProject,
    scopes: grantedScopes(credentials) ?? scopes,
    expires: token === undefined ? undefined : new Date(token.expires).toISOString(),
    universeDomain,
  };
  const known = Object.entries(identity).filter(([, value]) => value !== undefined);
  return [Object.fromEntries(known), problems];
}

/** Credentials whose token needs scopes get the usual one, only to check that they work. */
async function withScopes(credentials: TokenCredentials): Promise<TokenCredentials> {
  const { ExternalAccountCredentials, ImpersonatedCredentials, ServiceAccountCredentials } =
    await import("@discogen/runtime/auth");
  const needsScopes =
    credentials instanceof ServiceAccountCredentials ||
    credentials instanceof ImpersonatedCredentials ||
    credentials instanceof ExternalAccountCredentials;
  if (!needsScopes || credentials.scopes.length > 0) return credentials;
  return credentials.withScopes(["https://www.googleapis.com/auth/cloud-platform"]);
}

function grantedScopes(credentials: Partial<AuthorizedUserCredentials>): readonly string[] | undefined {
  return credentials.grantedScopes;
}

function tableOf(identity: Identity, problems: readonly Problem[], places: readonly SearchedPlace[]): string {
  const { account, expires, kind, project, quotaProject, scopes, subject, universeDomain } = identity;
  const problemOf = (of: Problem["of"]): string => problems.find((problem) => problem.of === of)?.message ?? "";
  const used = places.find(({ reason }) => reason === undefined);
  const rows: readonly (readonly [string, readonly string[]])[] =
    kind === undefined
      ? []
      : [
          ["kind", [kind]],
          ["account", [account ?? "unknown"]],
          ["acts for", subject === undefined ? [] : [subject]],
          ["project", [project ?? `unknown: ${problemOf("project")}`]],
          ["quota project", quotaProject === undefined ? [] : [quotaProject]],
          ["scopes", scopes ?? ["those of the API that is called"]],
          ["token expires", [expires === undefined ? `no token: ${problemOf("token")}` : withMinutes(expires)]],
          ["universe", universeDomain === undefined ? [] : [universeDomain]],
          ["found in", used === undefined ? [] : [placeName(used)]],
        ];
  const lines = rows.flatMap(([name, values]) =>
    values.map((value, index) => `${(index === 0 ? name : "").padEnd(15)}${printable(value)}\n`),
  );
  const searched = places.map((place) => `  ${printable(placeName(place))}: ${printable(place.reason ?? "used")}\n`);
  return `${lines.join("")}${lines.length === 0 ? "" : "\n"}Places, in the order of the search:\n${searched.join("")}`;
}

function placeName({ file, place }: SearchedPlace): string {
  return file === undefined || file === place ? place : `${place} (${file})`;
}

function withMinutes(expires: string): string {
  const minutes = Math.max(0, Math.floor((Date.parse(expires) - Date.now()) / 60_000));
  return `${expires} (in ${String(minutes)} ${minutes === 1 ? "minute" : "minutes"})`;
}
