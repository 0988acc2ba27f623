/** `discogen call`. */
import { readFile } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { text } from "node:stream/consumers";
import type { AuthError, Credentials } from "@discogen/runtime";
import type { TokenCredentials } from "@discogen/runtime/auth";
import { shownName } from "@discogen/runtime/names";
import { type Code, type Diagnostic, diagnostic, InputError, printable, reasonOf } from "../diagnostics.js";
import type { DynamicMember, DynamicMethod, DynamicPromise, DynamicResource } from "../dynamic/client.js";
import type { LoadedModel } from "../load.js";
import type { MethodModel } from "../model/types.js";
import { VERSION } from "../version.js";
import { printBytes, printList, printValue } from "./call-output.js";
import { parseJson, readArguments, targetOf } from "./call-arguments.js";
import { methodHelp, methodsHelp } from "./call-help.js";
import { isAuthorized, refuseForeignHost } from "./call-host.js";
import { type Command, type ExitCode, type Parsed, usage } from "./command.js";
import { CREDENTIAL_HELP, type CredentialSettings, findCredentials, readCredentialSettings } from "./credentials.js";
import { type ClientMember, namedMember, returnsContent } from "./methods.js";
import { printDiagnostics } from "./print.js";
import { loadNamed, openProject } from "./project.js";
import { signInPlace } from "./sign-in.js";
import { SOURCE_HELP } from "./sources.js";
import type { Terminal } from "./terminal.js";

export const callCommand: Command = {
  summary: "Call a method and print the response as JSON",
  help: `
Usage: discogen call <api> <method> [--parameter value…] [options]

Call a method and print the response as JSON. Authenticates with Application
Default Credentials: the file that GOOGLE_APPLICATION_CREDENTIALS names, the
credentials of \`gcloud auth application-default login\`, or the metadata server.
With --key it uses only that API key. Requests all scopes of the API unless you
pass --scope. Without --project it uses the project of the credentials, and
prints it to standard error.

Credentials are sent to https://*.googleapis.com (or the universe of the
credentials), to this machine, or to the host of --root-url. If a document
names another host, the call is refused.
Does not execute a config that is code: reads only discogen.config.json and the
lock.

  <api>               name:version, a path to a .json document, or its URL
  <method>            id or path, such as instances.list; append Media to
                      download the content, as in objects.getMedia
  --NAME VALUE        a parameter of the method; repeat it for a list;
                      use --NAME=VALUE if the value begins with -
  --params JSON       parameters as a JSON object
  --body FILE|-       the request body; - reads standard input
  --media FILE|-      content to upload
  --all               print the items of all pages, as one array
  --wait              wait for the operation, and print it when it is done
  --out FILE          where to save downloaded content
                      (default: standard output)
  --root-url URL      send the call to another server, such as discogen mock
${CREDENTIAL_HELP}${SOURCE_HELP}  --call-NAME         the option --NAME, if the method has a parameter of this
                      name, which takes precedence: --call-scope

Exit codes: 0 done, 2 the input or the network is at fault, 3 authentication
failed, 4 the API returned an error.
Add --help to an API for its methods, or to a method for its parameters.

Example:
  discogen call sqladmin:v1beta3 instances.list --project example-123 --all
`,
  helpOn,
  run,
};

async function helpOn(args: readonly string[], terminal: Terminal): Promise<string | undefined> {
  const { api, method, sources } = targetOf(args);
  if (api === undefined) return undefined;
  const { model } = await loadNamed(await openProject("call", sources, terminal, [api]), api);
  return method === undefined ? methodsHelp(model, api) : methodHelp(namedMember("call", method, model), model, api);
}

async function run(line: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { api, method: name, sources, args } = targetOf(line);
  if (api === undefined) throw usage("call", "no API given");
  if (name === undefined)
    throw usage("call", `no method given; \`discogen call ${shownName(api)} --help\` lists the methods`);
  const loaded = await loadNamed(await openProject("call", sources, terminal, [api]), api);
  const { model } = loaded;
  const member = namedMember("call", name, model);
  const { method } = member;
  const { own, parameters, projects } = readArguments(args, method, model);
  checkOptions(own, member);
  const settings = readCredentialSettings("call", own);
  // An API key is sent in a header, as logs contain URLs. Some methods have a parameter of this name.
  const isKey = method.parameters.every(({ name }) => name !== "key");
  const { key, ...others } = parameters;
  const apiKey = isKey && typeof key === "string" ? key : undefined;
  const [option] = settings.given;
  if (apiKey !== undefined && option !== undefined)
    throw usage("call", `--key and ${option} cannot be combined: a call with an API key uses no other credentials`);
  const content = await contentOf(own, method, terminal);
  try {
    const auth = await credentialsFor(settings, apiKey, method, terminal);
    const values = isKey ? others : parameters;
    const send = await methodOf(member, loaded, auth, own.text("root-url"), values, terminal);
    const defaults = await defaultProjects(projects, auth, method, terminal);
    await print(own, method, send({ ...values, ...defaults, ...content }, { signal: terminal.signal }), terminal);
    return 0;
  } catch (error) {
    // The reader closed the pipe, as `head` does.
    if (error instanceof Error && "code" in error && error.code === "EPIPE") return 0;
    const failure = await failureOf(error, `${shownName(api)} ${member.path.join(".")}`);
    if (failure === undefined) throw error;
    printDiagnostics(terminal, [failure.diagnostic]);
    return failure.code;
  }
}

/** Rejects options that do not fit the method. */
function checkOptions(own: Parsed, member: ClientMember): void {
  const { method, isDownload, id } = member;
  const unfit = (option: string, reason: string) => usage("call", `--${option} cannot be used: ${id} ${reason}`);
  const body = own.text("body");
  const media = own.text("media");
  if (body !== undefined && (method.request === undefined || isDownload)) throw unfit("body", "has no request body");
  if (media !== undefined && method.mediaUpload === undefined) throw unfit("media", "has no upload");
  if (body === "-" && media === "-") throw usage("call", "--body and --media cannot both read standard input");
  if (own.flag("all") && (method.paging === undefined || isDownload)) throw unfit("all", "has no pages");
  if (own.flag("wait") && (method.operation === undefined || isDownload))
    throw unfit("wait", "does not start an operation");
  if (own.text("out") !== undefined && !returnsContent(member))
    throw unfit("out", "returns JSON; redirect standard output instead");
}

/** `requestBody` and `media`, if the command line has them. */
async function contentOf(own: Parsed, { request }: MethodModel, terminal: Terminal): Promise<object> {
  const body = own.text("body");
  const media = own.text("media");
  const source = (file: string) => (file === "-" ? addAbortSignal(terminal.signal, terminal.stdin) : { path: file });
  return {
    ...(media !== undefined && { media: { body: source(media) } }),
    ...(body !== undefined && {
      requestBody: request?.kind === "bytes" ? { data: source(body) } : await readJson(body, terminal),
    }),
  };
}

async function readJson(file: string, { signal, stdin }: Terminal): Promise<unknown> {
  const given = file === "-" ? text(addAbortSignal(signal, stdin)) : readFile(file, { encoding: "utf8", signal });
  const content = await given.catch((error: NodeJS.ErrnoException) => {
    if (error.name === "AbortError") throw error;
    throw new InputError([diagnostic("FILE_UNREADABLE", file, reasonOf(error))]);
  });
  const value = parseJson(content);
  if (value !== undefined) return value;
  // The message does not quote the text, as it may contain a secret.
  const help = "Pass a JSON file with --body, or pass - and write JSON to standard input.";
  throw new InputError([
    diagnostic("INVALID_JSON", file === "-" ? "standard input" : file, "it is not JSON", { help }),
  ]);
}

type CallCredentials = Credentials & Pick<TokenCredentials, "getProjectId">;

async function credentialsFor(
  settings: CredentialSettings,
  key: string | undefined,
  { scopes }: MethodModel,
  terminal: Terminal,
): Promise<CallCredentials> {
  const auth = await import("@discogen/runtime/auth");
  if (key !== undefined) return new auth.ApiKeyCredentials(key);
  // A method without scopes needs no credentials.
  if (scopes.length === 0 && settings.given.length === 0) return new auth.AnonymousCredentials();
  const { credentials, error } = await findCredentials("call", settings, terminal, signInPlace(terminal.env));
  if (error !== undefined) throw error;
  return credentials;
}

/** Returns the project of the credentials for the parameters that need one, and prints it. */
async function defaultProjects(
  names: readonly string[],
  auth: CallCredentials,
  { id }: MethodModel,
  terminal: Terminal,
): Promise<Readonly<Record<string, string>>> {
  const [name] = names;
  if (name === undefined) return {};
  const project = await auth.getProjectId({ signal: terminal.signal }).catch(async (error: unknown) => {
    const { AuthError } = await import("@discogen/runtime");
    if (!(error instanceof AuthError) || error.code !== "NO_PROJECT") throw error;
    const help = `Pass --${name}, or set GOOGLE_CLOUD_PROJECT.`;
    throw new InputError([
      diagnostic("USAGE", "discogen call", `${id} requires --${name}: ${error.message}`, { help }),
    ]);
  });
  terminal.stderr.write(`discogen: using project ${printable(project)}\n`);
  return Object.fromEntries(names.map((parameter) => [parameter, project]));
}

/**
 * Returns the method of a client.
 *
 * @throws {InputError} with the code UNTRUSTED_HOST if the document names a host that must not receive the credentials
 */
async function methodOf(
  { path }: ClientMember,
  loaded: LoadedModel,
  auth: Credentials,
  rootUrl: string | undefined,
  parameters: object,
  { env }: Terminal,
): Promise<DynamicMethod> {
  const { model } = loaded;
  const { createClient, rootUrlOf } = await import("../dynamic/client.js");
  if (rootUrl === undefined && isAuthorized(auth, parameters, env))
    refuseForeignHost(rootUrlOf(model), auth, loaded, env);
  let at: DynamicMember | undefined;
  const client: DynamicResource = createClient(model, { auth, rootUrl, userAgent: `discogen/${VERSION}` });
  for (const name of path) at = (at ?? client)[name];
  if (at === undefined) throw new TypeError(`the client has no ${path.join(".")}`);
  return at;
}

async function print(
  own: Parsed,
  { paging, response }: MethodModel,
  result: DynamicPromise,
  { stdout, signal }: Terminal,
): Promise<void> {
  if (response?.kind === "stream") return printList(stdout, result);
  if (own.flag("all")) return printList(stdout, paging?.items === undefined ? result.pages() : result);
  const value = own.flag("wait") ? await result.wait({ signal }) : await result;
  const { MediaResponse } = await import("@discogen/runtime");
  if (!(value instanceof MediaResponse)) return printValue(stdout, value);
  const out = own.text("out");
  return out === undefined ? printBytes(stdout, value.body) : value.saveTo(out);
}

interface Failure {
  readonly diagnostic: Diagnostic;
  readonly code: ExitCode;
}

/** Describes an error of the runtime; its message contains no secrets. `undefined` for other errors. */
async function failureOf(error: unknown, call: string): Promise<Failure | undefined> {
  const runtime = await import("@discogen/runtime");
  if (!(error instanceof runtime.DiscogenError) || error instanceof runtime.AbortError) return undefined;
  const failure = (exit: ExitCode, code: Code, message: string, options = {}): Failure => ({
    diagnostic: diagnostic(code, "discogen call", message, options),
    code: exit,
  });
  const help = `Run \`discogen call ${call} --help\` for its parameters and scopes.`;
  const { message } = error;
  if (error instanceof runtime.InvalidRequestError) return failure(2, "USAGE", message, { help });
  if (error.code === "DISK_FULL") return failure(2, "DISK_FULL", message);
  if (error instanceof runtime.AuthError) return failure(3, "SIGN_IN_FAILED", message, authHelp(error));
  if (error instanceof runtime.ConnectionError || error instanceof runtime.TimeoutError)
    return failure(2, "CALL_FAILED", message, {
      help: "Check the network, and the address of --root-url if you passed one.",
    });
  const violations = error instanceof runtime.ApiError ? error.fieldViolations : [];
  const fields = violations.map(({ field, description }) => `; ${field ?? ""}: ${description ?? ""}`).join("");
  const isOfApi = error instanceof runtime.ApiError || error instanceof runtime.OperationError;
  return failure(isOfApi ? 4 : 2, "CALL_FAILED", message + fields, { help });
}

/** The options of `call` that help with an error, if the message does not name them. */
function authHelp({ code }: AuthError): { readonly help?: string } {
  if (code === "KEY_UNTRUSTED")
    return {
      help: "Check where the credential file comes from. If you trust it, pass --allow-url, or set the environment variable that the message names.",
    };
  if (code === "NO_SCOPES") return { help: "Pass the scopes with --scope." };
  return {};
}
