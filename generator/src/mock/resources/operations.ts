/**
 * Long-running operations: started by changes, polled until they are done.
 *
 * The change has already happened when the operation is returned. The model (`operation`) names the properties that show
 * progress. Other properties are filled in if the type has them.
 */
import { randomUUID } from "node:crypto";
import type { OperationModel, PropertyModel } from "../../model/types.js";
import { type IndexedMethod, isStringProperty, propertiesOf, schemaName } from "../api-index.js";
import { responseType } from "./collections.js";
import { type Json, type JsonObject, ownString } from "../json.js";
import { withKinds } from "./kinds.js";
import { isReader, progressIn, withValue } from "./progress.js";
import { isInt64 } from "../requests/check-value.js";
import { canonicalPath, withoutCustomVerb } from "../routes.js";
import { numberId, readablePath } from "./server-facts.js";
import type { MockState } from "../mock-state.js";

/** Facts about the change that an operation reports. */
export interface OperationFacts {
  readonly entry: IndexedMethod;
  readonly operation: OperationModel;
  /** Canonical path of the changed item, or of the call. */
  readonly path: string;
  readonly operationType: string;
  /** Path parameters of the call, and the key of the item. */
  readonly variables: ReadonlyMap<string, string>;
  /** Email address of the account that made the call. */
  readonly caller: string | undefined;
  /** Scheme and host of the request, for links. */
  readonly origin?: string | undefined;
  /** The changed item. */
  readonly target?: JsonObject;
  /** Further properties of the operation. */
  readonly more?: JsonObject;
  /** Properties that the finished operation adds, such as `response`. */
  readonly result: JsonObject;
}

/** Starts an operation. Returns it in its first state, with its name. */
export function startOperation(
  facts: OperationFacts,
  mockState: MockState,
): { readonly item: JsonObject; readonly name: string } {
  const { entry, operation, variables, operationType, caller, more, result } = facts;
  const { api } = entry;
  const id = randomUUID();
  const place = placeFor(facts, id);
  const progress = progressIn(operation, api);
  const properties = propertiesOf(operation.type, api.schemas);
  const time = new Date(mockState.now()).toISOString();
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
    ...linksOf(facts, properties, place?.path),
  };
  const known = Object.entries(facet).filter(([name, value]) => fits(properties, name, value));
  const initial = progress?.states[0] === undefined ? {} : withValue({}, progress.done, progress.states[0]);
  const metadata = isNamedByPath ? { metadata: { "@type": ANY_STRUCT } } : {};
  const item = withKinds(
    { ...Object.fromEntries(known), ...initial, ...metadata, ...more },
    operation.type,
    api.schemas,
  );
  if (place !== undefined) {
    mockState.store.set(place.path, item);
    mockState.outcomes.set(place.path, { reads: 0, result });
  }
  return { item, name: id };
}

/** Returns the numeric ids and the links of an operation to itself, to its place and to the changed item. */
function linksOf(
  { origin, path, target = {}, variables }: OperationFacts,
  properties: readonly PropertyModel[],
  place: string | undefined,
): JsonObject {
  const isNumber = (name: string) =>
    properties.some((one) => one.name === name && one.type.kind === "string" && isInt64(one.type.format));
  const targetId = ownString(target, "id");
  const ids = {
    ...(isNumber("id") ? { id: numberId() } : {}),
    ...(isNumber("targetId") && targetId !== undefined ? { targetId } : {}),
  };
  if (origin === undefined) return ids;
  const link = (to: string) => origin + readablePath(to);
  const scopes = properties.flatMap(({ name, description }): [string, string][] => {
    const index = path.split("/").indexOf(`${name}s`);
    const isUrl = /\bURL of the\b/i.test(description) && variables.has(name) && index !== -1;
    const above = path.split("/").slice(0, index + 2);
    return isUrl ? [[name, link(above.join("/"))]] : [];
  });
  const itself = place === undefined ? {} : { selfLink: link(place) };
  return { ...ids, ...itself, targetLink: link(path), ...Object.fromEntries(scopes) };
}

const ANY_STRUCT = "type.googleapis.com/google.protobuf.Struct";

/** Returns true if the operation has this property, and its type has this value. */
function fits(properties: readonly PropertyModel[], name: string, value: Json): boolean {
  const type = properties.find((property) => property.name === name)?.type;
  if (type?.kind !== "string") return false;
  return type.enum === undefined || type.enum.harvested || type.enum.values.some((one) => one.value === value);
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** Returns the path to poll: of all methods that return the operation's type, the one closest to the path of the call. */
function placeFor(
  { entry: { api }, operation, path }: OperationFacts,
  id: string,
): { readonly path: string; readonly name: string } | undefined {
  const type = schemaName(operation.type, api.schemas);
  const given = withoutCustomVerb(path).split("/");
  const places = api.resources
    .flatMap(({ methods }) => methods)
    .filter((reader) => isReader(reader) && schemaName(responseType(reader.method), api.schemas) === type)
    .map((reader) => ({ reader, ...filledBy(reader.shape.split("/"), given, id) }));
  const [best] = places.toSorted((a, b) => a.gaps - b.gaps || b.shared - a.shared);
  if (best === undefined) return undefined;
  const prefix = /^([^{}]*)\{\+[^{}]+\}/.exec(best.reader.template)?.[1] ?? "";
  const text = best.segments.join("/");
  const name = text.slice(prefix.length).split("/").map(decodeURIComponent).join("/");
  return { path: canonicalPath(text), name };
}

/** Fills each gap with the value that follows the same segment in the call's path; the last one with the id. */
function filledBy(shape: readonly string[], given: readonly string[], id: string) {
  let gaps = 0;
  const segments = shape.map((segment, index) => {
    if (!segment.includes("{")) return segment;
    if (index === shape.length - 1) return id;
    const at = given.indexOf(shape[index - 1] ?? "");
    const value = at === -1 ? undefined : given[at + 1];
    if (value === undefined) gaps += 1;
    return value ?? "-";
  });
  return { segments, gaps, shared: shape.filter((segment) => given.includes(segment)).length };
}
