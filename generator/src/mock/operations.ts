/**
 * Long-running operations: begun by changes, read until they are done.
 *
 * What the operation is for has happened by the time it is answered. The operation itself moves on by one state each
 * time it is read: PENDING, RUNNING, then DONE, or `done` at the third look. Which properties say so is in the model
 * (`operation`); the rest is filled in where the type has it.
 */
import { randomUUID } from "node:crypto";
import type { OperationModel, PropertyModel, TypeModel } from "../model/types.js";
import {
  type ApiIndex,
  type IndexedMethod,
  isStringProperty,
  propertiesOf,
  resolved,
  type Schemas,
  schemaName,
} from "./api-index.js";
import { answerType, type Collection } from "./collections.js";
import { valuesAt } from "./field-paths.js";
import { isObject, type Json, type JsonObject, own, ownString } from "./json.js";
import { withKinds } from "./kinds.js";
import { canonicalPath } from "./routes.js";
import type { World } from "./world.js";

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

/** How many times each operation that has no states has been read, and what it ends with. */
export type Outcomes = Map<string, { readonly reads: number; readonly result: JsonObject }>;

/** How far an operation is, as its type tells it. */
export interface Progress {
  readonly done: readonly string[];
  /** Path of the property that is there when it failed, and what a cancelled one has there. */
  readonly error: readonly string[];
  readonly cancelled: Json;
  /** Names of the states, in their order; empty where `done` is true or not. */
  readonly states: readonly string[];
  /** Of the operation. */
  readonly properties: readonly PropertyModel[];
}

/** The progress of what a collection holds, where these are operations. */
export function progressOf({ roles }: Collection): Progress | undefined {
  const get = roles.find(({ role }) => role === "get")?.entry;
  return get === undefined ? undefined : progressOfReader(get);
}

/** The progress of what a method answers, where it reads operations. */
export function progressOfReader(entry: IndexedMethod): Progress | undefined {
  return isReader(entry) ? progressIn(entry.method.operation, entry.api) : undefined;
}

function isReader({ method: { httpMethod, operation } }: IndexedMethod): boolean {
  return httpMethod === "GET" && operation?.polls.length === 0;
}

const STATES = ["PENDING", "RUNNING", "DONE"];

function progressIn(operation: OperationModel | undefined, { schemas }: ApiIndex): Progress | undefined {
  if (operation === undefined) return undefined;
  const { done, error } = operation;
  const end = typeAt(done, operation.type, schemas);
  const last = end === undefined ? undefined : resolved(end, schemas);
  const properties = propertiesOf(operation.type, schemas);
  const cancelled = cancelledAs(typeAt(error, operation.type, schemas), schemas);
  const whole = { done, error, cancelled, properties };
  if (last?.kind !== "string") return { ...whole, states: [] };
  const known = last.enum?.values.map(({ value }) => value) ?? STATES;
  const states = STATES.flatMap((state) => known.find((value) => value.toUpperCase() === state) ?? []);
  return { ...whole, states };
}

function typeAt(path: readonly string[], type: TypeModel, schemas: Schemas): TypeModel | undefined {
  let at: TypeModel | undefined = type;
  for (const name of path) at = propertiesOf(at, schemas).find((property) => property.name === name)?.type;
  return at;
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
  const given = path.split("/").map((segment) => segment.replace(/(?::|%3A)\w+$/i, ""));
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

/** Moves an operation on by one state, because it has been looked at. */
export function advance(path: string, progress: Progress, { store, outcomes, now }: World): void {
  const item = store.get(path);
  if (item === undefined || isOver(item, progress)) return;
  const { done, states, properties } = progress;
  if (states.length === 0) {
    const outcome = outcomes.get(path) ?? { reads: 0, result: {} };
    outcomes.set(path, { ...outcome, reads: outcome.reads + 1 });
    if (outcome.reads >= 1) store.set(path, { ...withValue(item, done, true), ...outcome.result });
    return;
  }
  const last = done.at(-1) ?? "";
  const holder = done.slice(0, -1).reduce((at: JsonObject, name) => objectIn(at, name), item);
  const next = states[states.indexOf(ownString(holder, last) ?? "") + 1];
  if (next === undefined) return;
  const time = next === states.at(-1) ? "endTime" : "startTime";
  const times = isStringProperty(properties, time) ? { [time]: new Date(now()).toISOString() } : {};
  store.set(path, { ...withValue(item, done, next), ...times });
}

/** Moves an operation to its end. */
export function finish(path: string, progress: Progress, world: World): void {
  for (const _state of STATES) advance(path, progress, world);
}

/** Ends an operation, if it is not over yet, as one that failed: what it is for has happened all the same. */
export function cancel(path: string, progress: Progress, { store }: World): void {
  const item = store.get(path);
  if (item === undefined || isOver(item, progress)) return;
  const { done, states, error, cancelled } = progress;
  const ended = withValue(item, done, states.at(-1) ?? true);
  store.set(path, withValue(ended, error, cancelled));
}

function isOver(item: JsonObject, { done, states }: Progress): boolean {
  const [value] = valuesAt(item, done);
  return value === (states.at(-1) ?? true);
}

/** An error of this type, in the words of `google.rpc.Status`, or of BigQuery. */
function cancelledAs(type: TypeModel | undefined, schemas: Schemas): Json {
  if (type?.kind === "array") return [cancelledAs(type.items, schemas)];
  const message = "The operation was cancelled.";
  const properties = propertiesOf(type, schemas);
  if (properties.length === 0) return { code: 1, message };
  const isNumber = properties.some((property) => property.name === "code" && property.type.kind === "number");
  return {
    ...(isNumber ? { code: 1 } : {}),
    ...(isStringProperty(properties, "reason") ? { reason: "stopped" } : {}),
    ...(isStringProperty(properties, "message") ? { message } : {}),
  };
}

function objectIn(object: JsonObject, name: string): JsonObject {
  const value = own(object, name);
  return isObject(value) ? value : {};
}

/** The object with this value at this path. */
export function withValue(object: JsonObject, [name, ...rest]: readonly string[], value: Json): JsonObject {
  if (name === undefined) return object;
  return { ...object, [name]: rest.length === 0 ? value : withValue(objectIn(object, name), rest, value) };
}
