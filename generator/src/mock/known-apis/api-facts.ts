/** Behavior of an API that its document does not describe, as data and pure functions. */
import type { JsonObject } from "../json.js";

export interface ApiFacts {
  /** By schema of the item: completes what a client wrote. `previous` is absent for a new item. */
  readonly complete: Readonly<Record<string, (item: JsonObject, previous: JsonObject | undefined) => JsonObject>>;
  /** `operationType` of an operation, by the role or name of the method that started it. */
  readonly operationTypes: Readonly<Record<string, string>>;
  /** Custom methods on one item, by id. */
  readonly actions: Readonly<Record<string, Action>>;
}

/** A custom method: a POST to the path of an item plus a verb, which returns an operation. */
export interface Action {
  /** Required property of the request, which the operation repeats. */
  readonly context?: string;
  /** Required property of the request, which the operation does not repeat. */
  readonly needs?: string;
  /** Returns the changed item. Default: the item does not change. */
  readonly change?: (item: JsonObject) => JsonObject;
}
