/** The methods of Cloud Storage v1 that the mock knows: facts of the API in a document of our own. */

const SCOPE = "https://www.googleapis.com/auth/devstorage.full_control";

type Properties = Readonly<Record<string, object>>;

const text = { type: "string" };
const int64 = { type: "string", format: "int64" };
const time = { type: "string", format: "date-time" };
const flag = { type: "boolean" };
const ref = (name: string) => ({ $ref: name });
const listOf = (items: object) => ({ type: "array", items });
const mapOf = (additionalProperties: object) => ({ type: "object", additionalProperties });
const texts = (...names: readonly string[]): Properties => Object.fromEntries(names.map((name) => [name, text]));
const kind = (value: string): Properties => ({ kind: { type: "string", default: `storage#${value}` } });

const schemas: Readonly<Record<string, Properties>> = {
  Bucket: {
    ...kind("bucket"),
    ...texts("id", "name", "selfLink", "etag", "location", "locationType", "storageClass"),
    projectNumber: { type: "string", format: "uint64" },
    metageneration: int64,
    timeCreated: time,
    updated: time,
    labels: mapOf(text),
    acl: listOf(ref("BucketAccessControl")),
    defaultObjectAcl: listOf(ref("ObjectAccessControl")),
    owner: { type: "object", properties: texts("entity") },
    versioning: { type: "object", properties: { enabled: flag } },
    retentionPolicy: {
      type: "object",
      properties: { retentionPeriod: int64, effectiveTime: time, isLocked: flag },
    },
    softDeletePolicy: { type: "object", properties: { retentionDurationSeconds: int64, effectiveTime: time } },
    iamConfiguration: {
      type: "object",
      properties: {
        publicAccessPrevention: text,
        uniformBucketLevelAccess: { type: "object", properties: { enabled: flag, lockedTime: time } },
        bucketPolicyOnly: { type: "object", properties: { enabled: flag, lockedTime: time } },
      },
    },
  },
  Buckets: { ...kind("buckets"), items: listOf(ref("Bucket")), nextPageToken: text },
  Object: {
    ...kind("object"),
    ...texts("id", "name", "bucket", "selfLink", "mediaLink", "etag", "contentType", "contentEncoding"),
    ...texts("cacheControl", "crc32c", "md5Hash", "storageClass", "kmsKeyName"),
    generation: int64,
    metageneration: int64,
    size: { type: "string", format: "uint64" },
    componentCount: { type: "integer", format: "int32" },
    metadata: mapOf(text),
    temporaryHold: flag,
    acl: listOf(ref("ObjectAccessControl")),
    owner: { type: "object", properties: texts("entity") },
    ...Object.fromEntries(
      ["timeCreated", "updated", "timeDeleted", "retentionExpirationTime"].map((one) => [one, time]),
    ),
  },
  Objects: { ...kind("objects"), items: listOf(ref("Object")), prefixes: listOf(text), nextPageToken: text },
  BucketAccessControl: { ...kind("bucketAccessControl"), ...texts("id", "bucket", "entity", "role", "email", "etag") },
  BucketAccessControls: { ...kind("bucketAccessControls"), items: listOf(ref("BucketAccessControl")) },
  ObjectAccessControl: {
    ...kind("objectAccessControl"),
    ...texts("id", "bucket", "object", "entity", "role", "email", "etag", "domain"),
    generation: int64,
  },
  ObjectAccessControls: { ...kind("objectAccessControls"), items: listOf(ref("ObjectAccessControl")) },
  RewriteResponse: {
    ...kind("rewriteResponse"),
    ...texts("rewriteToken"),
    done: flag,
    objectSize: int64,
    totalBytesRewritten: int64,
    resource: ref("Object"),
  },
  ComposeRequest: {
    ...kind("composeRequest"),
    destination: ref("Object"),
    sourceObjects: listOf({
      type: "object",
      properties: {
        name: text,
        generation: int64,
        objectPreconditions: { type: "object", properties: { ifGenerationMatch: int64 } },
      },
    }),
  },
  ManagedFolder: { ...kind("managedFolder"), ...texts("id", "name", "bucket") },
  Notification: {
    ...kind("notification"),
    ...texts("id", "topic", "payload_format", "object_name_prefix", "etag", "selfLink"),
    event_types: listOf(text),
  },
  Notifications: { ...kind("notifications"), items: listOf(ref("Notification")) },
  HmacKey: { ...kind("hmacKey"), metadata: ref("HmacKeyMetadata"), secret: text },
  HmacKeyMetadata: { ...kind("hmacKeyMetadata"), ...texts("id", "accessId", "state", "serviceAccountEmail", "etag") },
  HmacKeysMetadata: { ...kind("hmacKeysMetadata"), items: listOf(ref("HmacKeyMetadata")), nextPageToken: text },
  ServiceAccount: { ...kind("serviceAccount"), ...texts("email_address") },
  Policy: {
    ...kind("policy"),
    ...texts("resourceId", "etag"),
    version: { type: "integer", format: "int32" },
    bindings: listOf({ type: "object", properties: { role: text, members: listOf(text) } }),
  },
  TestIamPermissionsResponse: { ...kind("testIamPermissionsResponse"), permissions: listOf(text) },
};

const META = "ifMetagenerationMatch ifMetagenerationNotMatch";
const IF = `ifGenerationMatch ifGenerationNotMatch ${META}`;
const SOURCE = IF.replaceAll("if", "ifSource");
const PAGE = "maxResults pageToken";
const NARROW =
  "includeFoldersAsPrefixes prefix delimiter startOffset endOffset matchGlob includeTrailingDelimiter softDeleted versions filter";

type Row = readonly [id: string, verb: string, path: string, query: string, request: string, response: string];

const aclRows = (resource: string, holder: string, property: string, schema: string, query: string): readonly Row[] => [
  [`${resource}.list`, "GET", `${holder}/${property}`, query, "", `${schema}s`],
  [`${resource}.insert`, "POST", `${holder}/${property}`, query, schema, schema],
  [`${resource}.get`, "GET", `${holder}/${property}/{entity}`, query, "", schema],
  [`${resource}.patch`, "PATCH", `${holder}/${property}/{entity}`, query, schema, schema],
  [`${resource}.update`, "PUT", `${holder}/${property}/{entity}`, query, schema, schema],
  [`${resource}.delete`, "DELETE", `${holder}/${property}/{entity}`, query, "", ""],
];

const OBJECT = "b/{bucket}/o/{object}";
const COPY = "b/{sourceBucket}/o/{sourceObject}";
const TARGET = "b/{destinationBucket}/o/{destinationObject}";
const COPIES = `${IF} ${SOURCE} sourceGeneration destinationPredefinedAcl`;
const NEW_BUCKET = "project! predefinedAcl predefinedDefaultObjectAcl projection enableObjectRetention";

const rows: readonly Row[] = [
  ["buckets.list", "GET", "b", `project! prefix projection softDeleted ${PAGE}`, "", "Buckets"],
  ["buckets.insert", "POST", "b", NEW_BUCKET, "Bucket", "Bucket"],
  ["buckets.get", "GET", "b/{bucket}", `${META} projection softDeleted`, "", "Bucket"],
  ["buckets.patch", "PATCH", "b/{bucket}", `${META} projection predefinedAcl`, "Bucket", "Bucket"],
  ["buckets.update", "PUT", "b/{bucket}", `${META} projection predefinedAcl`, "Bucket", "Bucket"],
  ["buckets.delete", "DELETE", "b/{bucket}", META, "", ""],
  ["buckets.lockRetentionPolicy", "POST", "b/{bucket}/lockRetentionPolicy", "ifMetagenerationMatch!", "", "Bucket"],
  ["buckets.getIamPolicy", "GET", "b/{bucket}/iam", "", "", "Policy"],
  ["buckets.setIamPolicy", "PUT", "b/{bucket}/iam", "", "Policy", "Policy"],
  ["buckets.restore", "POST", "b/{bucket}/restore", "generation!", "", "Bucket"],
  ["objects.list", "GET", "b/{bucket}/o", `${NARROW} projection ${PAGE}`, "", "Objects"],
  [
    "objects.insert",
    "POST",
    "b/{bucket}/o",
    `${IF} name contentEncoding kmsKeyName predefinedAcl projection`,
    "Object",
    "Object",
  ],
  ["objects.get", "GET", OBJECT, `${IF} generation projection softDeleted`, "", "Object"],
  ["objects.patch", "PATCH", OBJECT, `${IF} generation projection predefinedAcl`, "Object", "Object"],
  ["objects.update", "PUT", OBJECT, `${IF} generation projection predefinedAcl`, "Object", "Object"],
  ["objects.delete", "DELETE", OBJECT, `${IF} generation`, "", ""],
  ["objects.copy", "POST", `${COPY}/copyTo/${TARGET}`, COPIES, "Object", "Object"],
  ["objects.rewrite", "POST", `${COPY}/rewriteTo/${TARGET}`, `${COPIES} rewriteToken`, "Object", "RewriteResponse"],
  [
    "objects.compose",
    "POST",
    `${TARGET}/compose`,
    "ifGenerationMatch ifMetagenerationMatch",
    "ComposeRequest",
    "Object",
  ],
  ["objects.move", "POST", "b/{bucket}/o/{sourceObject}/moveTo/o/{destinationObject}", `${IF} ${SOURCE}`, "", "Object"],
  ["managedFolders.insert", "POST", "b/{bucket}/managedFolders", "", "ManagedFolder", "ManagedFolder"],
  ["managedFolders.get", "GET", "b/{bucket}/managedFolders/{managedFolder}", "", "", "ManagedFolder"],
  ["notifications.insert", "POST", "b/{bucket}/notificationConfigs", "", "Notification", "Notification"],
  ["notifications.list", "GET", "b/{bucket}/notificationConfigs", "", "", "Notifications"],
  ["notifications.get", "GET", "b/{bucket}/notificationConfigs/{notification}", "", "", "Notification"],
  ["notifications.delete", "DELETE", "b/{bucket}/notificationConfigs/{notification}", "", "", ""],
  ["projects.hmacKeys.create", "POST", "projects/{projectId}/hmacKeys", "serviceAccountEmail!", "", "HmacKey"],
  ["projects.hmacKeys.list", "GET", "projects/{projectId}/hmacKeys", `${PAGE} showDeletedKeys`, "", "HmacKeysMetadata"],
  ["projects.hmacKeys.get", "GET", "projects/{projectId}/hmacKeys/{accessId}", "", "", "HmacKeyMetadata"],
  [
    "projects.hmacKeys.update",
    "PUT",
    "projects/{projectId}/hmacKeys/{accessId}",
    "",
    "HmacKeyMetadata",
    "HmacKeyMetadata",
  ],
  ["projects.hmacKeys.delete", "DELETE", "projects/{projectId}/hmacKeys/{accessId}", "", "", ""],
  ["projects.serviceAccount.get", "GET", "projects/{projectId}/serviceAccount", "", "", "ServiceAccount"],
  ...aclRows("bucketAccessControls", "b/{bucket}", "acl", "BucketAccessControl", ""),
  ...aclRows("defaultObjectAccessControls", "b/{bucket}", "defaultObjectAcl", "ObjectAccessControl", META),
  ...aclRows("objectAccessControls", OBJECT, "acl", "ObjectAccessControl", "generation"),
];

const UPLOAD = {
  supportsMediaUpload: true,
  mediaUpload: {
    accept: ["*/*"],
    protocols: {
      simple: { multipart: true, path: "/upload/storage/v1/b/{bucket}/o" },
      resumable: { multipart: true, path: "/resumable/upload/storage/v1/b/{bucket}/o" },
    },
  },
};
const DOWNLOAD = { supportsMediaDownload: true, useMediaDownloadService: true };

interface Resource {
  readonly methods: Record<string, object>;
  readonly resources: Record<string, Resource>;
}

function resourceOf(tree: Resource, path: readonly string[]): Resource {
  return path.reduce((at, name) => (at.resources[name] ??= { methods: {}, resources: {} }), tree);
}

const BOOLEANS = new Set([
  "includeFoldersAsPrefixes",
  "versions",
  "softDeleted",
  "includeTrailingDelimiter",
  "showDeletedKeys",
]);

function methodOf([id, httpMethod, path, query, request, response]: Row): object {
  const inPath = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => [
    name,
    { type: "string", location: "path", required: true },
  ]);
  const inQuery = query.split(" ").flatMap((word) => {
    if (word === "") return [];
    const name = word.replace("!", "");
    const type = BOOLEANS.has(name) ? "boolean" : name === "maxResults" ? "integer" : "string";
    const format = /eneration/.test(name) ? { format: "int64" } : {};
    return [[name, { type, location: "query", ...format, ...(word.endsWith("!") ? { required: true } : {}) }]];
  });
  return {
    id: `storage.${id}`,
    httpMethod,
    path,
    parameters: Object.fromEntries([...inPath, ...inQuery]),
    scopes: [SCOPE],
    ...(request === "" ? {} : { request: ref(request) }),
    ...(response === "" ? {} : { response: ref(response) }),
    ...(id === "objects.insert" ? UPLOAD : {}),
    ...(id === "objects.get" ? DOWNLOAD : {}),
  };
}

const tree: Resource = { methods: {}, resources: {} };
for (const row of rows) {
  const path = row[0].split(".");
  resourceOf(tree, path.slice(0, -1)).methods[path.at(-1) ?? ""] = methodOf(row);
}

export const storageDocument = {
  kind: "discovery#restDescription",
  id: "storage:v1",
  name: "storage",
  version: "v1",
  revision: "20260101",
  rootUrl: "https://storage.googleapis.com/",
  servicePath: "storage/v1/",
  batchPath: "batch/storage/v1",
  auth: { oauth2: { scopes: { [SCOPE]: { description: "Everything" } } } },
  parameters: { alt: { type: "string", location: "query", default: "json" } },
  schemas: Object.fromEntries(
    Object.entries(schemas).map(([id, properties]) => [id, { id, type: "object", properties }]),
  ),
  resources: tree.resources,
};
