/** Items as stored: properties from the client, from the path, and from the server. */
import type { PropertyModel } from "../../model/types.js";
import { isStringProperty, propertiesOf } from "../api-index.js";
import type { Collection } from "./collections.js";
import { hashOf } from "./etags.js";
import { GoogleError, invalid } from "../google-error.js";
import { isObject, type Json, type JsonObject, merge, own, ownString } from "../json.js";
import { withKinds } from "./kinds.js";
import { apiFacts } from "../known-apis/index.js";
import { sampleObject } from "./sample.js";
import { splitPath } from "./store.js";

interface ItemFacts {
  readonly collection: Collection;
  /** Canonical path of the item. */
  readonly path: string;
  /** Path parameters of the call. */
  readonly variables: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Absent for a new item. */
  readonly previous?: JsonObject;
  /** True if the client names a new item in the item itself. */
  readonly isNamedByClient?: boolean;
}

/** Completes a new or changed item. Read-only properties keep their previous value, whatever the client sends. */
export function completeItem(written: JsonObject, facts: ItemFacts): JsonObject {
  const { collection, previous } = facts;
  const { api, item, itemName, properties } = collection;
  const readOnlyNames = new Set(properties.filter(({ readOnly }) => readOnly).map(({ name }) => name));
  const clients = Object.entries(written).filter(([name]) => !readOnlyNames.has(name));
  const kept = Object.entries(previous ?? {}).filter(([name]) => readOnlyNames.has(name));
  const given = { ...Object.fromEntries(clients), ...Object.fromEntries(kept) };
  const named = { ...withPath(given, collection, facts), ...shortName(written, facts) };
  const completed = { ...named, ...serverProperties(properties, named, facts) };
  const { complete } = apiFacts(api.model.id);
  const finish = Object.hasOwn(complete, itemName) ? complete[itemName] : undefined;
  return withEtag(withKinds(finish?.(completed, previous) ?? completed, item, api.schemas), collection);
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

const CREATION_TIMES = new Set(["createTime", "createdTime", "creationTimestamp", "timeCreated"]);
const UPDATE_TIMES = new Set(["modifiedTime", "updateTime", "updated"]);
/** States of a usable resource. */
export const LIVE = ["ACTIVE", "READY", "RUNNING", "RUNNABLE", "ENABLED"];

/** Returns times and states, under the names that most APIs use. */
function serverProperties(
  properties: readonly PropertyModel[],
  item: JsonObject,
  { now, previous }: ItemFacts,
): JsonObject {
  const time = new Date(now).toISOString();
  const entries = properties.flatMap(({ name, type, readOnly }): [string, Json][] => {
    if (type.kind !== "string") return [];
    const isTime = type.format === "google-datetime" || type.format === "date-time";
    const isNew = previous === undefined || own(item, name) === undefined;
    if (isTime && (UPDATE_TIMES.has(name) || (isNew && CREATION_TIMES.has(name)))) return [[name, time]];
    const states = type.enum?.values.map(({ value }) => value) ?? [];
    const live = readOnly && isNew && name === "state" ? LIVE.find((state) => states.includes(state)) : undefined;
    return live === undefined ? [] : [[name, live]];
  });
  return Object.fromEntries(entries);
}

/** Returns a sample item of the collection's type. */
export function sampleItem(
  collection: Collection,
  facts: { readonly path: string; readonly variables: ReadonlyMap<string, string> },
): JsonObject {
  const { api, item, keyProperty, reference } = collection;
  const fromPath = [...facts.variables.keys(), keyProperty ?? "", reference ?? ""];
  return withEtag(withPath(sampleObject(item, api.schemas, fromPath), collection, facts), collection);
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
  const { api, properties, keyVariable, keyProperty, namesAfter, reference } = collection;
  const name = nameAt(collection, path);
  const clean = merge({}, item);
  // If the name is a path, the client's value is ignored.
  if (namesAfter !== undefined) return keyProperty === undefined ? clean : { ...clean, [keyProperty]: name };
  const values = new Map([...variables, [keyVariable ?? keyProperty ?? "", name]]);
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
  { keyProperty, namesAfter, reference, keyVariable = "" }: Collection,
): string | undefined {
  const holder = reference === undefined ? undefined : own(item, reference);
  const referred = isObject(holder) ? ownString(holder, keyVariable) : undefined;
  const key = referred ?? (keyProperty === undefined ? undefined : ownString(item, keyProperty));
  const last = namesAfter === undefined ? key : key?.split("/").at(-1);
  return last === "" ? undefined : last;
}
