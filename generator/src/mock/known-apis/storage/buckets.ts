/** Buckets: their metadata, policies and storage layout. */
import type { Call } from "../../call.js";
import { GoogleError, invalid, missing, notModelled } from "../../google-error.js";
import { isObject, type JsonObject, merge, own, ownString } from "../../json.js";
import { pageRequest } from "../../lists/paging.js";
import type { MockState } from "../../mock-state.js";
import { checkEtag } from "../../resources/etags.js";
import {
  type Acl,
  checkAclAllowed,
  checkedAcl,
  isUniform,
  predefinedAcl,
  projectAcl,
  withEntry,
  entryFor,
} from "./acl.js";
import type { KnownMethod } from "../api-facts.js";
import { checkPreconditions } from "./preconditions.js";
import {
  bucketAt,
  bucketPath,
  BUCKETS,
  changed,
  newBucket,
  noncurrentPath,
  projectNumber,
  variable,
  isTrue,
} from "./state.js";
import { bucketView, NO_CONTENT, pick, respond } from "./views.js";

/** Properties that only the server sets. */
const FIXED: ReadonlySet<string> = new Set([
  "etag",
  "generation",
  "id",
  "kind",
  "location",
  "locationType",
  "metageneration",
  "name",
  "owner",
  "projectNumber",
  "selfLink",
  "timeCreated",
  "updated",
]);

const REGIONS: ReadonlySet<string> = new Set(["ASIA", "EU", "US"]);

const insert: KnownMethod = (call, state) => {
  const { body, query } = call;
  const project = query.get("project") ?? "";
  const name = ownString(body ?? {}, "name") ?? "";
  if (body === undefined || name === "") throw missing("name");
  if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name)) throw invalid("name", "it is not a valid bucket name");
  const path = bucketPath(name);
  if (state.store.get(path) !== undefined)
    throw new GoogleError(409, "A bucket with this name exists already.", {
      reason: "conflict",
    });
  const { acl: _acl, defaultObjectAcl: _defaultAcl, ...given } = merge({}, body);
  const fresh = newBucket(name, project, state);
  const location = (ownString(given, "location") ?? "US").toUpperCase();
  const bucket = completed(
    {
      ...merge(fresh, withoutFixed(given)),
      location,
      locationType: REGIONS.has(location) ? "multi-region" : /^[A-Z]+\d$/.test(location) ? "dual-region" : "region",
      ...(query.get("enableObjectRetention") === "true" ? { objectRetention: { mode: "Enabled" } } : {}),
    },
    state,
  );
  const lists = isUniform(bucket) ? {} : startingAcls(projectNumber(project));
  state.store.set(path, { ...bucket, ...lists, ...requestedAcls(call, bucket) });
  state.policies.set(path, firstPolicy(name, project));
  return respond(call, bucketView(bucketAt(name, state), call, isFull(call)));
};

/** Returns the policy of a new bucket. Later versions are those of every other API. */
function firstPolicy(name: string, project: string): JsonObject {
  return {
    kind: "storage#policy",
    resourceId: `projects/_/buckets/${name}`,
    version: 1,
    etag: "CAE=",
    bindings: [
      { role: "roles/storage.legacyBucketOwner", members: [`projectEditor:${project}`, `projectOwner:${project}`] },
      { role: "roles/storage.legacyBucketReader", members: [`projectViewer:${project}`] },
    ],
  };
}

function startingAcls(number: string): JsonObject {
  return { acl: projectAcl(number), defaultObjectAcl: projectAcl(number) };
}

/** Returns the ACLs that a request sets: by a list, or by the name of a predefined one. */
function requestedAcls({ body = {}, query }: Call, bucket: JsonObject): JsonObject {
  const number = ownString(bucket, "projectNumber") ?? "";
  const list = (property: string, parameter: string, kind: "bucket" | "object"): readonly [string, Acl][] => {
    const predefined = query.get(parameter) ?? "";
    const given = own(body, property);
    if (predefined === "" && (given === undefined || given === null)) return [];
    const start = kind === "bucket" ? [entryFor(`project-owners-${number}`, "OWNER")] : [];
    const acl =
      predefined === "" ? checkedAcl(given ?? [], kind) : predefinedAcl(predefined, number).reduce(withEntry, start);
    checkAclAllowed(bucket, acl);
    return [[property, acl]];
  };
  return Object.fromEntries([
    ...list("acl", "predefinedAcl", "bucket"),
    ...list("defaultObjectAcl", "predefinedDefaultObjectAcl", "object"),
  ]);
}

function isFull({ query, body = {} }: Call): boolean {
  const projection = query.get("projection") ?? "";
  return projection === ""
    ? Object.hasOwn(body, "acl") || Object.hasOwn(body, "defaultObjectAcl")
    : projection === "full";
}

function withoutFixed(item: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !FIXED.has(name)));
}

/** Fills in the facts that follow from settings. */
function completed(bucket: JsonObject, state: MockState): JsonObject {
  const time = new Date(state.now()).toISOString();
  const access = objectIn(bucket, "iamConfiguration");
  const uniform = objectIn(access, "uniformBucketLevelAccess");
  const retention = own(bucket, "retentionPolicy");
  const softDelete = own(bucket, "softDeletePolicy");
  const locked = new Date(state.now() + 90 * 86_400_000).toISOString();
  const level = own(uniform, "enabled") === true ? { lockedTime: locked, ...uniform } : { enabled: false };
  return {
    ...bucket,
    iamConfiguration: {
      publicAccessPrevention: "inherited",
      ...access,
      uniformBucketLevelAccess: level,
      bucketPolicyOnly: level,
    },
    ...(isObject(retention)
      ? { retentionPolicy: { effectiveTime: time, isLocked: false, ...textual(retention, "retentionPeriod") } }
      : {}),
    ...(isObject(softDelete)
      ? { softDeletePolicy: { effectiveTime: time, ...textual(softDelete, "retentionDurationSeconds") } }
      : {}),
  };
}

/** Returns the object with this int64 as a string, as JSON of Google contains it. */
function textual(object: JsonObject, name: string): JsonObject {
  const value = own(object, name);
  return typeof value === "number" ? { ...object, [name]: String(value) } : object;
}

function objectIn(item: JsonObject, name: string): JsonObject {
  const value = own(item, name);
  return isObject(value) ? value : {};
}

const get: KnownMethod = (call, state) => {
  refuseSoftDeleted(call);
  const bucket = bucketAt(variable(call, "bucket"), state);
  return checkPreconditions(call, bucket) ?? respond(call, bucketView(bucket, call));
};

const list: KnownMethod = (call, state) => {
  refuseSoftDeleted(call);
  const { query } = call;
  const number = projectNumber(query.get("project") ?? "");
  const prefix = query.get("prefix") ?? "";
  const key = JSON.stringify([BUCKETS, number, prefix]);
  const { size, after = "" } = pageRequest(query, "pageToken", {
    list: key,
    tokens: state.pageTokens,
    defaultSize: state.pageSize,
  });
  const names = state.store.list(BUCKETS).map(([, bucket]) => ownString(bucket, "name") ?? "");
  const rows = names
    .toSorted((a, b) => (a < b ? -1 : 1))
    .filter((name) => name.startsWith(prefix) && name > after)
    .map((name) => bucketAt(name, state))
    // Buckets of fixtures belong to every project, because their project is not known.
    .filter((bucket) => (own(bucket, "projectNumber") ?? number) === number);
  const page = rows.slice(0, size);
  const last = ownString(page.at(-1) ?? {}, "name") ?? "";
  return respond(call, {
    kind: "storage#buckets",
    ...(page.length === 0 ? {} : { items: page.map((bucket) => bucketView(bucket, call)) }),
    ...(rows.length > size ? { nextPageToken: state.pageTokens.write(key, last) } : {}),
  });
};

function refuseSoftDeleted(call: Call): void {
  if (isTrue(call, "softDeleted")) throw notModelled("The mock does not keep deleted buckets and objects.");
}

const change =
  (isPatch: boolean): KnownMethod =>
  (call, state) => {
    const { body } = call;
    if (body === undefined) throw missing("the request body");
    const name = variable(call, "bucket");
    const previous = bucketAt(name, state);
    checkPreconditions(call, previous);
    checkEtag(call, bucketView(previous, call), { namesAfter: undefined });
    const { acl, defaultObjectAcl, ...rest } = previous;
    const { acl: _acl, defaultObjectAcl: _defaultAcl, ...given } = withoutFixed(body);
    const fixed = Object.fromEntries(Object.entries(rest).filter(([one]) => FIXED.has(one)));
    const start = isPatch
      ? rest
      : { ...fixed, storageClass: "STANDARD", iamConfiguration: objectIn(rest, "iamConfiguration") };
    const bucket = completed(merge(start, given), state);
    const lists = isUniform(bucket)
      ? {}
      : {
          acl: acl ?? startingAcls(ownString(bucket, "projectNumber") ?? "")["acl"] ?? [],
          defaultObjectAcl: defaultObjectAcl ?? [],
        };
    const after = { ...bucket, ...lists, ...requestedAcls(call, bucket) };
    return respond(call, bucketView(changed(bucketPath(name), after, state), call, isFull(call)));
  };

const remove: KnownMethod = (call, state) => {
  const name = variable(call, "bucket");
  const path = bucketPath(name);
  const bucket = bucketAt(name, state);
  checkPreconditions(call, bucket);
  if (state.store.list(`${path}/o`).length > 0 || state.store.list(noncurrentPath(name)).length > 0)
    throw new GoogleError(409, "The bucket contains objects. Delete them first.", { reason: "conflict" });
  for (const below of [path, ...state.store.below(path)]) {
    state.store.delete(below);
    state.policies.delete(below);
  }
  return NO_CONTENT;
};

const getStorageLayout: KnownMethod = (call, state) => {
  const bucket = bucketAt(variable(call, "bucket"), state);
  const facts = pick(bucket, ["location", "locationType", "hierarchicalNamespace"]);
  return respond(call, { bucket: variable(call, "bucket"), ...facts });
};

const getServiceAccount: KnownMethod = (call) => {
  const number = projectNumber(variable(call, "projectId"));
  return respond(call, { email_address: `service-${number}@gs-project-accounts.iam.gserviceaccount.com` });
};

export const refuse =
  (what: string): KnownMethod =>
  () => {
    throw notModelled(what);
  };

export const BUCKET_METHODS: Readonly<Record<string, KnownMethod>> = {
  "storage.buckets.insert": insert,
  "storage.buckets.get": get,
  "storage.buckets.list": list,
  "storage.buckets.patch": change(true),
  "storage.buckets.update": change(false),
  "storage.buckets.delete": remove,
  "storage.buckets.lockRetentionPolicy": refuse("The mock does not lock retention policies."),
  "storage.buckets.getStorageLayout": getStorageLayout,
  "storage.projects.serviceAccount.get": getServiceAccount,
  "storage.buckets.restore": refuse("The mock does not keep deleted buckets."),
  "storage.buckets.relocate": refuse("The mock does not relocate buckets."),
};
