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
export function bucketAt(name: string, { store }: MockState): JsonObject {
  const bucket = store.get(bucketPath(name));
  if (bucket === undefined) throw new GoogleError(404, "Not found: no bucket has this name.");
  return bucket;
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

/** Completes the buckets and objects of the fixtures, and makes objects of the content in the mock's options. */
export function start(state: MockState): void {
  const { store, contents } = state;
  const places = contents.paths().filter((path) => /^\/storage\/v1\/b\/[^/]+\/o\/[^/]+$/.test(path));
  for (const path of places) {
    const [bucket = ""] = path.split("/o/");
    for (const at of [bucket, path]) if (store.get(at) === undefined) store.set(at, {});
  }
  for (const [path, bucket] of store.list(BUCKETS))
    store.set(path, { ...newBucket(lastSegment(path), undefined, state), ...bucket });
  for (const [path] of store.list(BUCKETS))
    for (const [at, object] of store.list(`${path}/o`)) complete(at, object, state);
}

function lastSegment(path: string): string {
  return decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));
}

function complete(path: string, object: JsonObject, state: MockState): void {
  const content = state.contents.get(path);
  const time = new Date(state.now()).toISOString();
  const [, bucket = ""] = /^\/storage\/v1\/b\/([^/]+)/.exec(path) ?? [];
  state.store.set(path, {
    bucket: decodeURIComponent(bucket),
    name: lastSegment(path),
    generation: "1",
    metageneration: "1",
    storageClass: "STANDARD",
    size: "0",
    timeCreated: time,
    updated: time,
    ...(content === undefined ? {} : { contentType: content.type }),
    ...object,
    ...(content === undefined ? {} : contentFacts(content)),
  });
}

/** Returns the live version of an object, if it exists. */
export function liveObject(bucket: string, name: string, { store }: MockState): JsonObject | undefined {
  return store.get(objectPath(bucket, name));
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
  if (archived === undefined || object === undefined) throw new GoogleError(404, `Not found: ${bucket}/${name}`);
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

/** Returns true for a boolean parameter that is set. Python's client writes `True`. */
export function isTrue({ query }: Call, name: string): boolean {
  return /^true$/i.test(query.get(name) ?? "");
}
