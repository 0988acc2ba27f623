/** What no model tells of an API, and the mock should do all the same: data, and functions without state. */
import type { JsonObject } from "../json.js";

export interface Particulars {
  /** By the schema of an item: what the server makes of what a client wrote. `previous` is absent for a new item. */
  readonly complete: Readonly<Record<string, (item: JsonObject, previous: JsonObject | undefined) => JsonObject>>;
  /** What an operation says it does, by the role or name of the method that began it. */
  readonly operationTypes: Readonly<Record<string, string>>;
  /** Methods that do something to one item, by id. */
  readonly actions: Readonly<Record<string, Action>>;
}

/** A POST to an item's path and a verb more, which answers an operation. */
export interface Action {
  /** Property of the request that must be there, and that the operation repeats. */
  readonly context?: string;
  /** A request without this property is refused; the operation does not repeat it. */
  readonly needs?: string;
  /** What becomes of the item; nothing that shows, if absent. */
  readonly change?: (item: JsonObject) => JsonObject;
}
