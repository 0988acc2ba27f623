/** The order of a list (AIP-132): `orderBy=createTime desc,name`. Items that compare equal are ordered by path. */
import type { TypeModel } from "../../model/types.js";
import type { Schemas } from "../api-index.js";
import { fieldAt, valuesAt } from "../requests/field-paths.js";
import { comparable } from "./filter.js";
import { invalid, notModelled } from "../google-error.js";
import type { JsonObject } from "../json.js";

/** Sort key of an item. Unique, because it ends with the path. */
export type Place = readonly (boolean | number | string | null)[];

export interface Order {
  placeOf(item: JsonObject, path: string): Place;
  /** Negative if `a` comes before `b`. */
  compare(a: Place, b: Place): number;
}

/** Number of characters that are compared: the sort key becomes part of a page token. */
const TEXT_LIMIT = 100;

/** @throws {GoogleError} 400 for invalid syntax and unknown fields */
export function readOrder(text: string, type: TypeModel, schemas: Schemas): Order {
  const rules = text === "" ? [] : text.split(",").map((rule) => readRule(rule, type, schemas));
  return {
    placeOf: (item, path) => [
      ...rules.map((rule) => {
        const value = comparable(String(valuesAt(item, rule.names)[0] ?? ""), rule.type) ?? null;
        return typeof value === "string" ? value.slice(0, TEXT_LIMIT) : value;
      }),
      path,
    ],
    compare: (a, b) => {
      for (const [index, left] of a.entries()) {
        const right = b[index] ?? null;
        if (left === right) continue;
        // Items without a value come first.
        const isFirst = left === null || (right !== null && left < right);
        return (isFirst ? -1 : 1) * (rules[index]?.sign ?? 1);
      }
      return 0;
    },
  };
}

function readRule(rule: string, type: TypeModel, schemas: Schemas) {
  const [path = "", direction = "asc", ...more] = rule.trim().split(/\s+/);
  if (!/^(asc|desc)$/i.test(direction) || more.length > 0)
    throw invalid("orderBy", `${JSON.stringify(rule.slice(0, 100))} is not a field name with an optional asc or desc`);
  const field = fieldAt(path, type, schemas, "opaque");
  if (field === undefined)
    throw notModelled(
      `Invalid value for orderBy: unknown field ${JSON.stringify(path)}.`,
      "Pass a handler for the method instead.",
    );
  return { ...field, sign: direction.toLowerCase() === "desc" ? -1 : 1 };
}
