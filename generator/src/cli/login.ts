/** `discogen login`. */
import { shownName } from "@discogen/runtime/names";
import { printable } from "../diagnostics.js";
import { methodsOf } from "../model/methods.js";
import { recommendScopes } from "../model/scopes.js";
import { type Command, type ExitCode, parse, type Parsed, usage } from "./command.js";
import { loadNamed, openProject } from "./project.js";
import { SIGN_IN_ADVICE, signInPath, signInProblem, signInStore } from "./sign-in.js";
import { SOURCE_HELP, SOURCE_OPTIONS } from "./sources.js";
import type { Terminal } from "./terminal.js";

export const loginCommand: Command = {
  summary: "Sign in with a browser, for call and whoami",
  help: `
Usage: discogen login [api…] --client FILE [options]

Sign in with a browser. Stores the tokens in discogen/credentials.json in
$XDG_CONFIG_HOME (default: ~/.config), where only you can read them. call and
whoami use them if GOOGLE_APPLICATION_CREDENTIALS is not set.
Requests the narrowest scopes for all methods of the APIs, and your address.
Does not execute a config that is code: reads only discogen.config.json and the
lock.

  [api…]              name:version, a path to a .json document, or its URL
                      (default: no API, but all of Google Cloud)
  --client FILE       the JSON file of an OAuth client: create one of the type
                      "Desktop app" in the Google Cloud console
  --scope SCOPE       request this scope instead; can be repeated
  --no-browser        print the URL, and do not open it
  --port N            the port to listen on (default: a free one)
  --timeout SECONDS   how long to wait for you (default: 300)
${SOURCE_HELP}
Example:
  discogen login drive:v3 --client client_secret.json
`,
  run,
};

const CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const parsed = parse("login", args, {
    ...SOURCE_OPTIONS,
    client: { type: "string" },
    scope: { type: "string", multiple: true },
    "no-browser": { type: "boolean" },
    port: { type: "string" },
    timeout: { type: "string" },
  });
  const path = parsed.text("client");
  if (path === undefined) throw usage("login", "no OAuth client given; pass its JSON file with --client");
  const port = numberOf(parsed, "port", 65_535);
  const seconds = numberOf(parsed, "timeout", 86_400) ?? 300;
  const scopes = ["openid", "email", ...(await scopesFor(parsed, terminal))];
  const { stderr, stdout, signal, env } = terminal;
  try {
    const { OAuthClient, openBrowser } = await import("@discogen/runtime/auth");
    const client = await OAuthClient.fromFile(path, { signInAdvice: SIGN_IN_ADVICE });
    const store = await signInStore(env);
    // Fails for the sign-in of another client, before the user grants access.
    await client.restore(store);
    const credentials = await client.authorizeOnLoopback({
      scopes,
      port,
      timeout: seconds * 1000,
      signal,
      onTokens: (tokens) => store.write(tokens),
      async open(url) {
        stderr.write(`Open this URL in a browser on this machine to sign in:\n  ${printable(url)}\n`);
        const isOpen = !parsed.flag("no-browser") && (await openBrowser(url));
        stderr.write(`${isOpen ? "The browser is open. " : ""}Waiting ${String(seconds)} s. Press Ctrl-C to cancel.\n`);
      },
    });
    const account = credentials.toJSON().email;
    stdout.write(`Signed in${account === undefined ? "" : ` as ${printable(account)}`}.\n`);
    for (const scope of credentials.grantedScopes ?? scopes) stdout.write(`  ${printable(scope)}\n`);
    const missing = credentials.missingScopes(scopes);
    if (missing.length > 0) stderr.write(`warning: not granted: ${missing.map(printable).join(", ")}\n`);
    stderr.write(`Stored in ${shownName(signInPath(env))}. To revoke the access, run \`discogen logout\`.\n`);
    return 0;
  } catch (error) {
    throw await signInProblem("login", error);
  }
}

/** The scopes of the command line, else those for all methods of the APIs. */
async function scopesFor(parsed: Parsed, terminal: Terminal): Promise<readonly string[]> {
  const own = parsed.texts("scope");
  if (own.length > 0) return own;
  if (parsed.positionals.length === 0) return [CLOUD_PLATFORM];
  const project = await openProject("login", parsed, terminal);
  const found: string[] = [];
  for (const name of parsed.positionals) {
    const { model } = await loadNamed(project, name);
    const all = methodsOf(model.root);
    const descriptions = new Map(model.scopes.map(({ scope, description }) => [scope, description]));
    found.push(...recommendScopes(all, { api: model.name, all, descriptions }).scopes.map(({ scope }) => scope));
  }
  return [...new Set(found)];
}

function numberOf(parsed: Parsed, name: string, most: number): number | undefined {
  const text = parsed.text(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw usage("login", `--${name} must be a number from 1 to ${String(most)}`);
}
