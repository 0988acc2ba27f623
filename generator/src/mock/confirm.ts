/** The answers to changes: the item itself, an operation by its name, or nothing, as the method's response type says. */
import { type IndexedMethod, propertiesOf, schemaName } from "./api-index.js";
import type { Call } from "./call.js";
import { answerType, type Collection } from "./collections.js";
import type { Answer } from "./google-error.js";
import type { JsonObject } from "./json.js";
import { withKinds } from "./kinds.js";
import { namesOperation, operationsFor, startOperation } from "./operations.js";
import { particularsOf } from "./known-apis.js";
import type { World } from "./world.js";

/** Makes the answer to a change that has been made. `key` is the item's. */
export type Confirm = (call: Call, item: JsonObject, key: string) => Answer;

export interface ConfirmFacts {
  readonly entry: IndexedMethod;
  readonly collection: Collection;
  readonly all: readonly Collection[];
  /** Further properties of an operation, out of the request. */
  readonly more?: (body: JsonObject | undefined) => JsonObject;
}

/** Undefined where the response is of a kind that the mock does not know how to make. */
export function confirmFor({ entry, collection, all, more }: ConfirmFacts, world: World): Confirm | undefined {
  const { api, method } = entry;
  if (method.response === undefined) return () => ({ status: 204, body: undefined });
  const type = answerType(method);
  const name = schemaName(type, api.schemas);
  if (name === undefined) return undefined;
  if (name === collection.itemName) return (_call, item) => ({ status: 200, body: item });
  if (propertiesOf(type, api.schemas).length === 0) return () => ({ status: 200, body: {} });

  const known = [...method.parameters.map((parameter) => parameter.name), collection.keyVariable ?? ""];
  const operations = namesOperation(method, collection) ? operationsFor(known, api, all) : undefined;
  if (operations === undefined) return undefined;
  const types = particularsOf(api.model.id).operationTypes;
  const operationType =
    (Object.hasOwn(types, method.name) ? types[method.name] : undefined) ?? method.name.toUpperCase();
  return (call, _item, key) => {
    const variables = new Map([...call.variables, [collection.keyVariable ?? "", key]]);
    const facts = { operationType, variables, caller: call.caller, more: more?.(call.body) ?? {} };
    const operation = startOperation(world.store, operations, facts, world.now());
    return { status: 200, body: withKinds({ operation }, type, api.schemas) };
  };
}
