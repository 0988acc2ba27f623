/** Lists that return a summary of each item, in a type of its own. */
import type { TypeModel } from "../../model/types.js";
import { propertiesOf, schemaName, type Schemas } from "../api-index.js";
import { isObject, type Json, type JsonObject, own } from "../json.js";

/**
 * Returns the part of an item that the type of a list's items contains: properties with the same name and kind of value,
 * at every depth. A property that only the summary has can be inside a member of the item (`state` of BigQuery's jobs is
 * `status.state`).
 */
export function summaryOf(item: JsonObject, from: TypeModel, to: TypeModel | undefined, schemas: Schemas): JsonObject {
  const name = schemaName(to, schemas);
  if (to === undefined || name === undefined || name === schemaName(from, schemas)) return item;
  const sources = propertiesOf(from, schemas);
  const entries = propertiesOf(to, schemas).flatMap((property): [string, Json][] => {
    if (property.name === "kind" && property.default !== undefined) return [];
    const source = sources.find((one) => one.name === property.name);
    const value = source === undefined ? innerValue(item, property.name) : own(item, property.name);
    if (value === undefined || !isOfKind(value, property.type)) return [];
    const isNested = source !== undefined && isObject(value) && property.type.kind === "reference";
    return [[property.name, isNested ? summaryOf(value, source.type, property.type, schemas) : value]];
  });
  return Object.fromEntries(entries);
}

/** Returns the value of this name inside a member of the item, if only one member has it. */
function innerValue(item: JsonObject, name: string): Json | undefined {
  const found = Object.values(item).flatMap((member) => {
    const value = isObject(member) ? own(member, name) : undefined;
    return value === undefined ? [] : [{ value }];
  });
  return found.length === 1 ? found[0]?.value : undefined;
}

function isOfKind(value: Json, type: TypeModel): boolean {
  switch (type.kind) {
    case "string":
    case "number":
    case "boolean":
      return typeof value === type.kind;
    case "array":
      return Array.isArray(value);
    case "map":
      return isObject(value);
    default:
      return true;
  }
}
