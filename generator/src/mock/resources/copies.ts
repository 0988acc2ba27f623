/** Methods that make, remove or change several items: `copy`, `import`, `batchDelete`, `batchModify`, `emptyTrash`. */
import type { IndexedMethod } from "../api-index.js";
import { schemaName } from "../api-index.js";
import type { Call, Handler } from "../call.js";
import { type GoogleError, notModelled } from "../google-error.js";
import { isObject, type JsonObject, own } from "../json.js";
import type { MockState } from "../mock-state.js";
import { itemPath } from "../routes.js";
import { collectionHandler } from "./collection-handlers.js";
import { type Collection, listedItems, responseType, shapeOf } from "./collections.js";
import { type Effect, effectOf, membersOf, returnsNothing } from "./effects.js";
import { keyOf, withEtag } from "./items.js";
import { checkParent, type CollectionFacts, itemAt } from "./lookup.js";
import { splitPath } from "./store.js";

/** Properties that a copy does not take over from its source. */
const OWN_FACTS =
  /^(createTime|createdTime|created|creationTimestamp|etag|kind|selfLink|timeCreated|updateTime|updated)$/;
/** Properties by which people recognize an item. How APIs name a copy is not in their documents. */
const TITLES = new Set(["displayName", "name", "originalFilename", "summary", "title"]);

/** Returns the handler of `copy` and `clone`: makes another item of a stored one. */
export function copyHandler(entry: IndexedMethod, facts: CollectionFacts, mockState: MockState): Handler | undefined {
  const { collection } = facts;
  const insert = roleHandler("insert", facts, mockState);
  const takesItem = requestName(entry) === collection.itemName;
  if (!/^(clone|copy)$/.test(entry.method.name) || insert === undefined || !takesItem) return undefined;
  if (schemaName(responseType(entry.method), entry.api.schemas) !== collection.itemName) return undefined;
  return (call) => {
    const source = splitPath(call.path)[0];
    const body = copied(itemAt(source, facts, call, mockState), call, collection);
    const place = splitPath(source)[0];
    const response = insert({ ...call, path: place, variables: withoutKey(call, collection), body });
    const key = isObject(response.body) ? keyOf(response.body, collection) : undefined;
    if (key !== undefined) mockState.contents.copy(source, itemPath(place, key));
    return response;
  };
}

function copied(source: JsonObject, { body = {}, entry }: Call, { properties, keyProperty }: Collection): JsonObject {
  const readOnly = new Set(properties.filter((one) => one.readOnly).map(({ name }) => name));
  const kept = Object.entries(source).filter(
    ([name]) => name !== keyProperty && !readOnly.has(name) && !OWN_FACTS.test(name),
  );
  const unnamed = kept.find(([name]) => TITLES.has(name) && own(body, name) === undefined)?.[0];
  if (unnamed === "name" || unnamed === "title")
    throw notModelled(
      `The mock does not model how ${entry.method.id} names the copy.`,
      `Set "${unnamed}" in the body.`,
    );
  return { ...Object.fromEntries(kept), ...body };
}

function withoutKey({ variables }: Call, { keyVariable }: Collection): ReadonlyMap<string, string> {
  return new Map([...variables].filter(([name]) => name !== keyVariable));
}

/** Returns the handler of a method at a collection, if its effect follows from stored items. */
export function severalHandler(
  entry: IndexedMethod,
  facts: CollectionFacts,
  refuse: () => GoogleError,
  mockState: MockState,
): Handler | undefined {
  const { collection } = facts;
  const { method, api } = entry;
  const isItem = schemaName(responseType(method), api.schemas) === collection.itemName;
  const place = shapeOf(collection.template);
  if (method.name === "import" && isItem && requestName(entry) === collection.itemName) {
    const insert = shapeOf(entry.shape) === `${place}/import` ? roleHandler("insert", facts, mockState) : undefined;
    return insert && ((call) => insert({ ...call, path: collectionPath(call) }));
  }
  if (method.response?.kind === "stream" && method.httpMethod === "GET" && isItem) {
    return (call) => {
      const isSet = method.parameters.some(({ name, location }) => location === "query" && call.query.has(name));
      if (isSet) throw refuse();
      const path = collectionPath(call);
      checkParent(path, facts.parent, mockState.store);
      return { status: 200, body: mockState.store.list(path).map(([, item]) => item) };
    };
  }
  const remove = returnsNothing(entry) ? roleHandler("delete", facts, mockState) : undefined;
  if (method.name === "batchDelete" && remove !== undefined) {
    return (call) => {
      const paths = pathsIn(call, facts, refuse);
      for (const path of paths) itemAt(path, facts, call, mockState);
      for (const path of paths) remove({ ...call, path, body: undefined });
      return emptyResponse(entry);
    };
  }
  if (method.name === "emptyTrash" && remove !== undefined && hasTrash(collection)) {
    return (call) => {
      for (const [path, item] of mockState.store.list(collectionPath(call)))
        if (own(item, "trashed") === true) remove({ ...call, path, body: undefined });
      return emptyResponse(entry);
    };
  }
  const effect = method.name === "batchModify" && returnsNothing(entry) ? effectOf(entry, collection) : undefined;
  if (effect !== undefined) return (call) => changeAll(call, { facts, effect, refuse }, mockState);
  const listed = method.name === "batchGet" ? listedItems(method, api) : undefined;
  if (listed?.name !== collection.itemName) return undefined;
  return (call) => {
    const items = pathsIn(call, facts, refuse).map((path) => itemAt(path, facts, call, mockState));
    return { status: 200, body: items.length === 0 ? {} : { [listed.property]: items } };
  };
}

function changeAll(
  call: Call,
  { facts, effect, refuse }: { facts: CollectionFacts; effect: Effect; refuse: () => GoogleError },
  mockState: MockState,
): ReturnType<Handler> {
  const paths = pathsIn(call, facts, refuse);
  const items = paths.map((path) => itemAt(path, facts, call, mockState));
  for (const [index, item] of items.entries())
    mockState.store.set(paths[index] ?? "", withEtag(effect(item, call), facts.collection));
  return emptyResponse(call.entry);
}

/** Returns the paths of the items that `ids` or `names` in the body or query select. */
function pathsIn(call: Call, { collection }: CollectionFacts, refuse: () => GoogleError): readonly string[] {
  const { body = {}, query } = call;
  const names = [...membersOf(own(body, "names")), ...query.getAll("names")].map(String);
  const ids = [...membersOf(own(body, "ids")), ...query.getAll("ids")].map(String);
  if (names.length + ids.length === 0) throw refuse();
  const { namesAfter } = collection;
  if (names.length > 0 && namesAfter === undefined) throw refuse();
  return [
    ...names.map((name) => (namesAfter ?? "") + name.split("/").map(encodeURIComponent).join("/")),
    ...ids.map((id) => itemPath(collectionPath(call), id)),
  ];
}

/** Returns the path without `/verb` or `:verb`. */
function collectionPath({ path, entry }: Call): string {
  const last = splitPath(path)[1];
  return /(:|%3A)\w+$/i.test(last) ? path.replace(/(:|%3A)\w+$/i, "") : lastIsVerb(entry) ? splitPath(path)[0] : path;
}

function lastIsVerb({ shape }: IndexedMethod): boolean {
  return !shape.endsWith("}");
}

function requestName({ api, method }: IndexedMethod): string | undefined {
  return method.request?.kind === "json" ? schemaName(method.request.type, api.schemas) : undefined;
}

function hasTrash({ properties }: Collection): boolean {
  return properties.some(({ name, type }) => name === "trashed" && type.kind === "boolean");
}

function emptyResponse({ method }: IndexedMethod): ReturnType<Handler> {
  return method.response === undefined ? { status: 204, body: undefined } : { status: 200, body: {} };
}

function roleHandler(wanted: "delete" | "insert", facts: CollectionFacts, mockState: MockState): Handler | undefined {
  const role = facts.collection.roles.find(({ role }) => role === wanted);
  return role === undefined ? undefined : collectionHandler(role, facts, [], mockState);
}
