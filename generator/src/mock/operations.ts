/**
 * Long-running operations that an answer names by a string: `{ "kind": "sql#instancesInsert", "operation": "…" }`.
 *
 * What the operation is for has happened by the time it is answered; the operation itself moves on by one state each
 * time it is read: PENDING, then RUNNING, then DONE. (Rule: notes on sqladmin v1beta1 and v1beta3, the only two APIs
 * of this shape. Those that answer the operation itself come later.)
 */
import { randomUUID } from "node:crypto";
import type { MethodModel } from "../model/types.js";
import { type ApiIndex, isStringProperty, propertiesOf } from "./api-index.js";
import { answerType, type Collection } from "./collections.js";
import { type JsonObject, ownString } from "./json.js";
import { withKinds } from "./kinds.js";
import { canonicalPath } from "./routes.js";
import type { Store } from "./store.js";

/** What an operation is about. */
export interface OperationFacts {
  readonly operationType: string;
  /** What its path is made of: the variables of the call, and the key of the item. */
  readonly variables: ReadonlyMap<string, string>;
  /** Who asked for it, as an email address. */
  readonly caller: string | undefined;
  /** Further properties of the operation. */
  readonly more?: JsonObject;
}

/** Whether the answer names an operation. */
export function namesOperation(entry: MethodModel, collection: Collection): boolean {
  return isStringProperty(propertiesOf(answerType(entry), collection.api.schemas), "operation");
}

/** Whether what the collection holds are operations of this kind. */
export function isOperations({ keyVariable, properties }: Collection): boolean {
  return keyVariable === "operation" && ["operation", "state"].every((name) => isStringProperty(properties, name));
}

/** Where operations are kept: the collection of the same API whose path these variables fill. */
export function operationsFor(
  variables: readonly string[],
  api: ApiIndex,
  all: readonly Collection[],
): Collection | undefined {
  return all.find(
    (collection) =>
      collection.api === api &&
      isOperations(collection) &&
      variablesOf(collection.template).every((name) => variables.includes(name)),
  );
}

/** Begins an operation, and gives its name. */
export function startOperation(store: Store, collection: Collection, facts: OperationFacts, now: number): string {
  const { operationType, variables, caller, more } = facts;
  const operation = randomUUID();
  const echoes = [...variables].filter(([name]) => isStringProperty(collection.properties, name));
  const item: JsonObject = {
    ...Object.fromEntries(echoes),
    operation,
    operationType,
    state: "PENDING",
    enqueuedTime: new Date(now).toISOString(),
    ...(caller === undefined ? {} : { userEmailAddress: caller }),
    ...more,
  };
  const path = expand(`${collection.template}/{operation}`, new Map([...variables, ["operation", operation]]));
  store.set(canonicalPath(path), withKinds(item, collection.item, collection.api.schemas));
  return operation;
}

/** The operation as it is at the next look. */
export function advanced(operation: JsonObject, now: number): JsonObject {
  const time = new Date(now).toISOString();
  switch (ownString(operation, "state")) {
    case "PENDING":
      return { ...operation, state: "RUNNING", startTime: time };
    case "RUNNING":
      return { ...operation, state: "DONE", endTime: time };
    default:
      return operation;
  }
}

function variablesOf(template: string): readonly string[] {
  return Array.from(template.matchAll(/\{([^{}]+)\}/g), ([, name = ""]) => name);
}

function expand(template: string, variables: ReadonlyMap<string, string>): string {
  return template.replaceAll(/\{([^{}]+)\}/g, (_whole, name: string) => encodeURIComponent(variables.get(name) ?? ""));
}
