/** ETags: added to every resource, and compared with the preconditions of requests (RFC 9110 §13, AIP-154). */
import { createHash } from "node:crypto";
import type { Call } from "../call.js";
import type { Collection } from "./collections.js";
import { type HttpResponse, GoogleError } from "../google-error.js";
import { isObject, type JsonObject, ownString } from "../json.js";

/** Returns a hash of a value. */
export function hashOf(value: JsonObject): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 27);
}

/** Returns the ETag of a resource: its `etag`, or a hash of its value. */
function etagOf(item: JsonObject): string {
  return bare(ownString(item, "etag") ?? hashOf(item));
}

/** Removes quotes and `W/`. Google's APIs write ETags with and without quotes. */
function bare(etag: string): string {
  return etag
    .trim()
    .replace(/^W\//, "")
    .replace(/^"(.*)"$/, "$1");
}

function matches(field: string, etag: string): boolean {
  return field.split(",").some((one) => one.trim() === "*" || bare(one) === etag);
}

/** Adds the `ETag` header. Returns 304 if the client already has this version. */
export function withEtagHeader(response: HttpResponse, { headers, entry }: Call): HttpResponse {
  const { status, body } = response;
  const etag = response.headers?.["etag"] ?? (isObject(body) ? `"${etagOf(body)}"` : undefined);
  // The `etag` of a handler's response can be any text.
  if ((status !== 200 && status !== 206) || etag === undefined || !/^[\x20-\x7e]*$/.test(etag)) return response;
  const marked = { ...response.headers, etag };
  const seen = headers["if-none-match"];
  if (entry.method.httpMethod === "GET" && seen !== undefined && matches(seen, bare(etag)))
    return { status: 304, body: undefined, headers: { etag } };
  return { ...response, headers: marked };
}

/**
 * Compares the version that a change is based on with the resource: `If-Match`, or an `etag` in the query or in
 * `holder`.
 *
 * @throws {GoogleError} 412 for an outdated header. For an outdated `etag`: 409 `ABORTED` if resources are named by
 *   their path (AIP-154), 412 in older APIs
 */
export function checkEtag(
  { headers, query }: Call,
  item: JsonObject,
  { namesAfter }: Pick<Collection, "namesAfter">,
  holder: JsonObject = {},
): void {
  const etag = etagOf(item);
  const field = headers["if-match"];
  if (field !== undefined && !matches(field, etag))
    throw new GoogleError(412, "Precondition Failed: the resource has changed since it was read.", {
      location: { name: "If-Match", type: "header" },
    });
  const seen = query.get("etag") || ownString(holder, "etag") || undefined;
  if (seen !== undefined && bare(seen) !== etag) throw staleEtag(namesAfter === undefined ? 412 : 409);
}

export function staleEtag(status: 409 | 412): GoogleError {
  const message = "The etag is not the latest: the resource has changed since it was read.";
  return new GoogleError(status, message, status === 409 ? { code: "ABORTED", reason: "aborted" } : {});
}
