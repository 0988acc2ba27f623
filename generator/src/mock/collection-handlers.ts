/** What get, list, insert, update, patch and delete do to a collection in memory. */
import { randomBytes, randomInt } from "node:crypto";
import { propertiesOf } from "./api-index.js";
import type { Call, Handler } from "./call.js";
import { isInt64 } from "./check-value.js";
import { answerType, type Collection, isAtItem, listedItems, type RoleOf } from "./collections.js";
import { type Confirm, confirmFor } from "./confirm.js";
import { badRequest, GoogleError, invalid, missing } from "./google-error.js";
import { completeItem, keyOf, notFound, sampleItem } from "./items.js";
import { isObject, type JsonObject, merge, own, ownString } from "./json.js";
import { withKinds } from "./kinds.js";
import { advance, type Progress, progressOf, withValue } from "./operations.js";
import { pageOf, pageRequest } from "./paging.js";
import { itemPath } from "./routes.js";
import { type Store, splitPath } from "./store.js";
import { maskedMerge } from "./update-mask.js";
import type { World } from "./world.js";

export interface CollectionFacts {
  readonly collection: Collection;
  /** The collection of the items that this one is below of, where it is known which there are. */
  readonly parent: Collection | undefined;
  /** Nothing tells which items there are: whatever is asked for is there. */
  readonly isOpen: boolean;
}

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
      return listHandler(whole, world);
    case "insert":
      return insertHandler(whole, world);
    case "delete":
      return deleteHandler(whole, world);
    case "patch":
    case "update":
      return changeHandler(whole, world);
  }
}

/**
 * The item at this path.
 *
 * @throws {GoogleError} when there is none, and none can be made up
 */
export function itemAt(
  path: string,
  { collection, parent, isOpen }: CollectionFacts,
  { variables }: Pick<Call, "variables">,
  { store }: World,
): JsonObject {
  const item = store.get(path);
  if (item !== undefined) return item;
  if (!isOpen) throw notFound(collection, path);
  checkParent(splitPath(path)[0], parent, store);
  const sample = sampleItem(collection, { path, variables });
  store.set(path, sample);
  return sample;
}

function getHandler({ progress, ...facts }: RoleFacts, world: World): Handler {
  return (call) => {
    const item = itemAt(call.path, facts, call, world);
    if (progress !== undefined) advance(call.path, progress, world);
    return { status: 200, body: item };
  };
}

/** More than one page holds, so that every program meets a second page. */
const SAMPLE_KEYS = ["sample-1", "sample-2", "sample-3"];

function listHandler({ role, progress, ...facts }: RoleFacts, world: World): Handler {
  const { api, method } = role.entry;
  const { store, pageTokens, pageSize } = world;
  const listed = listedItems(method, api);
  // The first token of a list of changes comes from elsewhere (Drive's getStartPageToken).
  const needsToken = method.parameters.some(({ name, required }) => required && name === method.paging?.token);
  return (call) => {
    const { path, query } = call;
    if (facts.isOpen && store.list(path).length === 0) {
      for (const key of SAMPLE_KEYS) itemAt(itemPath(path, key), facts, call, world);
    }
    const entries = store.list(path);
    // The operations of an item that is gone can still be listed.
    if (entries.length === 0) checkParent(path, facts.parent, store);
    const { paging } = method;
    const pages = { list: path, tokens: pageTokens, defaultSize: pageSize, isOpen: needsToken };
    const { page, next } =
      paging?.in === "query"
        ? pageOf(entries, pageRequest(query, paging.token, pages))
        : { page: entries, next: undefined };
    const items = page.map(([, item]) => item);
    if (progress !== undefined) for (const [key] of page) advance(`${path}/${key}`, progress, world);
    // As Google does, an empty list is left out.
    const body = {
      ...(listed === undefined || items.length === 0 ? {} : { [listed.property]: items }),
      ...(next === undefined || paging === undefined ? {} : { [paging.next]: pageTokens.write(path, next) }),
    };
    return { status: 200, body: withKinds(body, answerType(method), api.schemas) };
  };
}

/** @throws {GoogleError} when the item that the collection is below of is not there */
function checkParent(collectionPath: string, parent: Collection | undefined, store: Store): void {
  const [path] = splitPath(collectionPath);
  if (parent !== undefined && store.get(path) === undefined) throw notFound(parent, path);
}

function insertHandler({ collection, parent, role, confirm, progress }: RoleFacts, { store, now }: World): Handler {
  const isPut = isAtItem(role.entry, collection);
  return (call) => {
    const written = writtenIn(call, role);
    const path = isPut ? call.path : itemPath(call.path, newKey(collection, call, written));
    checkParent(splitPath(path)[0], parent, store);
    if (store.get(path) !== undefined)
      throw new GoogleError(409, `Already exists: ${notFound(collection, path).message.replace("Not found: ", "")}`);
    const made = completeItem(written, { collection, path, variables: call.variables, now: now() });
    const [first] = progress?.states ?? [];
    const item = progress === undefined || first === undefined ? made : withValue(made, progress.done, first);
    store.set(path, item);
    return confirm(call, item, path);
  };
}

/** The item as the client wrote it. */
function writtenIn({ body }: Call, { payload }: RoleOf): JsonObject {
  if (body === undefined) throw missing("the request body");
  const written = payload === undefined ? body : own(body, payload);
  if (isObject(written)) return written;
  throw missing(payload ?? "the request body");
}

/** The key that the client chose, or one of the server's where the client may leave that to it. */
function newKey(collection: Collection, call: Call, item: JsonObject): string {
  const chosen = chosenId(call);
  if (chosen !== undefined) return chosen;
  const { keyProperty, properties } = collection;
  const property = properties.find(({ name }) => name === keyProperty);
  const isNumeral = property?.type.kind === "string" && isInt64(property.type.format);
  const isServers = collection.namesAfter === undefined && (property?.readOnly === true || isNumeral);
  const key = isServers ? undefined : keyOf(item, collection);
  if (key !== undefined) return key;
  const given = property === undefined || isServers ? undefined : (own(item, property.name) ?? "");
  if (given !== undefined && typeof given !== "string") throw invalid(keyProperty ?? "", "it must be a string");
  return isNumeral ? String(randomInt(1e12, 2e12)) : randomBytes(8).toString("hex");
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
  return (call) => {
    const { path, variables } = call;
    const isUpsert = call.query.get("allowMissing") === "true" && store.get(path) === undefined;
    const previous = isUpsert ? undefined : itemAt(path, facts, call, world);
    const written = writtenIn(call, role);
    const changed = role.role === "patch" ? patched(previous ?? {}, written, call, collection) : written;
    const base = { collection, path, variables, now: now() };
    const item = completeItem(changed, previous === undefined ? base : { ...base, previous });
    store.set(path, item);
    return confirm(call, item, path);
  };
}

function patched(previous: JsonObject, written: JsonObject, { query, body }: Call, collection: Collection): JsonObject {
  const mask = query.get("updateMask") ?? ownString(body ?? {}, "updateMask") ?? "";
  if (mask === "") return merge(previous, written);
  const paths = mask
    .split(",")
    .map((path) => path.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()));
  const known = new Set(["*", ...collection.properties.map(({ name }) => name)]);
  const violations = paths
    .filter((path) => !known.has(path.split(".", 1)[0] ?? ""))
    .map((path) => ({ field: "updateMask", description: `Invalid updateMask: unknown field ${JSON.stringify(path)}` }));
  if (violations.length > 0) throw badRequest(violations);
  return maskedMerge(previous, written, paths);
}

function deleteHandler({ confirm, ...facts }: RoleFacts, world: World): Handler {
  return (call) => {
    const item = itemAt(call.path, facts, call, world);
    world.store.delete(call.path);
    return confirm(call, item, call.path);
  };
}
