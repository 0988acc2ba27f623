/** Other spellings of the path of an object, which Google's clients and links use. */
import { notModelled } from "../../google-error.js";
import type { HttpRequest } from "../../listener.js";
import { isObject, own, ownString } from "../../json.js";
import type { MockState } from "../../mock-state.js";
import { aclIn } from "./acl.js";
import { bucketPath, liveObject } from "./state.js";

/** Returns the request for the path in the document: `/storage/v1/b/BUCKET/o/OBJECT`. */
export function alias(request: HttpRequest, state: MockState): HttpRequest {
  const { path, query, verb } = request;
  // `mediaLink`, and the downloads of Python's client.
  if (path.startsWith("/download/storage/v1/")) return { ...request, path: path.slice("/download".length) };
  // Paths of the XML API, which Go's client reads.
  const [, bucket = "", object = ""] = /^\/([a-z0-9][\w.-]+)\/(.+)$/.exec(path) ?? [];
  const isRead = verb === "GET" || verb === "HEAD";
  if (bucket === "" || state.store.get(bucketPath(bucket)) === undefined) return request;
  if (query.has("X-Goog-Signature") || query.has("Signature"))
    throw notModelled("The mock does not verify signed URLs.", "Send the request with a token.");
  if (!isRead) throw notModelled("The mock does not model the XML API.", "Use the JSON API.");
  const name = encodeURIComponent(decodeURIComponent(object));
  const generation = query.get("generation");
  const wanted = new URLSearchParams({ alt: "media", ...(generation === null ? {} : { generation }) });
  return { ...request, path: `${bucketPath(bucket)}/o/${name}`, query: wanted };
}

/** Returns true for reading an object that its ACL, or the policy of its bucket, opens to all users. */
export function isPublic({ path, verb }: HttpRequest, state: MockState): boolean {
  const [, bucket = "", object = ""] = /^\/storage\/v1\/b\/([^/]+)\/o\/([^/]+)$/.exec(path) ?? [];
  if (bucket === "" || (verb !== "GET" && verb !== "HEAD")) return false;
  const [bucketName, name] = [decodeURIComponent(bucket), decodeURIComponent(object)];
  const found = liveObject(bucketName, name, state);
  const policy = state.policies.get(bucketPath(bucketName)) ?? {};
  const bindings = own(policy, "bindings");
  const isOpen = (Array.isArray(bindings) ? bindings : []).some(
    (binding) =>
      isObject(binding) &&
      /^roles\/storage\.(objectViewer|legacyObjectReader|objectAdmin|admin)$/.test(ownString(binding, "role") ?? "") &&
      JSON.stringify(own(binding, "members") ?? []).includes('"allUsers"'),
  );
  return isOpen || (found !== undefined && aclIn(found, "acl").some((entry) => own(entry, "entity") === "allUsers"));
}
