/**
 * Long-running operations: begun by changes, read until they are done.
 *
 * What the operation is for has happened by the time it is answered. Which properties say how far it is is in the model
 * (`operation`); the rest is filled in where the type has it.
 */
import { randomUUID } from "node:crypto";
import type { OperationModel } from "../../model/types.js";
import { type IndexedMethod, isStringProperty, propertiesOf, schemaName } from "../api-index.js";
import { answerType } from "./collections.js";
import type { JsonObject } from "../json.js";
import { withKinds } from "./kinds.js";
import { isReader, progressIn, withValue } from "./progress.js";
import { canonicalPath, withoutCustomVerb } from "../routes.js";
import type { World } from "../world.js";

/** What an operation is about. */
export interface OperationFacts {
  readonly entry: IndexedMethod;
  readonly operation: OperationModel;
  /** Canonical path of the item it changes, or of the call. */
  readonly path: string;
  readonly operationType: string;
  /** Path parameters of the call, and the key of the item. */
  readonly variables: ReadonlyMap<string, string>;
  /** Who asked for it, as an email address. */
  readonly caller: string | undefined;
  /** Further properties of the operation. */
  readonly more?: JsonObject;
  /** What it leads to, for operations that tell. */
  readonly result: JsonObject;
}

/** Begins an operation: its first state, and its name. */
export function startOperation(
  facts: OperationFacts,
  world: World,
): { readonly item: JsonObject; readonly name: string } {
  const { entry, operation, variables, operationType, caller, more, result } = facts;
  const { api } = entry;
  const id = randomUUID();
  const place = placeFor(facts, id);
  const progress = progressIn(operation, api);
  const properties = propertiesOf(operation.type, api.schemas);
  const time = new Date(world.now()).toISOString();
  const isNamedByPath = operation.done[0] === "done" && place !== undefined;
  const facet: JsonObject = {
    ...Object.fromEntries(variables),
    ...Object.fromEntries(Array.from(variables, ([name, value]) => [`target${capital(name)}`, value])),
    name: isNamedByPath ? place.name : id,
    ...(isStringProperty(properties, "name") ? {} : { id }),
    operation: id,
    operationType,
    enqueuedTime: time,
    insertTime: time,
    ...(caller === undefined ? {} : { user: caller, userEmailAddress: caller }),
  };
  const known = Object.entries(facet).filter(([name]) => isStringProperty(properties, name));
  const begun = progress?.states[0] === undefined ? {} : withValue({}, progress.done, progress.states[0]);
  const metadata = isNamedByPath ? { metadata: { "@type": ANY_STRUCT } } : {};
  const item = withKinds({ ...Object.fromEntries(known), ...begun, ...metadata, ...more }, operation.type, api.schemas);
  if (place !== undefined) {
    world.store.set(place.path, item);
    world.outcomes.set(place.path, { reads: 0, result });
  }
  return { item, name: id };
}

const ANY_STRUCT = "type.googleapis.com/google.protobuf.Struct";

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** Where the operation will be read: at the place, of all that answer its type, that has most in common with the call. */
function placeFor(
  { entry: { api }, operation, path }: OperationFacts,
  id: string,
): { readonly path: string; readonly name: string } | undefined {
  const type = schemaName(operation.type, api.schemas);
  const given = withoutCustomVerb(path).split("/");
  const places = api.resources
    .flatMap(({ methods }) => methods)
    .filter((reader) => isReader(reader) && schemaName(answerType(reader.method), api.schemas) === type)
    .map((reader) => ({ reader, ...filledBy(reader.shape.split("/"), given, id) }));
  const [best] = places.toSorted((a, b) => a.gaps - b.gaps || b.shared - a.shared);
  if (best === undefined) return undefined;
  const prefix = /^([^{}]*)\{\+[^{}]+\}/.exec(best.reader.template)?.[1] ?? "";
  const text = best.segments.join("/");
  const name = text.slice(prefix.length).split("/").map(decodeURIComponent).join("/");
  return { path: canonicalPath(text), name };
}

/** Fills each gap with what stands behind the same word in the call's path; the last one with the operation's id. */
function filledBy(shape: readonly string[], given: readonly string[], id: string) {
  let gaps = 0;
  const segments = shape.map((segment, index) => {
    if (!segment.includes("{")) return segment;
    if (index === shape.length - 1) return id;
    const word = given.indexOf(shape[index - 1] ?? "");
    const value = word === -1 ? undefined : given[word + 1];
    if (value === undefined) gaps += 1;
    return value ?? "-";
  });
  return { segments, gaps, shared: shape.filter((segment) => given.includes(segment)).length };
}
