/** Initial resources of a mock, by the path of their collection. */
import type { ApiModel } from "../model/types.js";
import { DEPTH_LIMIT } from "./call.js";
import { collectionAt, type Collection } from "./resources/collections.js";
import { GoogleError } from "./google-error.js";
import { keyOf, withEtag, withPath } from "./resources/items.js";
import { isDeeperThan, isObject, type JsonObject } from "./json.js";
import { withKinds } from "./resources/kinds.js";
import { canonicalPath, itemPath } from "./routes.js";
import { SQLADMIN_V1BETA3_EXAMPLE } from "./known-apis/sqladmin-v1beta3-example.js";
import type { Store } from "./resources/store.js";

/**
 * Resources by collection path: `{ "/sql/v1beta3/projects/example-123/instances": [ { "instance": "orders", … } ] }`.
 *
 * A method id as the key, `"sql.flags.list": { … }`, sets the response to every call of that method.
 */
export type Fixtures = Readonly<Record<string, readonly JsonObject[] | JsonObject>>;

/** Fixtures that do not match the served APIs. The message names the fixture and the reason. */
export class FixtureError extends Error {
  constructor(path: string, reason: string) {
    super(`fixtures: ${path}: ${reason}`);
    this.name = "FixtureError";
  }
}

const EXAMPLES: ReadonlyMap<string, Readonly<Record<string, readonly JsonObject[]>>> = new Map([
  ["sqladmin:v1beta3", SQLADMIN_V1BETA3_EXAMPLE],
]);

/** Returns the example data that Discogen has for these APIs. Most APIs have none. */
export function exampleFixtures(
  models: readonly Pick<ApiModel, "id">[],
): Readonly<Record<string, readonly JsonObject[]>> {
  return Object.fromEntries(models.flatMap(({ id }) => Object.entries(EXAMPLES.get(id) ?? {})));
}

/**
 * Stores the resources with `kind` and the values of their path filled in. Returns the canonical paths of their collections.
 *
 * @throws {FixtureError}
 */
export function storeFixtures(fixtures: Fixtures, all: readonly Collection[], store: Store): ReadonlySet<string> {
  const filled = new Set<string>();
  for (const [path, items] of Object.entries(fixtures)) {
    if (!path.startsWith("/")) continue;
    const place = asFixtureError(path, () => canonicalPath(path));
    const collection = collectionAt(place, all);
    if (collection === undefined) throw new FixtureError(path, "no collection of the served APIs has this path");
    if (!isList(items)) throw new FixtureError(path, "expected an array of resources");
    filled.add(place);
    for (const [index, item] of items.entries()) {
      const at = `${path}[${index}]`;
      if (!isObject(item)) throw new FixtureError(at, "expected an object");
      if (isDeeperThan(DEPTH_LIMIT, item)) throw new FixtureError(at, `nested more than ${DEPTH_LIMIT} levels deep`);
      const key = keyIn(item, collection, index, at);
      const itemAt = asFixtureError(at, () => itemPath(place, key));
      if (store.get(itemAt) !== undefined) throw new FixtureError(at, `${JSON.stringify(key)} is already defined`);
      const facts = { path: itemAt, variables: variablesIn(place, collection) };
      const complete = asFixtureError(at, () => withPath(item, collection, facts));
      store.set(itemAt, withEtag(withKinds(complete, collection.item, collection.api.schemas), collection));
    }
  }
  return filled;
}

/** Returns the fixtures that are responses, by method id. */
export function fixedResponses(fixtures: Fixtures): ReadonlyMap<string, JsonObject> {
  const responses = new Map<string, JsonObject>();
  for (const [id, response] of Object.entries(fixtures)) {
    if (id.startsWith("/")) continue;
    if (isList(response) || !isObject(response))
      throw new FixtureError(id, "the response of a method must be an object");
    responses.set(id, response);
  }
  return responses;
}

function isList(value: readonly JsonObject[] | JsonObject): value is readonly JsonObject[] {
  return Array.isArray(value);
}

function keyIn(item: JsonObject, collection: Collection, index: number, at: string): string {
  const { keyVariable, keyProperty, roles } = collection;
  const key = keyVariable === undefined ? undefined : keyOf(item, collection);
  if (key !== undefined) return key;
  // Items without a get method need no key: lists return them in the order of the fixtures.
  if (!roles.some(({ role }) => role === "get")) return String(index).padStart(9, "0");
  throw new FixtureError(at, `${JSON.stringify(keyProperty ?? keyVariable)} is missing`);
}

function variablesIn(path: string, { template }: Collection): ReadonlyMap<string, string> {
  const segments = path.split("/");
  const wanted = template.split("/");
  return new Map(
    wanted.flatMap((text, index): [string, string][] =>
      /^\{.+\}$/.test(text) ? [[text.slice(1, -1), decodeURIComponent(segments[index] ?? "")]] : [],
    ),
  );
}

/** Runs `make`, and rethrows a `GoogleError` as a `FixtureError`: fixtures follow the same rules as requests. */
function asFixtureError<Value>(at: string, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    throw error instanceof GoogleError ? new FixtureError(at, error.message) : error;
  }
}
