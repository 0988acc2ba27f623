/** Other spellings of the path of an object, which Google's clients and links use. */
import { GoogleError, notModelled } from "../../google-error.js";
import type { HttpRequest } from "../../request.js";
import { isObject, type Json, own, ownString } from "../../json.js";
import type { MockState } from "../../mock-state.js";
import { aclIn } from "./acl.js";
import { canonicalPath } from "../../routes.js";
import { bucketPath, liveObject } from "./state.js";

/** Path of an object in the XML API. */
const OBJECT = /^\/([a-z0-9][\w.-]+)\/(.+)$/;

/** Returns the request for the path in the document: `/storage/v1/b/BUCKET/o/OBJECT`. */
export function alias(request: HttpRequest, state: MockState): HttpRequest {
  const { path, query, verb } = request;
  // `mediaLink`, and the downloads of Python's client.
  if (path.startsWith("/download/storage/v1/")) return { ...request, path: path.slice("/download".length) };
  // Paths of the XML API, which Go's client reads.
  const [, bucket = "", object = ""] = OBJECT.exec(path) ?? [];
  const isRead = verb === "GET" || verb === "HEAD";
  // Rejects invalid percent-encoding before it is decoded.
  if (bucket !== "") canonicalPath(path);
  if (bucket === "" || state.store.get(bucketPath(bucket)) === undefined) return request;
  if (query.has("X-Goog-Signature") || query.has("Signature"))
    throw notModelled("The mock does not verify signed URLs.", "Send the request with a token.");
  if (!isRead) throw notModelled("The mock does not model the XML API.", "Use the JSON API.");
  const name = encodeURIComponent(decodeURIComponent(object));
  const generation = query.get("generation");
  const wanted = new URLSearchParams({ alt: "media", ...(generation === null ? {} : { generation }) });
  return { ...request, path: `${bucketPath(bucket)}/o/${name}`, query: wanted };
}

/**
 * Returns true for reading an object that its ACL, or the policy of its bucket, opens to all users.
 *
 * @throws {GoogleError} 403 for another object, at a path of the XML API
 */
export function isPublic({ path, verb }: HttpRequest, sent: HttpRequest, state: MockState): boolean {
  const [, bucket = "", object = ""] = /^\/storage\/v1\/b\/([^/]+)\/o\/([^/]+)$/.exec(path) ?? [];
  if (bucket === "" || (verb !== "GET" && verb !== "HEAD")) return false;
  const [bucketName, name] = [decodeURIComponent(bucket), decodeURIComponent(object)];
  const acl = aclIn(liveObject(bucketName, name, state) ?? {}, "acl");
  if (acl.some((entry) => own(entry, "entity") === "allUsers") || isOpenByPolicy(bucketName, state)) return true;
  if (sent.path.startsWith(`/${bucket}/`))
    throw new GoogleError(403, "The request has no token, and the object is not public.");
  return false;
}

const READERS = /^roles\/storage\.(objectViewer|legacyObjectReader|objectUser|objectAdmin|admin)$/;

function isOpenByPolicy(bucket: string, { policies }: MockState): boolean {
  const bindings = own(policies.get(bucketPath(bucket)) ?? {}, "bindings");
  const list: readonly Json[] = Array.isArray(bindings) ? bindings : [];
  return list.filter(isObject).some((binding) => {
    const members = own(binding, "members");
    return READERS.test(ownString(binding, "role") ?? "") && Array.isArray(members) && members.includes("allUsers");
  });
}
