/**
 * What a method without a role concerns. A method that concerns a stored resource must not respond with a sample: its
 * response follows from what is stored, or is refused.
 */
import type { TypeModel } from "../../model/types.js";
import { type IndexedMethod, propertiesOf, resolved, type Schemas, schemaName } from "../api-index.js";
import { withoutCustomVerb } from "../routes.js";
import { type Collection, responseType, shapeOf } from "./collections.js";
import type { CollectionFacts } from "./lookup.js";
import { progressOf } from "./progress.js";

export interface Concern {
  readonly facts: CollectionFacts;
  /**
   * `item`: one item, `…/instances/{instance}/restart`. `below`: something below an item. `collection`: the collection,
   * `…/messages/batchModify`. `type`: only the type of the request or response is that of the items.
   */
  readonly at: "below" | "collection" | "item" | "type";
}

/** Returns what a method concerns, by its path, or else by its types; `undefined` if it concerns no collection. */
export function concernOf(entry: IndexedMethod, all: readonly CollectionFacts[]): Concern | undefined {
  const ofApi = all.filter(({ collection }) => collection.api === entry.api);
  const byPath = concernByPath(entry.shape, ofApi);
  if (byPath !== undefined && byPath.facts.isFilled) return byPath;
  return concernByType(entry, ofApi) ?? byPath;
}

function concernByPath(shape: string, all: readonly CollectionFacts[]): Concern | undefined {
  const segments = shapeOf(withoutCustomVerb(shape)).split("/");
  const hasVerb = withoutCustomVerb(shape) !== shape;
  const found = all.flatMap((facts) => {
    const wanted = shapeOf(facts.collection.template).split("/");
    const fits = wanted.every((text, index) => text === segments[index] || (text === "{}" && index < segments.length));
    if (!fits) return [];
    const at = placeIn(facts, segments.slice(wanted.length), hasVerb);
    return [{ facts, at, length: wanted.length }];
  });
  // The longest path is the closest collection. Of two with the same path, one that clients fill.
  return found.toSorted((a, b) => b.length - a.length || Number(b.facts.isFilled) - Number(a.facts.isFilled))[0];
}

function placeIn({ collection }: CollectionFacts, rest: readonly string[], hasVerb: boolean): Concern["at"] {
  const [first, second, ...more] = rest;
  if (first === undefined || collection.keyVariable === undefined) return "collection";
  if (second === undefined) return first === "{}" ? "item" : "collection";
  const isVerb = first === "{}" && /^\w+$/.test(second) && !hasVerb && more.length === 0;
  return isVerb ? "item" : "below";
}

/** Maximum number of types between a response and the items in it. */
const DEPTH_LIMIT = 3;

function concernByType(entry: IndexedMethod, all: readonly CollectionFacts[]): Concern | undefined {
  const { api, method } = entry;
  const request = method.request?.kind === "json" ? method.request.type : undefined;
  const filled = all.filter(({ isFilled, collection }) => isFilled && progressOf(collection) === undefined);
  const found =
    mentioned([responseType(method), request], filled, api.schemas) ??
    // A write with an item of any collection: what it stores would be lost.
    (method.httpMethod === "GET"
      ? undefined
      : all.find(({ collection }) => takes(request, collection.itemName, api.schemas)));
  return found === undefined ? undefined : { facts: found, at: "type" };
}

function takes(request: TypeModel | undefined, itemName: string, schemas: Schemas): boolean {
  const types = [request, ...propertiesOf(request, schemas).map(({ type }) => type)];
  return types.some((type) => schemaName(type, schemas) === itemName);
}

/** Returns true if the items of a collection have a property with items that clients make: Drive's changes hold files. */
export function holdsItemsOf({ api, item }: Collection, all: readonly CollectionFacts[]): boolean {
  const filled = all.filter(
    ({ isFilled, collection }) => isFilled && collection.api === api && progressOf(collection) === undefined,
  );
  const names = new Set(filled.map(({ collection }) => collection.itemName));
  return propertiesOf(item, api.schemas).some(({ type }) =>
    names.has(schemaName(elementOf(type, api.schemas), api.schemas) ?? ""),
  );
}

/** Returns the first of these collections whose items are part of one of these types. */
export function mentioned(
  types: readonly (TypeModel | undefined)[],
  all: readonly CollectionFacts[],
  schemas: Schemas,
): CollectionFacts | undefined {
  const byName = new Map(all.map((facts) => [facts.collection.itemName, facts]));
  const seen = new Set<string>();
  let level = types.filter((type) => type !== undefined);
  for (let depth = 0; depth <= DEPTH_LIMIT && level.length > 0; depth += 1) {
    const names = level.flatMap((type) => schemaName(elementOf(type, schemas), schemas) ?? []);
    const hit = names.find((name) => byName.has(name));
    if (hit !== undefined) return byName.get(hit);
    const fresh = names.filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    level = fresh.flatMap((name) => propertiesOf({ kind: "reference", name }, schemas).map(({ type }) => type));
  }
  return undefined;
}

/** Returns the type of the elements of arrays and maps. */
function elementOf(type: TypeModel, schemas: Schemas): TypeModel {
  let at = type;
  for (let depth = 0; depth < DEPTH_LIMIT; depth += 1) {
    const shape = resolved(at, schemas);
    if (shape.kind === "array") at = shape.items;
    else if (shape.kind === "map") at = shape.values;
    else break;
  }
  return at;
}
