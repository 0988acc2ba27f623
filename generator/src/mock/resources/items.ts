/** Items as the server keeps them: what the client wrote, what the path says, and what only the server may set. */
import type { PropertyModel } from "../../model/types.js";
import { isStringProperty, propertiesOf } from "../api-index.js";
import type { Collection } from "./collections.js";
import { hashOf } from "./etags.js";
import { GoogleError, invalid } from "../google-error.js";
import { isObject, type Json, type JsonObject, merge, own, ownString } from "../json.js";
import { withKinds } from "./kinds.js";
import { particularsOf } from "../known-apis/index.js";
import { sampleObject } from "./sample.js";
import { splitPath } from "./store.js";

interface ItemFacts {
  readonly collection: Collection;
  /** The item's own, canonical. */
  readonly path: string;
  /** Path parameters of the call. */
  readonly variables: ReadonlyMap<string, string>;
  /** Milliseconds. */
  readonly now: number;
  /** Absent for a new item. */
  readonly previous?: JsonObject;
  /** The name of a new item was the client's to say, in the item itself. */
  readonly isNamedByClient?: boolean;
}

/** A new item, or a changed one: what only the server may set is kept as it was, whatever the client sends. */
export function completeItem(written: JsonObject, facts: ItemFacts): JsonObject {
  const { collection, previous } = facts;
  const { api, item, itemName, properties } = collection;
  const isServers = new Set(properties.filter(({ readOnly }) => readOnly).map(({ name }) => name));
  const clients = Object.entries(written).filter(([name]) => !isServers.has(name));
  const kept = Object.entries(previous ?? {}).filter(([name]) => isServers.has(name));
  const given = { ...Object.fromEntries(clients), ...Object.fromEntries(kept) };
  const named = { ...withPath(given, collection, facts), ...shortName(written, facts) };
  const whole = { ...named, ...serversOwn(properties, named, facts) };
  const { complete } = particularsOf(api.model.id);
  const finish = Object.hasOwn(complete, itemName) ? complete[itemName] : undefined;
  return withEtag(withKinds(finish?.(whole, previous) ?? whole, item, api.schemas), collection);
}

/** Some APIs read by path and still name without one (Kubernetes Engine): the name stays as the client said it. */
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

const MADE_AT = new Set(["createTime", "createdTime", "creationTimestamp", "timeCreated"]);
const CHANGED_AT = new Set(["modifiedTime", "updateTime", "updated"]);
/** States of a resource that can be used. */
export const LIVE = ["ACTIVE", "READY", "RUNNING", "RUNNABLE", "ENABLED"];

/** Times and states, under the names that most APIs give them. */
function serversOwn(properties: readonly PropertyModel[], item: JsonObject, { now, previous }: ItemFacts): JsonObject {
  const time = new Date(now).toISOString();
  const entries = properties.flatMap(({ name, type, readOnly }): [string, Json][] => {
    if (type.kind !== "string") return [];
    const isTime = type.format === "google-datetime" || type.format === "date-time";
    const isNew = previous === undefined || own(item, name) === undefined;
    if (isTime && (CHANGED_AT.has(name) || (isNew && MADE_AT.has(name)))) return [[name, time]];
    const states = type.enum?.values.map(({ value }) => value) ?? [];
    const live = readOnly && isNew && name === "state" ? LIVE.find((state) => states.includes(state)) : undefined;
    return live === undefined ? [] : [[name, live]];
  });
  return Object.fromEntries(entries);
}

/** An item that nobody wrote, as one of its type could be. */
export function sampleItem(
  collection: Collection,
  facts: { readonly path: string; readonly variables: ReadonlyMap<string, string> },
): JsonObject {
  const { api, item, keyProperty, reference } = collection;
  const fromPath = [...facts.variables.keys(), keyProperty ?? "", reference ?? ""];
  return withEtag(withPath(sampleObject(item, api.schemas, fromPath), collection, facts), collection);
}

/**
 * The item, without what is null in it, with what its path says of it.
 *
 * @throws {GoogleError} where the two do not agree
 */
export function withPath(
  item: JsonObject,
  collection: Collection,
  { path, variables }: { readonly path: string; readonly variables: ReadonlyMap<string, string> },
): JsonObject {
  const { api, properties, keyVariable, keyProperty, namesAfter, reference } = collection;
  const name = nameAt(collection, path);
  const clean = merge({}, item);
  // What the client says of a name that is a path is not asked.
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
  const whole = new Map(Object.entries(item));
  for (const [variable, value] of values) {
    const name = (variable === keyVariable ? keyProperty : undefined) ?? variable;
    if (!isStringProperty(properties, name)) continue;
    const given = whole.get(name) ?? "";
    if (given === "") whole.set(name, value);
    else if (!agrees(given, value)) throw invalid(name, "it does not agree with the path");
  }
  return Object.fromEntries(whole);
}

/** What a path may say in place of the name that it means. */
const ALIASES: ReadonlySet<string> = new Set(["-", "me", "my_customer", "~"]);

/** Some APIs write the whole URL where the path has the last segment of it: Compute Engine's `zone`. */
function agrees(given: Json, value: string): boolean {
  return ALIASES.has(value) || given === value || (typeof given === "string" && given.endsWith(`/${value}`));
}

/** A changed item has another ETag. */
export function withEtag(item: JsonObject, { properties }: Pick<Collection, "properties">): JsonObject {
  const type = properties.find(({ name }) => name === "etag")?.type;
  if (type?.kind !== "string") return item;
  const { etag: _old, ...rest } = item;
  const hash = hashOf(rest);
  return { ...rest, etag: type.format === "byte" ? `${hash}=` : `"${hash}"` };
}

export function notFound(collection: Collection, path: string): GoogleError {
  const name = nameAt(collection, path);
  return new GoogleError(
    404,
    `Not found: ${collection.namesAfter === undefined ? [...collection.resource, name].join("/") : name}`,
  );
}

/** The name of the item at this canonical path: its last segment, or more where names are whole paths. */
export function nameAt({ namesAfter }: Collection, path: string): string {
  const name = namesAfter === undefined ? splitPath(path)[1] : path.slice(namesAfter.length);
  return name.split("/").map(decodeURIComponent).join("/");
}

/** The last segment of an item's path, as the item itself tells it. */
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
