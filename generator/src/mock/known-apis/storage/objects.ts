/** Objects: upload, download, metadata and deletion, with generations and preconditions. */
import type { Call } from "../../call.js";
import { GoogleError, invalid, missing, notModelled, type HttpResponse } from "../../google-error.js";
import { isObject, type JsonObject, merge, own, ownString } from "../../json.js";
import { contentResponse } from "../../media/download.js";
import type { MockState } from "../../mock-state.js";
import { checkEtag } from "../../resources/etags.js";
import type { KnownMethod } from "../api-facts.js";
import { type Acl, aclIn, checkAclAllowed, checkedAcl, entryFor, isUniform, predefinedAcl, withEntry } from "./acl.js";
import { refuse } from "./buckets.js";
import { checkPreconditions } from "./preconditions.js";
import {
  bucketAt,
  changed,
  liveObject,
  retire,
  variable,
  type Version,
  versionAt,
  writeObject,
  isTrue,
} from "./state.js";
import { NO_CONTENT, objectView, pick, respond } from "./views.js";

/** Properties that a client sets. */
export const WRITABLE: readonly string[] = [
  "cacheControl",
  "contentDisposition",
  "contentEncoding",
  "contentLanguage",
  "contentType",
  "contexts",
  "customTime",
  "eventBasedHold",
  "metadata",
  "storageClass",
  "temporaryHold",
];

/**
 * Checks everything about an upload except its content. Returns the bucket, and the name of the object.
 *
 * @throws {GoogleError} 400, 403, 404 or 412, as for the complete upload
 */
export function checkInsert(call: Call, state: MockState): { readonly bucket: JsonObject; readonly name: string } {
  const { query, body = {} } = call;
  const bucket = bucketAt(variable(call, "bucket"), state);
  const name = query.get("name") || ownString(body, "name") || "";
  if (name === "") throw missing("name");
  refuseKeys(call, body);
  const previous = liveObject(ownString(bucket, "name") ?? "", name, state);
  checkPreconditions(call, previous);
  checkHolds(previous, bucket, state);
  return { bucket, name };
}

const insert: KnownMethod = (call, state) => {
  const { query, body = {}, content } = call;
  if (content === undefined) throw invalid("uploadType", "an object needs content: send it to the path for uploads");
  const { bucket, name } = checkInsert(call, state);
  const contentEncoding = query.get("contentEncoding") ?? "";
  const given = {
    contentType: content.type,
    ...(contentEncoding === "" ? {} : { contentEncoding }),
    ...pick(merge({}, body), WRITABLE),
    ...ownership(call, bucket, query.get("predefinedAcl") ?? ""),
  };
  const object = writeObject({ bucket: ownString(bucket, "name") ?? "", name, bytes: content.bytes, given }, state);
  return respond(call, objectView(object, bucket, call, isFull(call)));
};

/** Returns owner and ACL of a new object. */
export function ownership(
  { body = {}, caller = "" }: Call,
  bucket: JsonObject,
  predefined: string,
  given = own(body, "acl"),
): JsonObject {
  const owner = caller === "" ? {} : { owner: { entity: `user-${caller}` } };
  if (isUniform(bucket)) {
    if (predefined !== "" || Array.isArray(given)) checkAclAllowed(bucket, []);
    return owner;
  }
  const number = ownString(bucket, "projectNumber") ?? "";
  const uploader: Acl = caller === "" ? [] : [entryFor(`user-${caller}`, "OWNER")];
  const start = predefined === "" ? aclIn(bucket, "defaultObjectAcl") : predefinedAcl(predefined, number);
  const added = Array.isArray(given) ? checkedAcl(given, "object") : start;
  checkAclAllowed(bucket, added);
  return { ...owner, acl: uploader.reduce(withEntry, added) };
}

function isFull({ query, body = {} }: Call): boolean {
  const projection = query.get("projection") ?? "";
  return projection === "" ? Object.hasOwn(body, "acl") : projection === "full";
}

/** Refuses requests with keys: the mock does not encrypt. */
export function refuseKeys({ query, headers }: Call, body: JsonObject): void {
  const hasKey =
    headers["x-goog-encryption-key"] !== undefined ||
    headers["x-goog-copy-source-encryption-key"] !== undefined ||
    (query.get("kmsKeyName") ?? query.get("destinationKmsKeyName") ?? "") !== "" ||
    (own(body, "kmsKeyName") ?? null) !== null ||
    (own(body, "customerEncryption") ?? null) !== null;
  if (hasKey) throw notModelled("The mock does not model encryption keys.", "Leave the key out.");
  if (isObject(own(body, "retention")))
    throw notModelled("The mock does not model the retention of single objects.", "Use a retention policy or a hold.");
}

/** @throws {GoogleError} 403 if the object must not be replaced or deleted yet */
export function checkHolds(object: JsonObject | undefined, bucket: JsonObject, state: MockState): void {
  if (object === undefined) return;
  const name = JSON.stringify(ownString(object, "name"));
  if (own(object, "temporaryHold") === true || own(object, "eventBasedHold") === true)
    throw new GoogleError(403, `Object ${name} has a hold. Remove it before you replace or delete the object.`, {
      reason: "forbidden",
    });
  const expires = retentionEnd(object, bucket);
  if (expires !== undefined && expires > state.now())
    throw new GoogleError(403, `Object ${name} is within the retention period of its bucket.`, {
      reason: "retentionPolicyNotMet",
    });
}

function retentionEnd(object: JsonObject, bucket: JsonObject): number | undefined {
  const policy = own(bucket, "retentionPolicy");
  if (!isObject(policy)) return undefined;
  return Date.parse(ownString(object, "timeCreated") ?? "") + 1000 * Number(own(policy, "retentionPeriod") ?? 0);
}

interface Requested extends Version {
  readonly bucket: JsonObject;
}

/** Returns the version that a request names. */
export function requested(call: Call, state: MockState): Requested {
  const name = variable(call, "bucket");
  if (isTrue(call, "softDeleted")) throw notModelled("The mock does not keep deleted objects.");
  const version = versionAt(name, variable(call, "object"), call.query.get("generation") || undefined, state);
  return { ...version, bucket: bucketAt(name, state) };
}

/** Returns an object as responses show it. */
export function shown(object: JsonObject, bucket: JsonObject, call: Call, isComplete?: boolean): JsonObject {
  const expires = retentionEnd(object, bucket);
  const end = expires === undefined ? {} : { retentionExpirationTime: new Date(expires).toISOString() };
  return { ...objectView(object, bucket, call, isComplete), ...end };
}

const get: KnownMethod = (call, state) => {
  const found = requested(call, state);
  const unchanged = checkPreconditions(call, found.object);
  if (unchanged !== undefined) return unchanged;
  if (call.query.get("alt") === "media") return download(call, found, state);
  return respond(call, shown(found.object, found.bucket, call));
};

function download(call: Call, { path, object, bucket }: Requested, { contents }: MockState): HttpResponse {
  refuseKeys(call, {});
  const content = contents.get(path);
  if (content === undefined) throw new GoogleError(404, "Not found: the object of the fixture has no content.");
  return contentResponse(content, call, objectView(object, bucket, call));
}

const change =
  (isPatch: boolean): KnownMethod =>
  (call, state) => {
    const { body } = call;
    if (body === undefined) throw missing("the request body");
    const { path, object, bucket } = requested(call, state);
    checkPreconditions(call, object);
    checkEtag(call, shown(object, bucket, call), { namesAfter: undefined });
    refuseKeys(call, body);
    const storageClass = own(object, "storageClass") ?? "";
    if ((own(body, "storageClass") ?? storageClass) !== storageClass)
      throw notModelled("An update cannot change the storage class.", "Use rewrite.");
    const given = pick(body, WRITABLE);
    const kept = isPatch
      ? object
      : Object.fromEntries(
          Object.entries(object).filter(([name]) => !WRITABLE.includes(name) || name === "storageClass"),
        );
    const predefined = call.query.get("predefinedAcl") ?? "";
    const acl = predefined === "" && !Array.isArray(own(body, "acl")) ? {} : ownership(call, bucket, predefined);
    const { owner: _owner, ...list } = acl;
    const after = { ...merge(kept, given), ...list };
    return respond(call, shown(changed(path, after, state), bucket, call, isFull(call)));
  };

const remove: KnownMethod = (call, state) => {
  const { path, object, bucket } = requested(call, state);
  checkPreconditions(call, object);
  checkHolds(object, bucket, state);
  if ((call.query.get("generation") ?? "") !== "") {
    state.store.delete(path);
    state.contents.delete(path);
  } else {
    retire(variable(call, "bucket"), variable(call, "object"), state);
  }
  return NO_CONTENT;
};

export const OBJECT_METHODS: Readonly<Record<string, KnownMethod>> = {
  "storage.objects.insert": insert,
  "storage.objects.get": get,
  "storage.objects.patch": change(true),
  "storage.objects.update": change(false),
  "storage.objects.delete": remove,
  "storage.objects.restore": refuse("The mock does not keep deleted objects."),
  "storage.objects.bulkRestore": refuse("The mock does not keep deleted objects."),
  "storage.objects.watchAll": refuse("The mock does not send notifications."),
  "storage.channels.stop": refuse("The mock does not send notifications."),
};
