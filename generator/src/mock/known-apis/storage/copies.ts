/** Objects that are made of others: copy, rewrite, compose and move. */
import type { Call } from "../../call.js";
import { invalid, missing } from "../../google-error.js";
import { isObject, type Json, type JsonObject, merge, own, ownString } from "../../json.js";
import type { MockState } from "../../mock-state.js";
import type { KnownMethod } from "../api-facts.js";
import { checkHolds, ownership, refuseKeys, shown, WRITABLE } from "./objects.js";
import { checkPreconditions, conditionNotMet } from "./preconditions.js";
import { bucketAt, liveObject, retire, variable, versionAt, writeObject } from "./state.js";
import { pick, respond } from "./views.js";

const COMPOSE_LIMIT = 32;

/** Where a copy goes. */
interface Destination {
  readonly bucket: JsonObject;
  readonly name: string;
}

/** Returns the destination of a copy, after its preconditions. */
function destinationOf(call: Call, bucketName: string, name: string, state: MockState): Destination {
  if (name === "") throw missing("name");
  const bucket = bucketAt(bucketName, state);
  const previous = liveObject(bucketName, name, state);
  checkPreconditions(call, previous);
  checkHolds(previous, bucket, state);
  return { bucket, name };
}

function bytesAt(path: string, { contents }: MockState): Buffer {
  return contents.get(path)?.bytes ?? Buffer.alloc(0);
}

/** Returns the number of objects that an object was composed of. */
function componentsOf(object: JsonObject): { readonly components?: number } {
  const components = own(object, "componentCount");
  return typeof components === "number" ? { components } : {};
}

/** Copies an object. Properties in the request replace those of the source; the ACL is not copied. */
function copied(call: Call, state: MockState): { readonly object: JsonObject; readonly bucket: JsonObject } {
  const { query, body = {} } = call;
  refuseKeys(call, body);
  const sourceName = variable(call, "sourceObject");
  const generation = query.get("sourceGeneration") || undefined;
  const source = versionAt(variable(call, "sourceBucket"), sourceName, generation, state);
  checkPreconditions(call, source.object, "ifSource");
  const { bucket, name } = destinationOf(
    call,
    variable(call, "destinationBucket"),
    variable(call, "destinationObject"),
    state,
  );
  const { storageClass: _class, ...kept } = pick(
    source.object,
    WRITABLE.filter((one) => !one.endsWith("Hold")),
  );
  const given = {
    ...kept,
    ...pick(merge({}, body), WRITABLE),
    ...ownership(call, bucket, query.get("destinationPredefinedAcl") ?? ""),
  };
  const bytes = bytesAt(source.path, state);
  const object = writeObject(
    { bucket: ownString(bucket, "name") ?? "", name, bytes, given, ...componentsOf(source.object) },
    state,
  );
  return { object, bucket };
}

const copy: KnownMethod = (call, state) => {
  const { object, bucket } = copied(call, state);
  return respond(call, shown(object, bucket, call));
};

/** The mock copies everything in the first call. */
const rewrite: KnownMethod = (call, state) => {
  if ((call.query.get("rewriteToken") ?? "") !== "")
    throw invalid("rewriteToken", "the mock did not return one, because each rewrite is done in one call");
  const { object, bucket } = copied(call, state);
  const size = ownString(object, "size") ?? "0";
  return respond(call, {
    kind: "storage#rewriteResponse",
    done: true,
    objectSize: size,
    totalBytesRewritten: size,
    resource: shown(object, bucket, call),
  });
};

const move: KnownMethod = (call, state) => {
  const bucketName = variable(call, "bucket");
  const sourceName = variable(call, "sourceObject");
  const { path, object: source } = versionAt(bucketName, sourceName, undefined, state);
  checkPreconditions(call, source, "ifSource");
  const { bucket, name } = destinationOf(call, bucketName, variable(call, "destinationObject"), state);
  if (name === sourceName) throw invalid("destinationObject", "it is the same as the source");
  checkHolds(source, bucket, state);
  const bytes = bytesAt(path, state);
  const given = pick(source, [...WRITABLE, "acl", "owner"]);
  const object = writeObject({ bucket: bucketName, name, bytes, given, ...componentsOf(source) }, state);
  retire(bucketName, sourceName, state);
  return respond(call, shown(object, bucket, call));
};

const compose: KnownMethod = (call, state) => {
  const { body = {}, query } = call;
  const bucketName = variable(call, "destinationBucket");
  const destination = own(body, "destination");
  const metadata = isObject(destination) ? destination : {};
  refuseKeys(call, metadata);
  const listed: readonly Json[] = listOf(own(body, "sourceObjects"));
  if (listed.length === 0) throw missing("sourceObjects");
  if (listed.length > COMPOSE_LIMIT)
    throw invalid("sourceObjects", `it has ${listed.length} objects, and the maximum is ${COMPOSE_LIMIT}`);
  const sources = listed.map((one) => sourceOf(isObject(one) ? one : {}, bucketName, state));
  const { bucket, name } = destinationOf(call, bucketName, variable(call, "destinationObject"), state);
  const parts = sources.map(({ path, object }) => ({
    bytes: bytesAt(path, state),
    count: own(object, "componentCount"),
  }));
  const components = parts.reduce((sum, { count }) => sum + (typeof count === "number" ? count : 1), 0);
  const predefined = query.get("destinationPredefinedAcl") ?? "";
  const given = {
    ...pick(merge({}, metadata), WRITABLE),
    ...ownership(call, bucket, predefined, own(metadata, "acl")),
  };
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  const object = writeObject({ bucket: bucketName, name, bytes, given, components }, state);
  if (own(body, "deleteSourceObjects") === true)
    for (const source of sources) {
      const sourceName = ownString(source.object, "name") ?? "";
      if (sourceName !== name) retire(bucketName, sourceName, state);
    }
  return respond(call, shown(object, bucket, call));
};

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** Returns a source of a composed object. Its precondition is in the body. */
function sourceOf(source: JsonObject, bucket: string, state: MockState) {
  const name = ownString(source, "name") ?? "";
  if (name === "") throw missing("sourceObjects.name");
  const wanted = own(source, "generation");
  const version = versionAt(bucket, name, wanted === undefined || wanted === null ? undefined : String(wanted), state);
  const conditions = own(source, "objectPreconditions");
  const match = isObject(conditions) ? own(conditions, "ifGenerationMatch") : undefined;
  if (match !== undefined && match !== null && String(match) !== ownString(version.object, "generation"))
    throw conditionNotMet("ifGenerationMatch");
  return version;
}

export const COPY_METHODS: Readonly<Record<string, KnownMethod>> = {
  "storage.objects.copy": copy,
  "storage.objects.rewrite": rewrite,
  "storage.objects.move": move,
  "storage.objects.compose": compose,
};
