/** The order of a list (AIP-132): `orderBy=createTime desc,name`; items that are equal in that follow by their paths. */
import type { TypeModel } from "../../model/types.js";
import type { Schemas } from "../api-index.js";
import { fieldAt, valuesAt } from "../requests/field-paths.js";
import { comparable } from "./filter.js";
import { invalid } from "../google-error.js";
import type { JsonObject } from "../json.js";

/** What tells where in the order an item stands; no two are alike. */
export type Place = readonly (boolean | number | string | null)[];

export interface Order {
  placeOf(item: JsonObject, path: string): Place;
  /** Negative where the first comes first. */
  compare(a: Place, b: Place): number;
}

/** Characters of a text that count: a place becomes part of a page token. */
const TEXT_LIMIT = 100;

/** @throws {GoogleError} for what is no such order, and for fields that the type does not have */
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
        // What has no such value comes first.
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
    throw invalid("orderBy", `${JSON.stringify(rule.slice(0, 100))} is no field, alone or with asc or desc`);
  const field = fieldAt(path, type, schemas, "opaque");
  if (field === undefined) throw invalid("orderBy", `there is no field ${JSON.stringify(path)}`);
  return { ...field, sign: direction.toLowerCase() === "desc" ? -1 : 1 };
}
