/** An API call after routing, authorization, and validation of parameters and body. */
import type { IncomingHttpHeaders } from "node:http";
import type { RequiredProperties } from "../model/types.js";
import type { IndexedMethod } from "./api-index.js";
import { violationsOf } from "./requests/check-value.js";
import { normalized } from "./requests/normalize.js";
import { type HttpResponse, badRequest, GoogleError, invalid, missing } from "./google-error.js";
import { isDeeperThan, isObject, type Json, type JsonObject, own, parseJson } from "./json.js";
import type { HttpRequest } from "./request.js";
import type { UploadedContent } from "./media/contents.js";

export interface Call {
  readonly entry: IndexedMethod;
  /** Canonical (see `canonicalPath`). */
  readonly path: string;
  /** Path parameters, decoded. */
  readonly variables: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  /** Names are lowercase. */
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject | undefined;
  /** Content of an upload. Its metadata is the body. */
  readonly content?: UploadedContent;
  /** Email address of the account that makes the call. */
  readonly caller: string | undefined;
}

export type Handler = (call: Call) => HttpResponse;

/** Nesting limit of Google's JSON parser. */
export const DEPTH_LIMIT = 100;

/**
 * Returns the JSON body without its `data` wrapper; `undefined` if the request has no body.
 *
 * @throws {GoogleError} 400 for a body that is not a JSON object, or that does not match the method's request type
 */
export function readBody(
  { api, method }: IndexedMethod,
  request: Pick<HttpRequest, "body" | "headers">,
): JsonObject | undefined {
  if (method.request?.kind !== "json") return undefined;
  const value = request.body.length === 0 ? undefined : parsed(request);
  const body = api.model.dataWrapper && isObject(value) ? own(value, "data") : value;
  if (body === undefined) {
    if (method.request.required) throw missing("the request body");
    return undefined;
  }
  if (!isObject(body))
    throw new GoogleError(400, "Invalid JSON payload received: expected an object.", { reason: "parseError" });
  const violations = violationsOf(body, method.request.type, api.schemas);
  if (violations.length > 0) throw badRequest(violations);
  const normal = normalized(body, method.request.type, api.schemas);
  // An object stays an object.
  const written = isObject(normal) ? normal : body;
  if (method.request.requires !== undefined) checkRequired(written, method.request.requires, "");
  return written;
}

/**
 * Returns the metadata of an upload: the JSON body, which can be empty.
 *
 * @throws {GoogleError} 400 as for {@link readBody}
 */
export function readMetadata(entry: IndexedMethod, body: Buffer): JsonObject {
  return body.length === 0 ? {} : (readBody(entry, { body, headers: {} }) ?? {});
}

function parsed({ body, headers }: Pick<HttpRequest, "body" | "headers">): Json {
  const type = headers["content-type"] ?? "application/json";
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) throw invalid("content-type", "expected application/json");
  const value = parseJson(body.toString("utf8"));
  if (value === undefined)
    throw new GoogleError(400, "Invalid JSON payload received: parse error.", { reason: "parseError" });
  if (isDeeperThan(DEPTH_LIMIT, value)) {
    throw new GoogleError(400, `Invalid JSON payload received: nested deeper than ${DEPTH_LIMIT}.`, {
      reason: "parseError",
    });
  }
  return value;
}

/** @throws {GoogleError} 400 that names the first missing property */
function checkRequired(object: JsonObject, { required, nested }: RequiredProperties, at: string): void {
  const gap = required.find((name) => (own(object, name) ?? "") === "");
  if (gap !== undefined) throw missing(at + gap);
  for (const [name, inner] of nested) {
    const value = own(object, name);
    if (isObject(value)) checkRequired(value, inner, `${at}${name}.`);
  }
}
