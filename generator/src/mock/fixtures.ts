/** What a mock begins with: resources by the path of their collection. */
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
 * `{ "/sql/v1beta3/projects/example-123/instances": [ { "instance": "orders", … } ] }`: the resources of a collection.
 *
 * A method id in place of a path, `"sql.flags.list": { … }`, stands for the answer to all calls of that method.
 */
export type Fixtures = Readonly<Record<string, readonly JsonObject[] | JsonObject>>;

/** Fixtures that do not fit the APIs served. The message says which, and why. */
export class FixtureError extends Error {
  constructor(path: string, reason: string) {
    super(`fixtures: ${path}: ${reason}`);
    this.name = "FixtureError";
  }
}

const EXAMPLES: ReadonlyMap<string, Readonly<Record<string, readonly JsonObject[]>>> = new Map([
  ["sqladmin:v1beta3", SQLADMIN_V1BETA3_EXAMPLE],
]);

/** The example data that Discogen has for these APIs; none for most. */
export function exampleFixtures(
  models: readonly Pick<ApiModel, "id">[],
): Readonly<Record<string, readonly JsonObject[]>> {
  return Object.fromEntries(models.flatMap(({ id }) => Object.entries(EXAMPLES.get(id) ?? {})));
}

/**
 * Stores the resources among fixtures, with `kind` and what their path says filled in; gives the collections they belong to.
 *
 * @throws {FixtureError}
 */
export function storeFixtures(fixtures: Fixtures, all: readonly Collection[], store: Store): ReadonlySet<Collection> {
  const filled = new Set<Collection>();
  for (const [path, items] of Object.entries(fixtures)) {
    if (!path.startsWith("/")) continue;
    const place = refused(path, () => canonicalPath(path));
    const collection = collectionAt(place, all);
    if (collection === undefined) throw new FixtureError(path, "no collection of the served APIs has this path");
    if (!isList(items)) throw new FixtureError(path, "a list of resources is expected");
    filled.add(collection);
    for (const [index, item] of items.entries()) {
      const at = `${path}[${index}]`;
      if (!isObject(item)) throw new FixtureError(at, "an object is expected");
      if (isDeeperThan(DEPTH_LIMIT, item)) throw new FixtureError(at, `it is nested deeper than ${DEPTH_LIMIT}`);
      const key = keyIn(item, collection, index, at);
      const itemAt = refused(at, () => itemPath(place, key));
      if (store.get(itemAt) !== undefined) throw new FixtureError(at, `there is another ${JSON.stringify(key)}`);
      const facts = { path: itemAt, variables: variablesIn(place, collection) };
      const whole = refused(at, () => withPath(item, collection, facts));
      store.set(itemAt, withEtag(withKinds(whole, collection.item, collection.api.schemas), collection));
    }
  }
  return filled;
}

/** The answers among fixtures, by method id. */
export function answersIn(fixtures: Fixtures): ReadonlyMap<string, JsonObject> {
  const answers = new Map<string, JsonObject>();
  for (const [id, answer] of Object.entries(fixtures)) {
    if (id.startsWith("/")) continue;
    if (isList(answer) || !isObject(answer)) throw new FixtureError(id, "the answer of a method is an object");
    answers.set(id, answer);
  }
  return answers;
}

function isList(value: readonly JsonObject[] | JsonObject): value is readonly JsonObject[] {
  return Array.isArray(value);
}

function keyIn(item: JsonObject, collection: Collection, index: number, at: string): string {
  const { keyVariable, keyProperty } = collection;
  // Items that cannot be read alone need no key: they are listed in the order of the fixtures.
  if (keyVariable === undefined) return String(index).padStart(9, "0");
  const key = keyOf(item, collection);
  if (key !== undefined) return key;
  throw new FixtureError(at, `it lacks ${JSON.stringify(keyProperty ?? keyVariable)}`);
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

/** What a client would be refused, fixtures are refused too. */
function refused<Value>(at: string, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    throw error instanceof GoogleError ? new FixtureError(at, error.message) : error;
  }
}
