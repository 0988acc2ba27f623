/** Buckets and objects of Cloud Storage as stored: where they are, and how they are read and written. */
import { createHash } from "node:crypto";
import type { Call } from "../../call.js";
import { GoogleError, invalid, notModelled } from "../../google-error.js";
import { isObject, type JsonObject, own, ownString } from "../../json.js";
import type { Content } from "../../media/contents.js";
import { crc32c, md5 } from "../../media/checksums.js";
import type { MockState } from "../../mock-state.js";
import { itemPath } from "../../routes.js";

export const BUCKETS = "/storage/v1/b";
const NAME_LIMIT = 1024;

export function bucketPath(bucket: string): string {
  return itemPath(BUCKETS, bucket);
}

/** Returns the path of the live version of an object. */
export function objectPath(bucket: string, name: string): string {
  if (/(^|[/\\])\.\.?($|[/\\])/.test(name))
    throw notModelled(
      "The mock does not model names of objects with `.` or `..` between slashes.",
      "Use another name.",
    );
  if (Buffer.byteLength(name) > NAME_LIMIT || /[\r\n]/.test(name))
    throw invalid("name", "it is too long or has line breaks");
  return itemPath(`${bucketPath(bucket)}/o`, name);
}

/** Returns the path of all versions of objects that are no longer live. */
export function noncurrentPath(bucket: string): string {
  return `${bucketPath(bucket)}/noncurrent`;
}

/** @throws {GoogleError} 404 if the bucket does not exist */
export function bucketAt(name: string, state: MockState): JsonObject {
  const path = bucketPath(name);
  const bucket = state.store.get(path);
  if (bucket === undefined) throw new GoogleError(404, "The specified bucket does not exist.");
  if (own(bucket, "metageneration") !== undefined) return bucket;
  // Fixtures have only what their author wrote.
  const complete = { ...newBucket(name, undefined, state), ...bucket };
  state.store.set(path, complete);
  return complete;
}

/** Returns the properties that a new bucket has unless its request sets them. */
export function newBucket(name: string, project: string | undefined, state: MockState): JsonObject {
  const time = new Date(state.now()).toISOString();
  return {
    name,
    ...(project === undefined ? {} : { projectNumber: projectNumber(project) }),
    location: "US",
    locationType: "multi-region",
    storageClass: "STANDARD",
    metageneration: "1",
    timeCreated: time,
    updated: time,
    softDeletePolicy: { retentionDurationSeconds: "604800", effectiveTime: time },
    iamConfiguration: {
      bucketPolicyOnly: { enabled: false },
      uniformBucketLevelAccess: { enabled: false },
      publicAccessPrevention: "inherited",
    },
  };
}

/** Returns the number of a project: the same each time, and different for each project. */
export function projectNumber(project: string): string {
  if (/^\d+$/.test(project)) return project;
  return String(10 ** 11 + createHash("sha256").update(project).digest().readUIntBE(0, 4));
}

/** Returns the live version of an object, if it exists. */
export function liveObject(bucket: string, name: string, state: MockState): JsonObject | undefined {
  const path = objectPath(bucket, name);
  const object = state.store.get(path);
  if (object === undefined || own(object, "generation") !== undefined) return object;
  const complete = { ...object, ...fixtureFacts(bucket, object, state.contents.get(path), state) };
  state.store.set(path, complete);
  return complete;
}

/** Completes an object of the fixtures, and one with content of the mock's options. */
function fixtureFacts(bucket: string, object: JsonObject, content: Content | undefined, state: MockState): JsonObject {
  const time = new Date(state.now()).toISOString();
  return {
    bucket,
    metageneration: "1",
    storageClass: "STANDARD",
    timeCreated: time,
    updated: time,
    ...object,
    ...(content === undefined
      ? { generation: "1", size: ownString(object, "size") ?? "0" }
      : { contentType: ownString(object, "contentType") ?? content.type, ...contentFacts(content) }),
  };
}

function contentFacts(content: Content): JsonObject {
  const { bytes, generation } = content;
  return { generation, size: String(bytes.length), md5Hash: md5(bytes), crc32c: crc32c(bytes) };
}

/** A version of an object, and where it is stored. */
export interface Version {
  readonly path: string;
  readonly object: JsonObject;
}

/**
 * Returns the version that a request names: the live one, or that of `generation`.
 *
 * @throws {GoogleError} 404 if the bucket, the object or the version does not exist
 */
export function versionAt(bucket: string, name: string, generation: string | undefined, state: MockState): Version {
  bucketAt(bucket, state);
  const path = objectPath(bucket, name);
  const live = liveObject(bucket, name, state);
  if (live !== undefined && (generation === undefined || generation === own(live, "generation")))
    return { path, object: live };
  const archived = generation === undefined ? undefined : archivePath(bucket, name, generation);
  const object = archived === undefined ? undefined : state.store.get(archived);
  if (archived === undefined || object === undefined) throw new GoogleError(404, `No such object: ${bucket}/${name}`);
  return { path: archived, object };
}

function archivePath(bucket: string, name: string, generation: string): string {
  return itemPath(noncurrentPath(bucket), `${name}#${generation}`);
}

/** Removes the live version, or makes it noncurrent if the bucket has versioning. */
export function retire(bucket: string, name: string, state: MockState): void {
  const path = objectPath(bucket, name);
  const live = liveObject(bucket, name, state);
  if (live === undefined) return;
  if (hasVersioning(bucketAt(bucket, state))) {
    const archived = archivePath(bucket, name, ownString(live, "generation") ?? "");
    state.store.set(archived, { ...live, timeDeleted: new Date(state.now()).toISOString() });
    state.contents.move(path, archived);
  }
  state.store.delete(path);
  state.contents.delete(path);
}

function hasVersioning(bucket: JsonObject): boolean {
  const versioning = own(bucket, "versioning");
  return isObject(versioning) && own(versioning, "enabled") === true;
}

export interface NewObject {
  readonly bucket: string;
  readonly name: string;
  readonly bytes: Buffer;
  /** Properties that the request sets, the ACL included. */
  readonly given: JsonObject;
  /** Number of objects that it was composed of. */
  readonly components?: number;
}

/** Stores a new live version of an object, and retires the one before. */
export function writeObject({ bucket, name, bytes, given, components }: NewObject, state: MockState): JsonObject {
  retire(bucket, name, state);
  const path = objectPath(bucket, name);
  const type = ownString(given, "contentType") ?? "application/octet-stream";
  const { md5Hash, ...facts } = contentFacts(state.contents.set(path, { bytes, type }));
  const time = new Date(state.now()).toISOString();
  const object = {
    storageClass: ownString(bucketAt(bucket, state), "storageClass") ?? "STANDARD",
    ...given,
    bucket,
    name,
    ...facts,
    // A composed object has no MD5 hash.
    ...(components === undefined ? { md5Hash: md5Hash ?? "" } : { componentCount: components }),
    metageneration: "1",
    timeCreated: time,
    updated: time,
    timeStorageClassUpdated: time,
    timeFinalized: time,
  };
  state.store.set(path, object);
  return object;
}

/** Stores a change of metadata: of a bucket or of an object. */
export function changed(path: string, item: JsonObject, state: MockState): JsonObject {
  const metageneration = String(Number(ownString(item, "metageneration") ?? "0") + 1);
  const after = { ...item, metageneration, updated: new Date(state.now()).toISOString() };
  state.store.set(path, after);
  return after;
}

/** Returns a path parameter or query parameter, or an empty string. */
export function variable({ variables }: Call, name: string): string {
  return variables.get(name) ?? "";
}
