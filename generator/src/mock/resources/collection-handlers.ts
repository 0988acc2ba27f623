/** What get, list, insert, update, patch and delete do to a collection in memory. */
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
import type { World } from "../world.js";

/** The facts of a role, and what its handler works with. */
interface RoleFacts extends CollectionFacts {
  readonly role: RoleOf;
  readonly confirm: Confirm;
  readonly progress: Progress | undefined;
}

export function collectionHandler(role: RoleOf, facts: CollectionFacts, world: World): Handler {
  const { collection } = facts;
  const confirm = confirmFor({ entry: role.entry, collection }, world);
  const whole = { ...facts, role, confirm, progress: progressOf(collection) };
  switch (role.role) {
    case "get":
      return getHandler(whole, world);
    case "list":
      return listHandler(role, facts, world);
    case "insert":
      return insertHandler(whole, world);
    case "delete":
      return deleteHandler(whole, world);
    case "patch":
    case "update":
      return changeHandler(whole, world);
  }
}

function getHandler({ progress, ...facts }: RoleFacts, world: World): Handler {
  return (call) => {
    const item = itemAt(call.path, facts, call, world);
    if (progress !== undefined) advance(call.path, progress, world);
    return { status: 200, body: item };
  };
}

function insertHandler({ collection, parent, role, confirm, progress }: RoleFacts, { store, now }: World): Handler {
  const isPut = isAtItem(role.entry, collection);
  return (call) => {
    const written = withoutServersKey(writtenIn(call, role, collection), collection);
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

/** The item as the client wrote it. */
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

/** Keys that only the server gives: what the client says of them is not asked. */
function isServersKey({ keyProperty, namesAfter, properties }: Collection): boolean {
  const property = properties.find(({ name }) => name === keyProperty);
  return namesAfter === undefined && (property?.readOnly === true || isNumeral(property));
}

function isNumeral(property: PropertyModel | undefined): boolean {
  return property?.type.kind === "string" && isInt64(property.type.format);
}

function withoutServersKey(item: JsonObject, collection: Collection): JsonObject {
  if (!isServersKey(collection)) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== collection.keyProperty));
}

/** The key that the item itself has, or one of the server's where the client may leave that to it. */
function newKey(collection: Collection, item: JsonObject): string {
  const key = keyOf(item, collection);
  if (key !== undefined) return key;
  const property = collection.properties.find(({ name }) => name === collection.keyProperty);
  return isNumeral(property) ? String(randomInt(1e12, 2e12)) : randomBytes(8).toString("hex");
}

/** The id that stands beside the item: `instanceId` of `POST …/instances` (AIP-133), in the query or the request. */
function chosenId({ entry: { api, method }, query, body, path }: Call): string | undefined {
  const word = splitPath(path)[1].toLowerCase();
  const isIdOf = (name: string) => name.endsWith("Id") && word.startsWith(name.slice(0, -3).toLowerCase());
  const parameter = method.parameters.find(({ name, location }) => location === "query" && isIdOf(name));
  if (parameter !== undefined) return query.get(parameter.name) || undefined;
  if (method.request?.kind !== "json" || body === undefined) return undefined;
  const isWrapper = propertiesOf(method.request.type, api.schemas).some(({ name }) => name === "parent");
  const name = isWrapper ? Object.keys(body).find(isIdOf) : undefined;
  return name === undefined ? undefined : ownString(body, name) || undefined;
}

function changeHandler(facts: RoleFacts, world: World): Handler {
  const { collection, confirm, role } = facts;
  const { store, now } = world;
  const isEtagTheirs = collection.properties.some(({ name, readOnly }) => name === "etag" && !readOnly);
  return (call) => {
    const { path, variables } = call;
    const isUpsert = call.query.get("allowMissing") === "true" && store.get(path) === undefined;
    const previous = isUpsert ? undefined : itemAt(path, facts, call, world);
    const written = writtenIn(call, role, collection);
    if (previous !== undefined) checkEtag(call, previous, collection, isEtagTheirs ? written : {});
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

function deleteHandler({ confirm, ...facts }: RoleFacts, world: World): Handler {
  const { collection } = facts;
  return (call) => {
    const { path } = call;
    const item = itemAt(path, facts, call, world);
    checkEtag(call, item, collection, call.body);
    const marks = deletionMarks(collection, world.now());
    if (Object.keys(marks).length === 0) {
      forget(path, world);
      return confirm(call, item, path);
    }
    const marked = withEtag({ ...item, ...marks }, collection);
    world.store.set(path, marked);
    return confirm(call, marked, path);
  };
}

/** With everything that belongs to it, but for its operations: who waits for the end of the last one still asks. */
function forget(path: string, { store, contents, policies, outcomes }: World): void {
  for (const gone of [path, ...store.below(path).filter((below) => !outcomes.has(below))]) {
    store.delete(gone);
    contents.delete(gone);
    policies.delete(gone);
  }
  outcomes.delete(path);
}
