/** The one spelling of values that Google's JSON parser accepts in several spellings, as responses contain them. */
import type { TypeModel } from "../../model/types.js";
import { resolved, type Schemas } from "../api-index.js";
import { isObject, type Json } from "../json.js";
import { isInt64 } from "./check-value.js";
import { camelCase } from "./field-paths.js";

/**
 * Returns a valid value of a request in the spelling of responses: names in camel case, numbers and booleans as such, and
 * int64 values as strings.
 */
export function normalized(value: Json, type: TypeModel, schemas: Schemas): Json {
  if (value === null) return value;
  const shape = resolved(type, schemas);
  switch (shape.kind) {
    case "object": {
      if (!isObject(value)) return value;
      const types = new Map(shape.properties.map((property) => [property.name, property.type]));
      const entries = Object.entries(value).map(([given, entry]): [string, Json] => {
        const name = types.has(given) || !types.has(camelCase(given)) ? given : camelCase(given);
        const inner = types.get(name) ?? shape.additional;
        return [name, inner === undefined ? entry : normalized(entry, inner, schemas)];
      });
      return Object.fromEntries(entries);
    }
    case "map":
      if (!isObject(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([name, entry]) => [name, normalized(entry, shape.values, schemas)]),
      );
    case "array": {
      if (!Array.isArray(value)) return value;
      const items: readonly Json[] = value;
      return items.map((item) => normalized(item, shape.items, schemas));
    }
    case "boolean":
      return typeof value === "string" ? value === "true" : value;
    case "number":
      // `NaN` and `Infinity` stay strings, as in responses.
      return typeof value === "string" && Number.isFinite(Number(value)) ? Number(value) : value;
    case "string":
      return isInt64(shape.format) ? integerText(String(value)) : value;
    default:
      return value;
  }
}

function integerText(text: string): string {
  return /[.eE]/.test(text) ? String(Number(text)) : text;
}
