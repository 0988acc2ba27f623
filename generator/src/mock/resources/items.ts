/** Items as stored: properties from the client, from the path, and from the server. */
import type { PropertyModel } from "../../model/types.js";
import { isStringProperty, propertiesOf } from "../api-index.js";
import type { Call } from "../call.js";
import type { Collection } from "./collections.js";
import { hashOf } from "./etags.js";
import { GoogleError, invalid } from "../google-error.js";
import { isObject, type Json, type JsonObject, merge, own, ownString } from "../json.js";
import { withKinds } from "./kinds.js";
import { apiFacts } from "../known-apis/index.js";
import { originOf } from "../request.js";
import { sampleObject } from "./sample.js";
import { expiryOf, isInputOnly, isServerSet, serverFacts, serverLinks, type ServerFacts } from "./server-facts.js";
import { splitPath } from "./store.js";

interface ItemFacts extends ServerFacts {
  /** True if the client names a new item in the item itself. */
  readonly isNamedByClient?: boolean;
}

/** Returns the facts that a call contributes to an item. */
export function factsFrom({ variables, headers, caller }: Pick<Call, "caller" | "headers" | "variables">): {
  readonly variables: ReadonlyMap<string, string>;
  readonly origin: string | undefined;
  readonly caller: string | undefined;
} {
  return { variables, caller, origin: headers.host === undefined ? undefined : originOf({ headers }) };
}

/** Completes a new or changed item. Read-only properties keep their previous value, whatever the client sends. */
export function completeItem(written: JsonObject, facts: ItemFacts): JsonObject {
  const { collection, previous } = facts;
  const { api, item, itemName, properties } = collection;
  const readOnlyNames = new Set(properties.filter(isServerSet).map(({ name }) => name));
  const hiddenNames = new Set(properties.filter(isInputOnly).map(({ name }) => name));
  const clients = Object.entries(written).filter(([name]) => !readOnlyNames.has(name) && !hiddenNames.has(name));
  const kept = Object.entries(previous ?? {}).filter(([name]) => readOnlyNames.has(name));
  const given = { ...Object.fromEntries(clients), ...Object.fromEntries(kept) };
  const named = { ...withPath(given, collection, facts), ...shortName(written, facts) };
  const completed = { ...named, ...expiryOf(written, facts), ...serverFacts(named, facts) };
  const { complete } = apiFacts(api.model.id);
  const finish = own(complete, itemName);
  return withEtag(
    withKinds(finish?.(completed, previous, new Date(facts.now).toISOString()) ?? completed, item, api.schemas),
    collection,
  );
}

/** Keeps a short name that the client sent. Some APIs have paths but short names (Kubernetes Engine). */
function shortName(
  written: JsonObject,
  { collection, path, previous, isNamedByClient = false }: ItemFacts,
): JsonObject {
  const { keyProperty, namesAfter } = collection;
  if (namesAfter === undefined || keyProperty === undefined) return {};
  const name = ownString(previous ?? written, keyProperty);
  const isShort = name !== undefined && name === decodeURIComponent(splitPath(path)[1]);
  return isShort && (previous !== undefined || isNamedByClient) ? { [keyProperty]: name } : {};
}

/** Returns a sample item of the collection's type. */
export function sampleItem(collection: Collection, facts: Omit<ServerFacts, "collection">): JsonObject {
  const { api, item, keyProperty, reference } = collection;
  const fromPath = [...facts.variables.keys(), keyProperty ?? "", reference ?? "", "selfLink", "mediaLink"];
  const sample = withPath(sampleObject(item, api.schemas, fromPath), collection, facts);
  return withEtag({ ...sample, ...serverLinks(sample, { ...facts, collection }) }, collection);
}

/**
 * Returns the item without `null` values and with the values of its path.
 *
 * @throws {GoogleError} 400 if a property contradicts the path
 */
export function withPath(
  item: JsonObject,
  collection: Collection,
  { path, variables }: { readonly path: string; readonly variables: ReadonlyMap<string, string> },
): JsonObject {
  const { api, properties, keyVariable, keyVariables, keyProperty, namesAfter, reference } = collection;
  const name = nameAt(collection, path);
  const clean = merge({}, item);
  // If the name is a path, the client's value is ignored.
  if (namesAfter !== undefined) return keyProperty === undefined ? clean : { ...clean, [keyProperty]: name };
  const names: readonly (readonly [string, string])[] =
    keyVariables.length > 1
      ? name.split("/").map((part, index) => [keyVariables[index] ?? "", part])
      : [[keyVariable ?? keyProperty ?? "", name]];
  const values = new Map([...variables, ...names]);
  if (keyVariables.length > 1) return filled(clean, properties, values, undefined, undefined);
  if (reference === undefined) return filled(clean, properties, values, keyVariable, keyProperty);
  const type = properties.find((property) => property.name === reference)?.type;
  const given = own(clean, reference);
  return {
    ...clean,
    [reference]: filled(isObject(given) ? given : {}, propertiesOf(type, api.schemas), values, undefined, undefined),
  };
}

function filled(
  item: JsonObject,
  properties: readonly PropertyModel[],
  values: ReadonlyMap<string, string>,
  keyVariable: string | undefined,
  keyProperty: string | undefined,
): JsonObject {
  const result = new Map(Object.entries(item));
  for (const [variable, value] of values) {
    const name = (variable === keyVariable ? keyProperty : undefined) ?? variable;
    const isNumber = name === keyProperty && !isStringProperty(properties, name) && /^\d+$/.test(value);
    if (isNumber) result.set(name, Number(value));
    if (!isStringProperty(properties, name)) continue;
    const given = result.get(name) ?? "";
    if (given === "") result.set(name, value);
    else if (!agrees(given, value)) throw invalid(name, "it contradicts the path");
  }
  return Object.fromEntries(result);
}

/** Placeholders in a path that replace another name. */
const ALIASES: ReadonlySet<string> = new Set(["-", "me", "my_customer", "~"]);

/** Compares a property with the path. Some properties contain the complete URL (Compute Engine's `zone`). */
function agrees(given: Json, value: string): boolean {
  return ALIASES.has(value) || given === value || (typeof given === "string" && given.endsWith(`/${value}`));
}

/** Sets the `etag` of an item, if its type has one. */
export function withEtag(item: JsonObject, { properties }: Pick<Collection, "properties">): JsonObject {
  const type = properties.find(({ name }) => name === "etag")?.type;
  if (type?.kind !== "string") return item;
  const { etag: _old, ...rest } = item;
  const hash = hashOf(rest);
  return { ...rest, etag: type.format === "byte" ? `${hash}=` : `"${hash}"` };
}

/** Returns a 404 error that names the item. */
export function notFound(collection: Collection, path: string): GoogleError {
  const name = nameAt(collection, path);
  return new GoogleError(
    404,
    `Not found: ${collection.namesAfter === undefined ? [...collection.resource, name].join("/") : name}`,
  );
}

/** Returns the name of the item at a canonical path: the last segment, or more if names are complete paths. */
export function nameAt({ namesAfter }: Collection, path: string): string {
  const name = namesAfter === undefined ? splitPath(path)[1] : path.slice(namesAfter.length);
  return name.split("/").map(decodeURIComponent).join("/");
}

/** Returns the key in an item: the last segment of its path. */
export function keyOf(
  item: JsonObject,
  { keyProperty, keyVariables, namesAfter, reference, keyVariable = "" }: Collection,
): string | undefined {
  if (keyVariables.length > 1) {
    const names = keyVariables.map((name) => ownString(item, name) ?? "");
    return names.includes("") ? undefined : names.join("/");
  }
  const holder = reference === undefined ? undefined : own(item, reference);
  const referred = isObject(holder) ? ownString(holder, keyVariable) : undefined;
  const value = keyProperty === undefined ? undefined : own(item, keyProperty);
  const key = referred ?? (typeof value === "string" || typeof value === "number" ? String(value) : undefined);
  const last = namesAfter === undefined ? key : key?.split("/").at(-1);
  return last === "" ? undefined : last;
}
