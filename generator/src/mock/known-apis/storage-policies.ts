/** IAM policies of buckets. The mock stores them; only readers of public objects have an effect. */
import { missing } from "../google-error.js";
import { type JsonObject, ownString } from "../json.js";
import type { MockState } from "../mock-state.js";
import type { KnownMethod } from "./api-facts.js";
import { conditionNotMet } from "./storage-preconditions.js";
import { bucketAt, bucketPath, variable } from "./storage-state.js";
import { respond } from "./storage-views.js";

/** Returns the policy of a new bucket. */
export function firstPolicy(name: string, project: string): JsonObject {
  return {
    ...policyFor(name),
    bindings: [
      { role: "roles/storage.legacyBucketOwner", members: [`projectEditor:${project}`, `projectOwner:${project}`] },
      { role: "roles/storage.legacyBucketReader", members: [`projectViewer:${project}`] },
    ],
  };
}

function policyFor(name: string): JsonObject {
  return { kind: "storage#policy", resourceId: `projects/_/buckets/${name}`, version: 1, etag: "CAE=", bindings: [] };
}

function policyOf(name: string, { policies }: MockState): JsonObject {
  return policies.get(bucketPath(name)) ?? policyFor(name);
}

const getIamPolicy: KnownMethod = (call, state) => {
  bucketAt(variable(call, "bucket"), state);
  return respond(call, policyOf(variable(call, "bucket"), state));
};

const setIamPolicy: KnownMethod = (call, state) => {
  const { body } = call;
  if (body === undefined) throw missing("the request body");
  const name = variable(call, "bucket");
  bucketAt(name, state);
  const before = policyOf(name, state);
  const seen = ownString(body, "etag") || undefined;
  if (seen !== undefined && seen !== ownString(before, "etag")) throw conditionNotMet("etag");
  const { bindings, version } = body;
  const policy = { ...before, version: version ?? 1, bindings: bindings ?? [], etag: etagAfter(before) };
  state.policies.set(bucketPath(name), policy);
  return respond(call, policy);
};

/** Counts the versions of a policy in its etag. */
function etagAfter(policy: JsonObject): string {
  const count = Buffer.from(ownString(policy, "etag") ?? "", "base64")
    .subarray(1)
    .readUIntBE(0, 1);
  return Buffer.from([8, (count % 127) + 1]).toString("base64");
}

const testIamPermissions: KnownMethod = (call, state) => {
  bucketAt(variable(call, "bucket"), state);
  return respond(call, { kind: "storage#testIamPermissionsResponse", permissions: call.query.getAll("permissions") });
};

export const POLICY_METHODS: Readonly<Record<string, KnownMethod>> = {
  "storage.buckets.getIamPolicy": getIamPolicy,
  "storage.buckets.setIamPolicy": setIamPolicy,
  "storage.buckets.testIamPermissions": testIamPermissions,
};
