/** Resources that change others: a DNS change adds and deletes record sets of the same zone. */
import { schemaName } from "../api-index.js";
import type { Call } from "../call.js";
import { GoogleError } from "../google-error.js";
import { isObject, type Json, type JsonObject, own } from "../json.js";
import type { MockState } from "../mock-state.js";
import { itemPath } from "../routes.js";
import type { Collection } from "./collections.js";
import { completeItem, factsFrom, keyOf, notFound } from "./items.js";
import { splitPath } from "./store.js";

/** Applies a new resource to others. Throws an error, and changes nothing, if it does not fit them. */
export type ApplyChange = (made: JsonObject, call: Call) => void;

/** Returns how a collection changes another one: its items list `additions` and `deletions` of the other's items. */
export function changesBy(
  collection: Collection,
  all: readonly Collection[],
  { store, now }: MockState,
): ApplyChange | undefined {
  const types = ["additions", "deletions"].map((name) => {
    const type = collection.properties.find((property) => property.name === name)?.type;
    return type?.kind === "array" ? schemaName(type.items, collection.api.schemas) : undefined;
  });
  const [added, deleted] = types;
  const [parent] = splitPath(collection.template);
  const target = all.find(
    ({ api, itemName, template }) =>
      api === collection.api && itemName === added && added === deleted && splitPath(template)[0] === parent,
  );
  if (target === undefined) return undefined;
  return (made, call) => {
    const place = `${splitPath(call.path)[0]}/${splitPath(target.template)[1]}`;
    const read = (name: string) =>
      itemsIn(made, name).map((item) => ({ item, path: itemPath(place, keyOf(item, target) ?? "") }));
    const [additions, deletions] = [read("additions"), read("deletions")];
    const isGone = new Set(deletions.map(({ path }) => path));
    for (const { item, path } of deletions) {
      const stored = store.get(path);
      if (stored === undefined) throw notFound(target, path);
      const isSame = Object.entries(item).every(([name, value]) => isEqual(own(stored, name), value));
      if (!isSame) throw new GoogleError(412, "Precondition not met: a deletion does not match the existing resource.");
    }
    for (const { path } of additions) {
      if (store.get(path) !== undefined && !isGone.has(path))
        throw new GoogleError(409, `Already exists: ${notFound(target, path).message.replace("Not found: ", "")}`);
    }
    for (const { path } of deletions) store.delete(path);
    for (const { item, path } of additions)
      store.set(path, completeItem(item, { collection: target, path, ...factsFrom(call), now: now() }));
  };
}

function isEqual(a: Json | undefined, b: Json): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function itemsIn(object: JsonObject, name: string): readonly JsonObject[] {
  const value = own(object, name);
  return Array.isArray(value) ? value.filter(isObject) : [];
}
