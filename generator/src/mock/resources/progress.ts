/**
 * Progress of operations. Each read advances an operation by one state (PENDING, RUNNING, DONE; or `done` at the third
 * read). Operations can also be finished or cancelled.
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
import type { MockState } from "../mock-state.js";

/** How the type of an operation shows progress. */
export interface Progress {
  readonly done: readonly string[];
  /** Path of the property that a failed operation has. `cancelled` is its value for a cancelled operation. */
  readonly error: readonly string[];
  readonly cancelled: Json;
  /** Names of the states, in order; empty if `done` is a boolean. */
  readonly states: readonly string[];
  /** Of the operation. */
  readonly properties: readonly PropertyModel[];
}

/** Returns the progress of a collection's items if these are operations. */
export function progressOf({ roles }: Collection): Progress | undefined {
  const get = roles.find(({ role }) => role === "get")?.entry;
  return get === undefined ? undefined : progressOfReader(get);
}

/** Returns the progress of the operations that a method reads, if it does. */
export function progressOfReader(entry: IndexedMethod): Progress | undefined {
  return isReader(entry) ? progressIn(entry.method.operation, entry.api) : undefined;
}

/** Returns true for a method that reads operations and does not start one. */
export function isReader({ method: { httpMethod, operation } }: IndexedMethod): boolean {
  return httpMethod === "GET" && operation?.polls.length === 0;
}

const STATES = ["PENDING", "RUNNING", "DONE"];

/** Returns how operations of this model show progress. */
export function progressIn(operation: OperationModel | undefined, { schemas }: ApiIndex): Progress | undefined {
  if (operation === undefined) return undefined;
  const { done, error } = operation;
  const end = typeAt(done, operation.type, schemas);
  const last = end === undefined ? undefined : resolved(end, schemas);
  const properties = propertiesOf(operation.type, schemas);
  const cancelled = cancelledAs(typeAt(error, operation.type, schemas), schemas);
  const common = { done, error, cancelled, properties };
  if (last?.kind !== "string") return { ...common, states: [] };
  const known = last.enum?.values.map(({ value }) => value) ?? STATES;
  const states = STATES.flatMap((state) => known.find((value) => value.toUpperCase() === state) ?? []);
  return { ...common, states };
}

function typeAt(path: readonly string[], type: TypeModel, schemas: Schemas): TypeModel | undefined {
  let at: TypeModel | undefined = type;
  for (const name of path) at = propertiesOf(at, schemas).find((property) => property.name === name)?.type;
  return at;
}

/** Advances an operation by one state, after it was read. */
export function advance(path: string, progress: Progress, { store, outcomes, now }: MockState): void {
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

/** Advances an operation to its last state. */
export function finish(path: string, progress: Progress, mockState: MockState): void {
  for (const _state of STATES) advance(path, progress, mockState);
}

/** Ends an unfinished operation as failed. The change that it reports is not undone. */
export function cancel(path: string, progress: Progress, { store }: MockState): void {
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

/** Returns the error of a cancelled operation, as a google.rpc.Status or in BigQuery's format. */
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

/** Returns the object with this value at this path. */
export function withValue(object: JsonObject, [name, ...rest]: readonly string[], value: Json): JsonObject {
  if (name === undefined) return object;
  return { ...object, [name]: rest.length === 0 ? value : withValue(objectIn(object, name), rest, value) };
}
