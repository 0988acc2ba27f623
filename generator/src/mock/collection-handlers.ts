/** What get, list, insert, update, patch and delete do to a collection in memory. */
import { randomBytes } from "node:crypto";
import type { IndexedMethod } from "./api-index.js";
import type { Handler } from "./call.js";
import { answerType, type Collection, listedItems, type RoleOf } from "./collections.js";
import type { Confirm } from "./confirm.js";
import { GoogleError, invalid, missing } from "./google-error.js";
import { completeItem, keyOf, notFound } from "./items.js";
import { type JsonObject, merge, own } from "./json.js";
import { withKinds } from "./kinds.js";
import { advanced, isOperations } from "./operations.js";
import { pageOf, pageRequest } from "./paging.js";
import { itemPath } from "./routes.js";
import { type Store, splitPath } from "./store.js";
import type { World } from "./world.js";

export interface CollectionFacts {
  readonly collection: Collection;
  /** The collection of the items that this one is below of. */
  readonly parent: Collection | undefined;
  /** Absent where the mock cannot answer as the method does: a change is not made then. */
  readonly confirm: Confirm | undefined;
}

export function collectionHandler({ role, entry }: RoleOf, facts: CollectionFacts, world: World): Handler | undefined {
  const { collection, parent, confirm } = facts;
  if (role === "get") return getHandler(collection, world);
  if (role === "list") return listHandler(entry, { collection, parent }, world);
  if (confirm === undefined) return undefined;
  if (role === "insert") return insertHandler({ collection, parent, confirm }, world);
  if (role === "delete") return deleteHandler({ collection, confirm }, world);
  return changeHandler({ collection, confirm }, world, role === "patch" ? merge : (_previous, body) => body);
}

interface ChangeFacts extends CollectionFacts {
  readonly confirm: Confirm;
}

function getHandler(collection: Collection, { store, now }: World): Handler {
  const areOperations = isOperations(collection);
  return (call) => {
    const item = store.get(call.path);
    if (item === undefined) throw notFound(collection, keyOf(collection, call));
    if (areOperations) store.set(call.path, advanced(item, now()));
    return { status: 200, body: item };
  };
}

function listHandler(
  { api, method }: IndexedMethod,
  { collection, parent }: Pick<CollectionFacts, "collection" | "parent">,
  world: World,
): Handler {
  const { store, pageTokens, pageSize, now } = world;
  const listed = listedItems(method, api);
  const areOperations = isOperations(collection);
  return ({ path, query }) => {
    const entries = store.list(path);
    // The operations of an item that is gone can still be listed.
    if (entries.length === 0) checkParent(path, parent, store);
    const { paging } = method;
    const facts = { list: path, tokens: pageTokens, defaultSize: pageSize };
    const { page, next } =
      paging?.in === "query"
        ? pageOf(entries, pageRequest(query, paging.token, facts))
        : { page: entries, next: undefined };
    const items = page.map(([, item]) => item);
    if (areOperations) for (const [key, item] of page) store.set(`${path}/${key}`, advanced(item, now()));
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
  if (parent !== undefined && store.get(path) === undefined)
    throw notFound(parent, decodeURIComponent(splitPath(path)[1]));
}

function insertHandler({ collection, parent, confirm }: ChangeFacts, { store }: World): Handler {
  return (call) => {
    if (call.body === undefined) throw missing("the request body");
    checkParent(call.path, parent, store);
    const key = newKey(collection, call.body);
    const path = itemPath(call.path, key);
    if (store.get(path) !== undefined) {
      throw new GoogleError(409, `Already exists: ${[...collection.resource, key].join("/")}`);
    }
    const item = completeItem(call.body, { collection, call, key });
    store.set(path, item);
    return confirm(call, item, key);
  };
}

/** The key that the client chose, or one of the server's where the client may leave that to it. */
function newKey({ keyProperty, properties }: Collection, body: JsonObject): string {
  const property = properties.find(({ name }) => name === keyProperty);
  const key = property === undefined || property.readOnly ? undefined : own(body, property.name);
  if (key === undefined || key === null || key === "") return randomBytes(8).toString("hex");
  if (typeof key === "string") return key;
  throw invalid(keyProperty ?? "", "it must be a string");
}

function changeHandler(
  { collection, confirm }: Omit<ChangeFacts, "parent">,
  { store }: World,
  change: (previous: JsonObject, body: JsonObject) => JsonObject,
): Handler {
  return (call) => {
    const previous = store.get(call.path);
    const key = keyOf(collection, call);
    if (previous === undefined) throw notFound(collection, key);
    if (call.body === undefined) throw missing("the request body");
    const item = completeItem(change(previous, call.body), { collection, call, key, previous });
    store.set(call.path, item);
    return confirm(call, item, key);
  };
}

function deleteHandler({ collection, confirm }: Omit<ChangeFacts, "parent">, { store }: World): Handler {
  return (call) => {
    const item = store.get(call.path);
    const key = keyOf(collection, call);
    if (item === undefined) throw notFound(collection, key);
    store.delete(call.path);
    return confirm(call, item, key);
  };
}
