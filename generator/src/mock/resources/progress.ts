/**
 * How operations move on: by one state each time they are read (PENDING, RUNNING, then DONE, or `done` at the third look),
 * to their end, or to a cancelled one.
 */
import type { OperationModel, PropertyModel, TypeModel } from "../../model/types.js";
import {
  type ApiIndex,
  type IndexedMethod,
  isStringProperty,
  propertiesOf,
  resolved,
  type Schemas,
} from "../api-index.js";
import type { Collection } from "./collections.js";
import { valuesAt } from "../requests/field-paths.js";
import { isObject, type Json, type JsonObject, own } from "../json.js";
import type { World } from "../world.js";

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

/** Whether a method reads operations, and starts none. */
export function isReader({ method: { httpMethod, operation } }: IndexedMethod): boolean {
  return httpMethod === "GET" && operation?.polls.length === 0;
}

const STATES = ["PENDING", "RUNNING", "DONE"];

/** How far the operations of this model can be. */
export function progressIn(operation: OperationModel | undefined, { schemas }: ApiIndex): Progress | undefined {
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
  const [state] = valuesAt(item, done);
  const next = states[states.findIndex((one) => one === state) + 1];
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
  const message = "The operation was cancelled.";
  const properties = propertiesOf(type?.kind === "array" ? type.items : type, schemas);
  const isNumber = properties.some(({ name, type: { kind } }) => name === "code" && kind === "number");
  const error = {
    ...(isNumber || properties.length === 0 ? { code: 1 } : {}),
    ...(isStringProperty(properties, "reason") ? { reason: "stopped" } : {}),
    ...(isStringProperty(properties, "message") || properties.length === 0 ? { message } : {}),
  };
  return type?.kind === "array" ? [error] : error;
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
