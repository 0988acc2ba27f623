/**
 * Serves Discovery documents, as Google does: at `/discovery/v1/apis/NAME/VERSION/rest` and at
 * `/$discovery/rest?version=VERSION`. Clients such as Python's `build()` need no other address than that of the mock.
 */
import type { ApiModel } from "../../model/types.js";
import { type HttpResponse, GoogleError, invalid } from "../google-error.js";
import { isObject, type Json, type JsonObject, own } from "../json.js";
import type { HttpRequest } from "../request.js";
import { readFields, selected } from "../requests/fields.js";
import { baseUrlOf, localDocument, type ServedDocument } from "./addresses.js";
import { directoryOf } from "./directory.js";

/** A Discovery document, as parsed from JSON. */
export type DocumentJson = Readonly<Record<string, unknown>>;

/** Serves a request for documents. `url` is the base URL of the mock. Returns `undefined` for any other request. */
export type ServeDocuments = (request: HttpRequest, url: string) => HttpResponse | undefined;

const REST_PATH = "/$discovery/rest";
const DIRECTORY_PATH = "/discovery/v1/apis";

/** @throws {RangeError} for a value that is not the document of one of the models */
export function createDocuments(documents: readonly DocumentJson[], models: readonly ApiModel[]): ServeDocuments {
  const served = documents.map((document, index) => servedOf(document, index, models));
  // A mock of the Discovery API itself can serve these paths from its model.
  const isUsed = served.length > 0 || !models.some(({ name }) => name === "discovery");
  return (request, url) => {
    const path = documentPath(request.path);
    if (path === undefined || !isUsed) return undefined;
    if (request.verb !== "GET" && request.verb !== "HEAD")
      throw new GoogleError(404, `${request.verb} is not supported here: use GET.`);
    if (served.length === 0)
      throw new GoogleError(404, "This mock has no Discovery documents: pass `documents` to startMock.");
    const base = baseUrlOf(request.headers, url);
    const body = bodyOf(path, request, served, base);
    const fields = request.query.get("fields") ?? "";
    return { status: 200, body: fields === "" ? body : selected(body, readFields(fields)) };
  };
}

function bodyOf(path: string, request: HttpRequest, served: readonly ServedDocument[], base: string): JsonObject {
  if (path === DIRECTORY_PATH) return directoryOf(served, request.query, base);
  return localDocument(path === REST_PATH ? byVersion(served, request) : byPath(served, path), base);
}

/** Returns true for the path of a document or of the directory. */
export function isDocumentPath(path: string): boolean {
  return documentPath(path) !== undefined;
}

/** Returns the path without percent-encoding: clients encode `$` or not. */
function documentPath(path: string): string | undefined {
  const plain = path.replace(/^\/%24/, "/$");
  if (plain === REST_PATH || plain === DIRECTORY_PATH) return plain;
  return /^\/discovery\/v1\/apis\/[^/]+\/[^/]+\/rest$/.test(plain) ? plain : undefined;
}

function servedOf(value: DocumentJson, index: number, models: readonly ApiModel[]): ServedDocument {
  // The type says where the value comes from: it was parsed from JSON.
  const document = value as Json;
  const id = isObject(document) ? `${String(own(document, "name"))}:${String(own(document, "version"))}` : undefined;
  const model = models.find((candidate) => candidate.id === id);
  if (!isObject(document) || model === undefined)
    throw new RangeError(`documents[${index}] is not the document of one of the models`);
  return { model, document };
}

function byPath(served: readonly ServedDocument[], path: string): ServedDocument {
  const [name = "", version = ""] = path.split("/").slice(-3).map(decoded);
  const found = served.find(({ model }) => model.name === name && model.version === version);
  if (found === undefined) throw unknown(served, `${name}:${version}`);
  return found;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * Finds a document by its version. All APIs share the host of the mock, so `name` in the query or the first label of the
 * host (`drive.localhost`, `drive.googleapis.com`) selects one of several.
 *
 * @throws {GoogleError} 400 if several documents match: any of them could be the wrong one
 */
function byVersion(served: readonly ServedDocument[], { query, headers }: HttpRequest): ServedDocument {
  const [version, name] = [query.get("version"), query.get("name")];
  const label = headers.host?.split(/[.:]/, 1)[0]?.toLowerCase();
  const byHost = served.filter(({ model }) => model.name === label);
  const matching = (name === null && byHost.length > 0 ? byHost : served).filter(
    ({ model }) => (version === null || model.version === version) && (name === null || model.name === name),
  );
  const [found, ...others] = matching;
  if (found === undefined) throw unknown(served, `${name ?? "version"} ${version ?? ""}`.trim());
  if (others.length === 0) return found;
  const ids = matching.map(({ model }) => model.id).join(", ");
  const how = `add the name to the query: &name=${found.model.name}`;
  throw invalid("version", `several APIs of this mock have it (${ids}); ${how}.`);
}

function unknown(served: readonly ServedDocument[], what: string): GoogleError {
  const ids = served.map(({ model }) => model.id).join(", ");
  return new GoogleError(404, `This mock has no document for ${what}. It serves ${ids}.`);
}
