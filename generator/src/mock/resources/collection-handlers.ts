/** Handlers of get, list, insert, update, patch and delete for a collection in memory. */
import { randomBytes, randomInt } from "node:crypto";
import type { PropertyModel } from "../../model/types.js";
import { propertiesOf } from "../api-index.js";
import type { Call, Handler } from "../call.js";
import { isInt64 } from "../requests/check-value.js";
import { type Collection, isAtItem, type RoleOf } from "./collections.js";
import { type Confirm, confirmFor } from "./confirm.js";
import { checkEtag } from "./etags.js";
import { GoogleError, missing } from "../google-error.js";
import { completeItem, keyOf, notFound, withEtag } from "./items.js";
import { isObject, type Json, type JsonObject, merge, own, ownString } from "../json.js";
import { listHandler } from "../lists/lists.js";
import { checkParent, type CollectionFacts, itemAt } from "./lookup.js";
import { advance, type Progress, progressOf, withValue } from "./progress.js";
import { itemPath } from "../routes.js";
import { deletionMarks } from "./soft-delete.js";
import { splitPath } from "./store.js";
import { checkedMask, maskedMerge, maskOf } from "../requests/update-mask.js";
import type { MockState } from "../mock-state.js";

/** What the handler of a role works with. */
interface RoleFacts extends CollectionFacts {
  readonly role: RoleOf;
  readonly confirm: Confirm;
  readonly progress: Progress | undefined;
}

export function collectionHandler(role: RoleOf, facts: CollectionFacts, mockState: MockState): Handler {
  const { collection } = facts;
  const confirm = confirmFor({ entry: role.entry, collection }, mockState);
  const roleFacts = { ...facts, role, confirm, progress: progressOf(collection) };
  switch (role.role) {
    case "get":
      return getHandler(roleFacts, mockState);
    case "list":
      return listHandler(role, facts, mockState);
    case "insert":
      return insertHandler(roleFacts, mockState);
    case "delete":
      return deleteHandler(roleFacts, mockState);
    case "patch":
    case "update":
      return changeHandler(roleFacts, mockState);
  }
}

function getHandler({ progress, ...facts }: RoleFacts, mockState: MockState): Handler {
  return (call) => {
    const item = itemAt(call.path, facts, call, mockState);
    if (progress !== undefined) advance(call.path, progress, mockState);
    return { status: 200, body: item };
  };
}

function insertHandler({ collection, parent, role, confirm, progress }: RoleFacts, { store, now }: MockState): Handler {
  const isPut = isAtItem(role.entry, collection);
  return (call) => {
    const written = withoutServerKey(writtenIn(call, role, collection), collection);
    const chosen = chosenId(call);
    const path = isPut ? call.path : itemPath(call.path, chosen ?? newKey(collection, written));
    checkParent(splitPath(path)[0], parent, store);
    if (store.get(path) !== undefined)
      throw new GoogleError(409, `Already exists: ${notFound(collection, path).message.replace("Not found: ", "")}`);
    const isNamedByClient = !isPut && chosen === undefined;
    const made = completeItem(written, { collection, path, variables: call.variables, now: now(), isNamedByClient });
    const [first] = progress?.states ?? [];
    const item = progress === undefined || first === undefined ? made : withValue(made, progress.done, first);
    store.set(path, item);
    return confirm(call, item, path);
  };
}

/** Returns the item in a request. */
function writtenIn({ body }: Call, { payload, isPartial }: RoleOf, { properties }: Collection): JsonObject {
  if (body === undefined) throw missing("the request body");
  if (isPartial) return Object.fromEntries(properties.flatMap(({ name }) => entryOf(body, name)));
  const written = payload === undefined ? body : own(body, payload);
  if (isObject(written)) return written;
  throw missing(payload ?? "the request body");
}

function entryOf(object: JsonObject, name: string): readonly [string, Json][] {
  const value = own(object, name);
  return value === undefined ? [] : [[name, value]];
}

/** Returns true if only the server sets the key, so that the client's value is ignored. */
function isServerKey({ keyProperty, namesAfter, properties }: Collection): boolean {
  const property = properties.find(({ name }) => name === keyProperty);
  return namesAfter === undefined && (property?.readOnly === true || isNumeral(property));
}

function isNumeral(property: PropertyModel | undefined): boolean {
  return property?.type.kind === "string" && isInt64(property.type.format);
}

function withoutServerKey(item: JsonObject, collection: Collection): JsonObject {
  if (!isServerKey(collection)) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== collection.keyProperty));
}

/** Returns the key in the item, or a generated key if it has none. */
function newKey(collection: Collection, item: JsonObject): string {
  const key = keyOf(item, collection);
  if (key !== undefined) return key;
  const property = collection.properties.find(({ name }) => name === collection.keyProperty);
  return isNumeral(property) ? String(randomInt(1e12, 2e12)) : randomBytes(8).toString("hex");
}

/** Returns the id that is passed next to the item: `instanceId` of `POST …/instances` (AIP-133), in the query or the body. */
function chosenId({ entry: { api, method }, query, body, path }: Call): string | undefined {
  const plural = splitPath(path)[1].toLowerCase();
  const isIdOf = (name: string) => name.endsWith("Id") && plural.startsWith(name.slice(0, -3).toLowerCase());
  const parameter = method.parameters.find(({ name, location }) => location === "query" && isIdOf(name));
  if (parameter !== undefined) return query.get(parameter.name) || undefined;
  if (method.request?.kind !== "json" || body === undefined) return undefined;
  const isWrapper = propertiesOf(method.request.type, api.schemas).some(({ name }) => name === "parent");
  const name = isWrapper ? Object.keys(body).find(isIdOf) : undefined;
  return name === undefined ? undefined : ownString(body, name) || undefined;
}

function changeHandler(facts: RoleFacts, mockState: MockState): Handler {
  const { collection, confirm, role } = facts;
  const { store, now } = mockState;
  const isEtagWritable = collection.properties.some(({ name, readOnly }) => name === "etag" && !readOnly);
  return (call) => {
    const { path, variables } = call;
    const isUpsert = call.query.get("allowMissing") === "true" && store.get(path) === undefined;
    const previous = isUpsert ? undefined : itemAt(path, facts, call, mockState);
    const written = writtenIn(call, role, collection);
    if (previous !== undefined) checkEtag(call, previous, collection, isEtagWritable ? written : {});
    const changed = role.role === "patch" ? patched(previous ?? {}, written, call, collection) : written;
    const base = { collection, path, variables, now: now() };
    const item = completeItem(changed, previous === undefined ? base : { ...base, previous });
    store.set(path, item);
    return confirm(call, item, path);
  };
}

function patched(previous: JsonObject, written: JsonObject, call: Call, { api, item }: Collection): JsonObject {
  const mask = maskOf(call);
  if (mask === undefined) return merge(previous, written);
  return maskedMerge(previous, written, checkedMask(mask, item, api.schemas));
}

function deleteHandler({ confirm, ...facts }: RoleFacts, mockState: MockState): Handler {
  const { collection } = facts;
  return (call) => {
    const { path } = call;
    const item = itemAt(path, facts, call, mockState);
    checkEtag(call, item, collection, call.body);
    const marks = deletionMarks(collection, mockState.now());
    if (Object.keys(marks).length === 0) {
      remove(path, mockState);
      return confirm(call, item, path);
    }
    const marked = withEtag({ ...item, ...marks }, collection);
    mockState.store.set(path, marked);
    return confirm(call, marked, path);
  };
}

/** Deletes an item and everything below it except operations, which callers may still poll. */
function remove(path: string, { store, contents, policies, outcomes }: MockState): void {
  for (const deleted of [path, ...store.below(path).filter((below) => !outcomes.has(below))]) {
    store.delete(deleted);
    contents.delete(deleted);
    policies.delete(deleted);
  }
  outcomes.delete(path);
}
