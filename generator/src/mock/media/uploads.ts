/** Media uploads in each of Google's protocols: simple, multipart and resumable. */
import { randomBytes } from "node:crypto";
import { authorize } from "../authentication/authorize.js";
import { type IndexedMethod, isStringProperty, propertiesOf } from "../api-index.js";
import { type Call, type Handler, readBody } from "../call.js";
import { responseType, type Collection } from "../resources/collections.js";
import { finalResponse } from "../requests/fields.js";
import type { PropertyModel } from "../../model/types.js";
import { type HttpResponse, GoogleError, invalid } from "../google-error.js";
import { isObject, type JsonObject, ownString } from "../json.js";
import { knownMethod } from "../known-apis/index.js";
import { withKinds } from "../resources/kinds.js";
import type { HttpRequest } from "../listener.js";
import { checkParameters } from "../requests/parameters.js";
import { canonicalPath, compileRoutes, expandTemplate, findRoute, itemPath } from "../routes.js";
import type { TokenStore } from "../authentication/tokens.js";
import type { MockState } from "../mock-state.js";
import { contentProperties } from "./contents.js";
import { readRelated } from "./multipart.js";
import { createSessions, type Sessions } from "./sessions.js";

export interface UploadFacts {
  readonly entries: readonly IndexedMethod[];
  readonly collections: readonly Collection[];
  readonly handlers: ReadonlyMap<IndexedMethod, Handler>;
}

/** Complete content with its metadata. */
interface Received {
  readonly metadata: JsonObject;
  readonly bytes: Buffer;
  readonly type: string;
}

/** Returns a function that handles upload requests. It returns `undefined` for other requests. */
export function createUploads(
  { entries, collections, handlers }: UploadFacts,
  mockState: MockState,
  tokens: TokenStore,
): (request: HttpRequest) => HttpResponse | undefined {
  const sessions = createSessions();
  const uploading = entries.flatMap((entry) => {
    const { mediaUpload } = entry.method;
    const root = new URL(entry.api.model.rootUrl).pathname;
    return mediaUpload === undefined ? [] : [{ ...entry, template: root + mediaUpload.path.slice(1), ordinary: entry }];
  });
  const ordinary = new Map<IndexedMethod, IndexedMethod>(uploading.map((entry) => [entry, entry.ordinary]));
  const routes = compileRoutes(uploading);

  return (request) => {
    const id = request.query.get("upload_id");
    if (id !== null) return sessions.respond(id, request);
    const found = findRoute(routes, request.verb, request.path);
    const entry = found === undefined ? undefined : ordinary.get(found.route.entry);
    if (found === undefined || entry === undefined) return undefined;
    const grant = authorize(request.headers.authorization, entry, tokens);
    checkParameters(entry, found.variables, request.query);
    const path = canonicalPath(expandTemplate(entry.template, found.variables));
    const finish = ({ metadata, bytes, type }: Received): HttpResponse => {
      checkContent(entry, type, bytes.length);
      const call = {
        entry,
        path,
        variables: found.variables,
        query: request.query,
        headers: request.headers,
        body: metadata,
        caller: grant?.subject,
      };
      const known = knownMethod(entry);
      if (known !== undefined) return finalResponse(known({ ...call, content: { bytes, type } }, mockState), call);
      const collection = collections.find(({ roles }) => roles.some((role) => role.entry === entry));
      const handler = collection === undefined ? undefined : handlers.get(entry);
      return finalResponse(store({ call, collection, handler, bytes, type }, mockState), call);
    };
    return receive(entry, request, sessions, finish);
  };
}

function receive(
  entry: IndexedMethod,
  request: HttpRequest,
  sessions: Sessions,
  finish: (received: Received) => HttpResponse,
): HttpResponse {
  const { mediaUpload } = entry.method;
  const { body, headers, query } = request;
  const type = headers["content-type"] ?? "application/octet-stream";
  switch (query.get("uploadType")) {
    case "media":
      return finish({ metadata: {}, bytes: body, type });
    case "multipart": {
      if (mediaUpload?.multipart !== true) break;
      const { content, metadata, type } = readRelated(headers["content-type"], body);
      return finish({ metadata: metadataOf(entry, request, Buffer.from(metadata)), bytes: content, type });
    }
    case "resumable": {
      if (mediaUpload?.resumable !== true) break;
      const metadata = body.length === 0 ? {} : metadataOf(entry, request, body);
      const type = String(headers["x-upload-content-type"] ?? "application/octet-stream");
      checkContent(entry, type, Number(headers["x-upload-content-length"] ?? 0));
      const id = sessions.open((bytes) => finish({ metadata, bytes, type }));
      const address = `http://${headers.host ?? ""}${request.path}?${query}&upload_id=${id}`;
      return { status: 200, body: undefined, headers: { location: address } };
    }
    default:
  }
  throw invalid("uploadType", "the method does not support this upload protocol");
}

function metadataOf(entry: IndexedMethod, request: HttpRequest, body: Buffer): JsonObject {
  return readBody(entry, { ...request, body, headers: { "content-type": "application/json" } }) ?? {};
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

interface Storing {
  readonly call: Call;
  readonly collection: Collection | undefined;
  /** Handler of the method for requests without content, if the mock has one. */
  readonly handler: Handler | undefined;
  readonly bytes: Buffer;
  readonly type: string;
}

/** Stores the content and adds its properties to the resource. */
function store({ call, collection, handler, bytes, type }: Storing, { contents, store }: MockState): HttpResponse {
  const { api, method } = call.entry;
  const responses = propertiesOf(responseType(method), api.schemas);
  const keyProperty = collection?.keyProperty ?? ["id", "name"].find((name) => isStringProperty(responses, name));
  // Cloud Storage expects the name of a new object in the query.
  const key = keyProperty === undefined ? null : call.query.get(keyProperty);
  const body = keyProperty === undefined || key === null ? call.body : { [keyProperty]: key, ...call.body };
  const made = handler === undefined ? generatedItem(body, keyProperty, responses) : handler({ ...call, body }).body;
  const madeKey = isObject(made) && keyProperty !== undefined ? ownString(made, keyProperty) : undefined;
  const isNew = method.httpMethod === "POST" && madeKey !== undefined && isOutside(call, madeKey);
  const path = isNew ? itemPath(call.path, madeKey) : call.path;
  const content = contents.set(path, { bytes, type });
  const complete = (item: JsonObject, properties: readonly PropertyModel[]): JsonObject => ({
    ...item,
    ...contentProperties(content, properties),
    ...typeIn(call.body),
  });
  const item = store.get(path);
  if (collection !== undefined && item !== undefined) store.set(path, complete(item, collection.properties));
  if (method.response === undefined) return { status: 204, body: undefined };
  const responseBody = isObject(made) ? withKinds(complete(made, responses), responseType(method), api.schemas) : {};
  return { status: 200, body: responseBody };
}

/** Returns true if the path is that of the collection instead of the item. */
function isOutside({ path }: Call, key: string): boolean {
  return !path.endsWith(`/${encodeURIComponent(key)}`);
}

/** Returns the media type in the metadata, which takes precedence over that of the content. */
function typeIn(metadata: JsonObject = {}): JsonObject {
  const types = Object.entries(metadata).filter(([name]) => name === "contentType" || name === "mimeType");
  return Object.fromEntries(types);
}

/** Builds the response of an unknown method: the properties that the client sent, if the response has them, and a key. */
function generatedItem(
  body: JsonObject = {},
  keyProperty: string | undefined,
  properties: readonly PropertyModel[],
): JsonObject {
  const known = Object.entries(body).filter(([name]) => properties.some((property) => property.name === name));
  const key = keyProperty === undefined ? {} : { [keyProperty]: randomBytes(8).toString("hex") };
  return { ...key, ...Object.fromEntries(known) };
}
