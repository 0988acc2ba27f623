/** ETags: told with every resource, and held against what a request says that it has seen (RFC 9110 §13, AIP-154). */
import { createHash } from "node:crypto";
import type { Call } from "../call.js";
import type { Collection } from "./collections.js";
import { type Answer, GoogleError } from "../google-error.js";
import { isObject, type JsonObject, ownString } from "../json.js";

/** Another one for another value. */
export function hashOf(value: JsonObject): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 27);
}

/** The ETag of a resource: its `etag`, where it has one. */
function etagOf(item: JsonObject): string {
  return bare(ownString(item, "etag") ?? hashOf(item));
}

/** Google's APIs write them with and without quotes. */
function bare(etag: string): string {
  return etag
    .trim()
    .replace(/^W\//, "")
    .replace(/^"(.*)"$/, "$1");
}

function matches(field: string, etag: string): boolean {
  return field.split(",").some((one) => one.trim() === "*" || bare(one) === etag);
}

/** The answer with its `ETag`; 304 where the client has that state already. */
export function withEtagHeader(answer: Answer, { headers, entry }: Call): Answer {
  const { status, body } = answer;
  const etag = answer.headers?.["etag"] ?? (isObject(body) ? `"${etagOf(body)}"` : undefined);
  // One that a handler made up may be anything.
  if ((status !== 200 && status !== 206) || etag === undefined || !/^[\x20-\x7e]*$/.test(etag)) return answer;
  const marked = { ...answer.headers, etag };
  const seen = headers["if-none-match"];
  if (entry.method.httpMethod === "GET" && seen !== undefined && matches(seen, bare(etag)))
    return { status: 304, body: undefined, headers: { etag } };
  return { ...answer, headers: marked };
}

/**
 * Holds the state that a change says it has seen against the resource: `If-Match`, or an `etag` in the query or in
 * `holder`.
 *
 * @throws {GoogleError} 412 for a header that is not up to date; for an `etag` 409 `ABORTED` where resources are named by
 *   their path (AIP-154), 412 in the APIs from before
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
