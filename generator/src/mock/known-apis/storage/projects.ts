/** What belongs to a project or notifies it: HMAC keys, the service account, and notifications of buckets. */
import { randomBytes } from "node:crypto";
import { GoogleError, invalid, missing } from "../../google-error.js";
import { type JsonObject, own, ownString } from "../../json.js";
import { pageRequest } from "../../lists/paging.js";
import type { MockState } from "../../mock-state.js";
import { itemPath } from "../../routes.js";
import type { KnownMethod } from "../api-facts.js";
import { bucketAt, bucketPath, projectNumber, variable } from "./state.js";
import { base, NO_CONTENT, pick, respond } from "./views.js";

function keyPath(project: string, accessId: string): string {
  return itemPath(`${itemPath("/storage/v1/projects", project)}/hmacKeys`, accessId);
}

const createKey: KnownMethod = (call, state) => {
  const project = variable(call, "projectId");
  const accessId = `GOOG1E${randomBytes(28).toString("hex").toUpperCase().slice(0, 55)}`;
  const path = keyPath(project, accessId);
  const time = new Date(state.now()).toISOString();
  const metadata = {
    kind: "storage#hmacKeyMetadata",
    id: `${project}/${accessId}`,
    selfLink: base(call) + path,
    projectId: project,
    accessId,
    serviceAccountEmail: call.query.get("serviceAccountEmail") ?? "",
    state: "ACTIVE",
    timeCreated: time,
    updated: time,
    etag: etag(),
  };
  state.store.set(path, metadata);
  return respond(call, { kind: "storage#hmacKey", metadata, secret: randomBytes(30).toString("base64") });
};

function etag(): string {
  return randomBytes(6).toString("base64");
}

const keyAt = (project: string, accessId: string, state: MockState): JsonObject => {
  const key = state.store.get(keyPath(project, accessId));
  if (key === undefined) throw new GoogleError(404, `Access ID not found in project ${project}.`);
  return key;
};

const getKey: KnownMethod = (call, state) =>
  respond(call, keyAt(variable(call, "projectId"), variable(call, "accessId"), state));

const updateKey: KnownMethod = (call, state) => {
  const [project, accessId] = [variable(call, "projectId"), variable(call, "accessId")];
  const key = keyAt(project, accessId, state);
  const wanted = ownString(call.body ?? {}, "state") ?? "";
  if (wanted !== "ACTIVE" && wanted !== "INACTIVE") throw invalid("state", "expected ACTIVE or INACTIVE");
  if (own(key, "state") === "DELETED") throw new GoogleError(400, "The key was deleted.", { reason: "invalid" });
  const seen = ownString(call.body ?? {}, "etag") || undefined;
  if (seen !== undefined && seen !== own(key, "etag")) throw new GoogleError(412, "The etag is not the latest.");
  const after = { ...key, state: wanted, updated: new Date(state.now()).toISOString(), etag: etag() };
  state.store.set(keyPath(project, accessId), after);
  return respond(call, after);
};

const deleteKey: KnownMethod = (call, state) => {
  const [project, accessId] = [variable(call, "projectId"), variable(call, "accessId")];
  const key = keyAt(project, accessId, state);
  if (own(key, "state") !== "INACTIVE")
    throw new GoogleError(400, "Cannot delete keys in 'ACTIVE' state.", { reason: "invalid" });
  state.store.set(keyPath(project, accessId), { ...key, state: "DELETED", etag: etag() });
  return NO_CONTENT;
};

const listKeys: KnownMethod = (call, state) => {
  const { query } = call;
  const path = `${itemPath("/storage/v1/projects", variable(call, "projectId"))}/hmacKeys`;
  const email = query.get("serviceAccountEmail") ?? "";
  const isShown = (key: JsonObject) =>
    (email === "" || own(key, "serviceAccountEmail") === email) &&
    (query.get("showDeletedKeys") === "true" || own(key, "state") !== "DELETED");
  const list = JSON.stringify([path, email, query.get("showDeletedKeys")]);
  const pages = { list, tokens: state.pageTokens, defaultSize: state.pageSize };
  const { size, after = "" } = pageRequest(query, "pageToken", pages);
  const rows = state.store.list(path).filter(([at, key]) => at > after && isShown(key));
  const page = rows.slice(0, size);
  return respond(call, {
    kind: "storage#hmacKeysMetadata",
    ...(page.length === 0 ? {} : { items: page.map(([, key]) => key) }),
    ...(rows.length > size ? { nextPageToken: state.pageTokens.write(list, page.at(-1)?.[0] ?? "") } : {}),
  });
};

const getServiceAccount: KnownMethod = (call) => {
  const number = projectNumber(variable(call, "projectId"));
  return respond(call, {
    kind: "storage#serviceAccount",
    email_address: `service-${number}@gs-project-accounts.iam.gserviceaccount.com`,
  });
};

function notificationsPath(bucket: string): string {
  return `${bucketPath(bucket)}/notificationConfigs`;
}

const insertNotification: KnownMethod = (call, state) => {
  const { body = {} } = call;
  const bucket = variable(call, "bucket");
  bucketAt(bucket, state);
  if ((ownString(body, "topic") ?? "") === "") throw missing("topic");
  const path = notificationsPath(bucket);
  const ids = state.store.list(path).map(([, item]) => Number(ownString(item, "id")));
  const id = String(Math.max(0, ...ids) + 1);
  const given = pick(body, ["custom_attributes", "event_types", "object_name_prefix", "payload_format", "topic"]);
  const item = { kind: "storage#notification", payload_format: "JSON_API_V1", ...given, id, etag: id };
  state.store.set(itemPath(path, id), item);
  return respond(call, { ...item, selfLink: base(call) + itemPath(path, id) });
};

const getNotification: KnownMethod = (call, state) => {
  const path = itemPath(notificationsPath(variable(call, "bucket")), variable(call, "notification"));
  bucketAt(variable(call, "bucket"), state);
  const item = state.store.get(path);
  if (item === undefined) throw new GoogleError(404, "The notification was not found.");
  return respond(call, { ...item, selfLink: base(call) + path });
};

const listNotifications: KnownMethod = (call, state) => {
  const bucket = variable(call, "bucket");
  bucketAt(bucket, state);
  const items = state.store
    .list(notificationsPath(bucket))
    .map(([path, item]) => ({ ...item, selfLink: base(call) + path }));
  return respond(call, { kind: "storage#notifications", ...(items.length === 0 ? {} : { items }) });
};

const deleteNotification: KnownMethod = (call, state) => {
  getNotification(call, state);
  state.store.delete(itemPath(notificationsPath(variable(call, "bucket")), variable(call, "notification")));
  return NO_CONTENT;
};

export const PROJECT_METHODS: Readonly<Record<string, KnownMethod>> = {
  "storage.projects.hmacKeys.create": createKey,
  "storage.projects.hmacKeys.get": getKey,
  "storage.projects.hmacKeys.update": updateKey,
  "storage.projects.hmacKeys.delete": deleteKey,
  "storage.projects.hmacKeys.list": listKeys,
  "storage.projects.serviceAccount.get": getServiceAccount,
  "storage.notifications.insert": insertNotification,
  "storage.notifications.get": getNotification,
  "storage.notifications.list": listNotifications,
  "storage.notifications.delete": deleteNotification,
};
