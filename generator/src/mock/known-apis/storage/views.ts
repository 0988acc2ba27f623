/** Resources of Cloud Storage as responses show them: with ids, links and etags that follow from what is stored. */
import type { Call } from "../../call.js";
import type { HttpResponse } from "../../google-error.js";
import { isObject, type Json, type JsonObject, own, ownString } from "../../json.js";
import { originOf } from "../../request.js";
import { responseType } from "../../resources/collections.js";
import { withKinds } from "../../resources/kinds.js";
import { aclIn, isUniform } from "./acl.js";
import { bucketPath, objectPath } from "./state.js";

/** Returns a response with the kinds of the method's type. */
export function respond({ entry: { api, method } }: Call, body: JsonObject): HttpResponse {
  return { status: 200, body: withKinds(body, responseType(method), api.schemas) };
}

export const NO_CONTENT: HttpResponse = { status: 204, body: undefined };

export function bucketView(bucket: JsonObject, call: Call, isFull = wantsAcl(call)): JsonObject {
  const name = ownString(bucket, "name") ?? "";
  const { acl: _acl, defaultObjectAcl: _defaultAcl, ...rest } = bucket;
  const hasAcl = isFull && !isUniform(bucket);
  const owner = `project-owners-${ownString(bucket, "projectNumber") ?? ""}`;
  return {
    kind: "storage#bucket",
    id: name,
    selfLink: originOf(call) + bucketPath(name),
    ...rest,
    etag: etagOf(bucket),
    ...(hasAcl
      ? {
          owner: { entity: owner },
          acl: aclIn(bucket, "acl").map((entry) => entryView(entry, { kind: "acl", bucket }, call)),
          defaultObjectAcl: aclIn(bucket, "defaultObjectAcl").map((entry) =>
            entryView(entry, { kind: "defaultObjectAcl", bucket }, call),
          ),
        }
      : {}),
  };
}

export function objectView(object: JsonObject, bucket: JsonObject, call: Call, isFull = wantsAcl(call)): JsonObject {
  const name = ownString(object, "name") ?? "";
  const bucketName = ownString(bucket, "name") ?? "";
  const generation = ownString(object, "generation") ?? "";
  const { acl: _acl, owner: _owner, ...rest } = object;
  const path = objectPath(bucketName, name);
  const owner = own(object, "owner");
  const hasAcl = isFull && !isUniform(bucket);
  return {
    kind: "storage#object",
    id: `${bucketName}/${name}/${generation}`,
    selfLink: originOf(call) + path,
    mediaLink: `${originOf(call)}/download${path}?generation=${generation}&alt=media`,
    ...rest,
    etag: etagOf(object),
    ...(hasAcl && isObject(owner) ? { owner } : {}),
    ...(hasAcl
      ? { acl: aclIn(object, "acl").map((entry) => entryView(entry, { kind: "acl", bucket, object }, call)) }
      : {}),
  };
}

/** What an entry of an ACL belongs to. */
export interface AclPlace {
  readonly kind: "acl" | "defaultObjectAcl";
  readonly bucket: JsonObject;
  readonly object?: JsonObject;
}

export function entryView(entry: JsonObject, { kind, bucket, object }: AclPlace, call: Call): JsonObject {
  const name = ownString(bucket, "name") ?? "";
  const entity = ownString(entry, "entity") ?? "";
  const objectName = object === undefined ? undefined : (ownString(object, "name") ?? "");
  const generation = object === undefined ? undefined : (ownString(object, "generation") ?? "");
  const holder = objectName === undefined ? bucketPath(name) : objectPath(name, objectName);
  const ofObject = objectName === undefined || generation === undefined ? {} : { object: objectName, generation };
  const etag = { etag: etagOf(object ?? bucket) };
  if (kind === "defaultObjectAcl") return { kind: "storage#objectAccessControl", ...entry, ...etag };
  return {
    kind: object === undefined ? "storage#bucketAccessControl" : "storage#objectAccessControl",
    id: [name, ...Object.values(ofObject), entity].join("/"),
    selfLink: `${originOf(call)}${holder}/acl/${encodeURIComponent(entity)}`,
    bucket: name,
    ...ofObject,
    ...entry,
    ...etag,
  };
}

function wantsAcl({ query }: Call): boolean {
  return query.get("projection") === "full";
}

/** Returns an etag that changes with each version: generation and metageneration as in a protocol buffer message. */
function etagOf(item: JsonObject): string {
  const generation = ownString(item, "generation");
  const metageneration = varint(BigInt(ownString(item, "metageneration") ?? "1"));
  const bytes =
    generation === undefined ? [8, ...metageneration] : [8, ...varint(BigInt(generation)), 16, ...metageneration];
  return Buffer.from(bytes).toString("base64");
}

function varint(value: bigint): readonly number[] {
  return value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
}

/** Returns the members of an object whose names are in the list. */
export function pick(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const value = own(object, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
