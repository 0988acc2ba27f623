/** Items as the server keeps them: what the client wrote, what the path says, and what only the server may set. */
import { createHash } from "node:crypto";
import { isStringProperty } from "./api-index.js";
import type { Call } from "./call.js";
import type { Collection } from "./collections.js";
import { GoogleError, invalid } from "./google-error.js";
import { type Json, type JsonObject, merge } from "./json.js";
import { withKinds } from "./kinds.js";
import { particularsOf } from "./known-apis.js";

interface ItemFacts {
  readonly collection: Collection;
  readonly call: Call;
  readonly key: string;
  /** Absent for a new item. */
  readonly previous?: JsonObject;
}

/** A new item, or a changed one: what only the server may set is kept as it was, whatever the client sends. */
export function completeItem(written: JsonObject, { collection, call, key, previous }: ItemFacts): JsonObject {
  const { api, item, itemName, properties, keyVariable, keyProperty } = collection;
  const isServers = new Set(properties.filter(({ readOnly }) => readOnly).map(({ name }) => name));
  const clients = Object.entries(written).filter(([name]) => !isServers.has(name));
  const kept = Object.entries(previous ?? {}).filter(([name]) => isServers.has(name));
  const variables = new Map([...call.variables, [keyVariable ?? keyProperty ?? "", key]]);
  const whole = { ...withPath(Object.fromEntries(clients), collection, variables), ...Object.fromEntries(kept) };
  const { complete } = particularsOf(api.model.id);
  const finish = Object.hasOwn(complete, itemName) ? complete[itemName] : undefined;
  return withEtag(withKinds(finish?.(whole, previous) ?? whole, item, api.schemas), collection);
}

/**
 * The item, without what is null in it, with what its path says of it.
 *
 * @throws {GoogleError} where the two do not agree
 */
export function withPath(
  item: JsonObject,
  { properties, keyVariable, keyProperty }: Collection,
  variables: ReadonlyMap<string, string>,
): JsonObject {
  const whole = new Map(Object.entries(merge({}, item)));
  for (const [variable, value] of variables) {
    const name = (variable === keyVariable ? keyProperty : undefined) ?? variable;
    if (!isStringProperty(properties, name)) continue;
    const given = whole.get(name) ?? "";
    if (given === "") whole.set(name, value);
    else if (!agrees(given, value)) throw invalid(name, "it does not agree with the path");
  }
  return Object.fromEntries(whole);
}

/** Some APIs write the whole URL where the path has the last segment of it: Compute Engine's `zone`. */
function agrees(given: Json, value: string): boolean {
  return given === value || (typeof given === "string" && given.endsWith(`/${value}`));
}

/** A changed item has another ETag. */
export function withEtag(item: JsonObject, { properties }: Collection): JsonObject {
  if (!isStringProperty(properties, "etag")) return item;
  const { etag: _old, ...rest } = item;
  return { ...rest, etag: `"${createHash("sha256").update(JSON.stringify(rest)).digest("base64url").slice(0, 27)}"` };
}

export function notFound(collection: Collection, key: string): GoogleError {
  return new GoogleError(404, `Not found: ${[...collection.resource, key].join("/")}`);
}

/** The item that the last variable of the path names, in an error. */
export function keyOf({ keyVariable }: Collection, { variables }: Call): string {
  return variables.get(keyVariable ?? "") ?? "";
}
