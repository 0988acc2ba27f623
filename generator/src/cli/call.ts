/** `discogen call`. */
import { readFile } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { text } from "node:stream/consumers";
import type { Credentials } from "@discogen/runtime";
import { shownName } from "@discogen/runtime/names";
import { diagnostic, InputError, reasonOf } from "../diagnostics.js";
import type { DynamicMember, DynamicMethod, DynamicPromise, DynamicResource } from "../dynamic/client.js";
import type { LoadedModel } from "../load.js";
import type { MethodModel } from "../model/types.js";
import { VERSION } from "../version.js";
import { printBytes, printList, printValue } from "./answer.js";
import { parseJson, readParameters, targetOf } from "./call-arguments.js";
import { methodHelp, methodsHelp } from "./call-help.js";
import { isAuthorized, refuseForeignHost } from "./call-host.js";
import { type Command, type ExitCode, type Parsed, usage } from "./command.js";
import { type ClientMember, namedMember, returnsContent } from "./methods.js";
import { loadNamed, openProject } from "./project.js";
import { SOURCE_HELP } from "./sources.js";
import type { Terminal } from "./terminal.js";

export const callCommand: Command = {
  summary: "calls a method and prints the answer as JSON",
  help: `
Usage: discogen call <api> <method> [--parameter value…] [options]

Calls a method with the parameters given and prints what it answers. Signs in with Application Default Credentials: the
file that GOOGLE_APPLICATION_CREDENTIALS names, what \`gcloud auth application-default login\` left, or the metadata
server; with --key by that API key alone.

Credentials are sent to https://*.googleapis.com (or the universe of the
credentials), to this machine, or to the host of --root-url. If a document
names another host, the call is refused. A config that is code is not
executed: only discogen.config.json and the lock are read.

  <api>               name:version, a path to a .json document, or its URL
  <method>            its id or its path, such as instances.list; with Media at the end it downloads the content
  --NAME VALUE        a parameter, under its own name; a list by giving it again; --NAME=VALUE where VALUE begins with -
  --params JSON       parameters as one JSON object: those that share their name with an option
  --body FILE|-       the request body; - is standard input
  --media FILE|-      content to upload
  --all               every item of all pages, as one list
  --wait              wait for the operation that the method starts, and print it as it is then
  --out FILE          where downloaded content goes (default: standard output)
  --root-url URL      send the call elsewhere, such as to discogen mock
  --scope SCOPE       ask for this scope; may be given again (default: all that the API has)
${SOURCE_HELP}
With an API and a method --help tells the parameters; with an API alone, the methods.

Examples:
  discogen call sqladmin:v1beta3 instances.list --project example-123 --all
  discogen call sqladmin:v1beta3 instances.insert --project example-123 --body instance.json --wait
  discogen call storage:v1 objects.getMedia --bucket b --object report.pdf --out report.pdf
`,
  helpOn,
  run,
};

async function helpOn(args: readonly string[], terminal: Terminal): Promise<string | undefined> {
  const { api, method, own } = targetOf(args);
  if (api === undefined) return undefined;
  const { model } = await loadNamed(await openProject("call", own, terminal, [api]), api);
  return method === undefined ? methodsHelp(model, api) : methodHelp(namedMember("call", method, model), model, api);
}

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { api, method: name, own } = targetOf(args);
  if (api === undefined) throw usage("call", "no API is named");
  if (name === undefined)
    throw usage("call", `no method is named: \`discogen call ${shownName(api)} --help\` tells which there are`);
  const loaded = await loadNamed(await openProject("call", own, terminal, [api]), api);
  const { model } = loaded;
  const member = namedMember("call", name, model);
  const { method } = member;
  const parameters = readParameters(args, method, model);
  checkOptions(own, member);
  const content = await contentOf(own, method, terminal);
  // An API key signs by itself: in a header, where no log of URLs shows it. A method may call something else so.
  const isKey = method.parameters.every(({ name }) => name !== "key");
  const { key, ...others } = parameters;
  try {
    const auth = await credentialsFor(own, isKey ? key : undefined, method);
    const values = isKey ? others : parameters;
    const send = await senderOf(member, loaded, auth, own.text("root-url"), values, terminal);
    await print(own, method, send({ ...values, ...content }, { signal: terminal.signal }), terminal);
    return 0;
  } catch (error) {
    // A reader that has seen enough, such as `head`, is no fault.
    if (error instanceof Error && "code" in error && error.code === "EPIPE") return 0;
    throw await explained(error, `${shownName(api)} ${member.path.join(".")}`);
  }
}

/** Options that the method has no use for. */
function checkOptions(own: Parsed, member: ClientMember): void {
  const { method, isDownload, id } = member;
  const unfit = (option: string, reason: string) => usage("call", `--${option} is of no use: ${id} ${reason}`);
  const body = own.text("body");
  const media = own.text("media");
  if (body !== undefined && (method.request === undefined || isDownload)) throw unfit("body", "takes no body");
  if (media !== undefined && method.mediaUpload === undefined) throw unfit("media", "takes no upload");
  if (body === "-" && media === "-") throw usage("call", "--body and --media cannot both be standard input");
  if (own.flag("all") && (method.paging === undefined || isDownload)) throw unfit("all", "has no pages");
  if (own.flag("wait") && (method.operation === undefined || isDownload)) throw unfit("wait", "starts no operation");
  if (own.text("out") !== undefined && !returnsContent(member))
    throw unfit("out", "answers no content; redirect standard output");
}

/** `requestBody` and `media`, where they are given. */
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
  // What is wrong with it is not quoted: it may be a secret.
  const help = "Pass a file that holds JSON with --body, or - and write it to standard input.";
  throw new InputError([diagnostic("INVALID_JSON", file === "-" ? "standard input" : file, "is no JSON", { help })]);
}

async function credentialsFor(own: Parsed, key: unknown, { scopes }: MethodModel): Promise<Credentials> {
  const auth = await import("@discogen/runtime/auth");
  const wanted = own.texts("scope");
  if (typeof key === "string") return new auth.ApiKeyCredentials(key);
  // What needs no scope is open to everybody.
  if (scopes.length === 0 && wanted.length === 0) return new auth.AnonymousCredentials();
  return auth.applicationDefault(wanted.length === 0 ? {} : { scopes: wanted });
}

/** @throws {InputError} with the code UNTRUSTED_HOST where the document would have credentials sent elsewhere */
async function senderOf(
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
  answer: DynamicPromise,
  { stdout, signal }: Terminal,
): Promise<void> {
  if (response?.kind === "stream") return printList(stdout, answer);
  if (own.flag("all")) return printList(stdout, paging?.items === undefined ? answer.pages() : answer);
  const value = own.flag("wait") ? await answer.wait({ signal }) : await answer;
  const { MediaResponse } = await import("@discogen/runtime");
  if (!(value instanceof MediaResponse)) return printValue(stdout, value);
  const out = own.text("out");
  return out === undefined ? printBytes(stdout, value.body) : value.saveTo(out);
}

/** What the runtime throws, as diagnostics; its messages hold no secrets. */
async function explained(error: unknown, call: string): Promise<unknown> {
  const { AbortError, ApiError, AuthError, ConnectionError, DiscogenError, InvalidRequestError, TimeoutError } =
    await import("@discogen/runtime");
  if (!(error instanceof DiscogenError) || error instanceof AbortError) return error;
  const help = `Run \`discogen call ${call} --help\` for its parameters and scopes.`;
  const { message } = error;
  if (error instanceof InvalidRequestError)
    return new InputError([diagnostic("USAGE", "discogen call", message, { help })]);
  if (error.code === "DISK_FULL") return new InputError([diagnostic("DISK_FULL", "discogen call", message)]);
  if (error instanceof AuthError) return new InputError([diagnostic("SIGN_IN_FAILED", "discogen call", message)]);
  const isNetwork = error instanceof ConnectionError || error instanceof TimeoutError;
  const violations = error instanceof ApiError ? error.fieldViolations : [];
  const fields = violations.map(({ field, description }) => `; ${field ?? ""}: ${description ?? ""}`).join("");
  const way = isNetwork ? { help: "Check the network, and the address where --root-url names one." } : { help };
  return new InputError([diagnostic("CALL_FAILED", "discogen call", message + fields, way)]);
}
