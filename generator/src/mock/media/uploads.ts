/** Media uploads in each of Google's protocols: simple, multipart and resumable. */
import { authorize } from "../authentication/authorize.js";
import type { IndexedMethod } from "../api-index.js";
import { type Call, type Handler, readMetadata } from "../call.js";
import type { Collection } from "../resources/collections.js";
import { finalResponse } from "../requests/fields.js";
import { type HttpResponse, GoogleError, invalid } from "../google-error.js";
import { type JsonObject, ownString } from "../json.js";
import { knownMethod, uploadCheck } from "../known-apis/index.js";
import type { HttpRequest } from "../request.js";
import { checkParameters } from "../requests/parameters.js";
import { canonicalPath, expandTemplate } from "../routes.js";
import type { ResolveNames } from "../resources/other-names.js";
import type { TokenStore } from "../authentication/tokens.js";
import type { MockState } from "../mock-state.js";
import type { Override } from "../handlers.js";
import { type Claim, checkBodyHash, checkClaims, hashClaims, metadataClaims } from "./checksums.js";
import type { UploadedContent } from "./contents.js";
import { isEditorType } from "./download.js";
import { readRelated } from "./related.js";
import { opened, respondInSession } from "./resumable.js";
import { type Session, type Sessions } from "./sessions.js";
import { storeUpload } from "./store-upload.js";
import { commandsOf, respondToCommands, started } from "./upload-commands.js";
import type { FoundUpload } from "./upload-routes.js";

export interface UploadFacts {
  readonly collections: readonly Collection[];
  readonly handlers: ReadonlyMap<IndexedMethod, Handler>;
  /** Handlers and fixtures of the user. */
  readonly overrides: ReadonlyMap<IndexedMethod, Override>;
  readonly findUpload: (request: HttpRequest) => FoundUpload | undefined;
  readonly sessions: Sessions;
  readonly resolveNames: ResolveNames;
}

/** Complete content with its metadata. */
interface Received {
  readonly metadata: JsonObject;
  readonly bytes: Buffer;
  /** Media type, if the request names one. */
  readonly type: string | undefined;
  /** Checksums in headers. */
  readonly claims: readonly Claim[];
}

/** What happens with an upload. */
interface Steps {
  /** Checks the metadata at the start of a session, before its content arrives. */
  readonly check: (metadata: JsonObject) => void;
  readonly finish: (received: Received) => Promise<HttpResponse>;
}

/** Returns a function that handles upload requests. It returns `undefined` for other requests. */
export function createUploads(
  { collections, handlers, overrides, findUpload, resolveNames, sessions }: UploadFacts,
  mockState: MockState,
  tokens: TokenStore,
): (request: HttpRequest) => Promise<HttpResponse> | undefined {
  /** Complete content meets the method here. */
  const finished = async (call: Call, content: UploadedContent, request: HttpRequest): Promise<HttpResponse> => {
    const { entry } = call;
    const given = await overrides.get(entry)?.(call, request);
    if (given !== undefined) return given;
    const known = knownMethod(entry);
    if (known !== undefined) return known(call, mockState);
    const collection = collections.find(({ roles }) => roles.some((role) => role.entry === entry));
    const handler = collection === undefined ? undefined : handlers.get(entry);
    return storeUpload({ call, collection, handler, content }, mockState);
  };

  return (request) => {
    const id = request.query.get("upload_id");
    if (id !== null) return respondAgain(sessions.find(id), request);
    const found = findUpload(request);
    if (found === undefined) return undefined;
    const { entry, variables } = found;
    const grant = authorize(request.headers.authorization, entry, tokens);
    checkParameters(entry, variables, request.query);
    const path = canonicalPath(expandTemplate(entry.template, variables));
    const { query, headers } = request;
    const facts = { entry, path, variables, query, headers, caller: grant?.subject };
    const finish = async ({ metadata, bytes, type: sentType, claims }: Received): Promise<HttpResponse> => {
      const content = { bytes, type: typeOf(metadata, sentType) };
      checkContent(entry, sentType ?? content.type, bytes.length);
      checkClaims([...claims, ...metadataClaims(metadata)], bytes);
      const call = resolveNames<Call>({ ...facts, body: metadata, content });
      return finalResponse(await finished(call, content, request), call);
    };
    const check = (metadata: JsonObject): void => {
      if (!overrides.has(entry)) uploadCheck(entry)?.({ ...facts, body: metadata }, mockState);
    };
    return receive(entry, request, sessions, { check, finish });
  };
}

function respondAgain(session: Session, request: HttpRequest): Promise<HttpResponse> {
  const commands = commandsOf(request);
  return commands.length === 0 ? respondInSession(session, request) : respondToCommands(session, request, commands);
}

/** Names of each protocol: in the query `uploadType` and `upload_protocol`, and in `X-Goog-Upload-Protocol`. */
const PROTOCOLS: ReadonlyMap<string, "media" | "multipart" | "resumable"> = new Map([
  ["media", "media"],
  ["raw", "media"],
  ["multipart", "multipart"],
  ["resumable", "resumable"],
]);

async function receive(
  entry: IndexedMethod,
  request: HttpRequest,
  sessions: Sessions,
  { check, finish }: Steps,
): Promise<HttpResponse> {
  const { headers, query } = request;
  const commands = commandsOf(request);
  const name =
    query.get("uploadType") ||
    headers["x-goog-upload-protocol"] ||
    query.get("upload_protocol") ||
    (commands.includes("start") ? "resumable" : "");
  const { multipart = false, resumable = false } = entry.method.mediaUpload ?? {};
  const protocol = PROTOCOLS.get(String(name).toLowerCase());
  if (protocol === "media") return finish(simpleUpload(request));
  if (protocol === "multipart" && multipart) return finish(multipartUpload(entry, request));
  if (protocol === "resumable" && resumable) {
    const session = sessions.open(...resumableUpload(entry, request, { check, finish }));
    return commands.length === 0 ? opened(session, request) : started(session, request);
  }
  const accepted = ["media", ...(multipart ? ["multipart"] : []), ...(resumable ? ["resumable"] : [])];
  throw invalid("uploadType", `the method supports ${accepted.join(", ")}`);
}

function simpleUpload(request: HttpRequest): Received {
  const { body, headers } = request;
  checkBodyHash(request);
  const type = String(headers["x-goog-upload-content-type"] ?? headers["content-type"] ?? "") || undefined;
  return { metadata: {}, bytes: body, type, claims: hashClaims(headers["x-goog-hash"]) };
}

function multipartUpload(entry: IndexedMethod, { headers, body }: HttpRequest): Received {
  const related = readRelated(headers["content-type"], body);
  const hashes = [...hashClaims(headers["x-goog-hash"]), ...hashClaims(related.headers.get("x-goog-hash"))];
  return {
    metadata: readMetadata(entry, related.metadata),
    bytes: related.content,
    type: related.type,
    claims: hashes,
  };
}

/** Returns what a session needs: the function that completes the upload, and the size if the client declares it. */
function resumableUpload(
  entry: IndexedMethod,
  { headers, body }: HttpRequest,
  { check, finish }: Steps,
): Parameters<Sessions["open"]> {
  const metadata = readMetadata(entry, body);
  check(metadata);
  const field = (name: string): string =>
    String(headers[`x-upload-${name}`] ?? headers[`x-goog-upload-header-${name}`] ?? "");
  const declared = field("content-length") || String(headers["x-goog-upload-raw-size"] ?? "");
  if (!/^\d*$/.test(declared)) throw invalid("X-Upload-Content-Length", "expected a number of bytes");
  const type = field("content-type") || String(headers["x-goog-upload-content-type"] ?? "") || undefined;
  checkContent(entry, type ?? typeOf(metadata, undefined), Number(declared));
  return [
    (bytes, last) => finish({ metadata, bytes, type, claims: hashClaims(last["x-goog-hash"]) }),
    declared === "" ? undefined : Number(declared),
  ];
}

/** Returns the media type of content. That in the metadata takes precedence, unless it is of an editor. */
function typeOf(metadata: JsonObject, sent: string | undefined): string {
  const named = ownString(metadata, "contentType") || ownString(metadata, "mimeType") || undefined;
  const isEditor = named !== undefined && isEditorType(named);
  return (isEditor ? sent : (named ?? sent)) ?? "application/octet-stream";
}

/** @throws {GoogleError} 400 or 413 for content that the document does not allow */
function checkContent({ method }: IndexedMethod, type: string, size: number): void {
  const { accept = [], maxSize = Infinity } = method.mediaUpload ?? {};
  if (size > maxSize) throw new GoogleError(413, `The content is larger than ${maxSize} bytes.`);
  const [essence = ""] = type.toLowerCase().split(";");
  const fits = (range: string) =>
    range === "*/*" || range === essence.trim() || (range.endsWith("/*") && essence.startsWith(range.slice(0, -1)));
  if (accept.length > 0 && !accept.some(fits))
    throw new GoogleError(400, `Media type ${JSON.stringify(type)} is not supported.`, { reason: "badContent" });
}
