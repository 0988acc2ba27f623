/** Updates with a field mask (AIP-134): only the named paths change. */
import type { TypeModel } from "../../model/types.js";
import type { Schemas } from "../api-index.js";
import type { Call } from "../call.js";
import { fieldAt } from "./field-paths.js";
import { badRequest } from "../google-error.js";
import { isObject, type JsonObject, own, ownString } from "../json.js";

/** Returns the paths of a request's mask as sent, or `undefined` if it has no mask. */
export function maskOf({ query, body = {} }: Pick<Call, "body" | "query">): readonly string[] | undefined {
  const mask = query.get("updateMask") || ownString(body, "updateMask") || undefined;
  return mask?.split(",").map((path) => path.trim());
}

/** @throws {GoogleError} 400 that names every path that the type does not have */
export function checkedMask(mask: readonly string[], type: TypeModel, schemas: Schemas): readonly string[] {
  const fields = mask.map((path) => (path === "*" ? path : fieldAt(path, type, schemas, "opaque")?.names.join(".")));
  const violations = mask.flatMap((path, index) =>
    fields[index] === undefined
      ? [{ field: "updateMask", description: `Invalid updateMask: unknown field ${JSON.stringify(path)}` }]
      : [],
  );
  if (violations.length > 0) throw badRequest(violations);
  return fields.filter((path) => path !== undefined);
}

/** Copies the named paths from the request and removes those that it does not have. `*` replaces the complete item. */
export function maskedMerge(previous: JsonObject, written: JsonObject, paths: readonly string[]): JsonObject {
  if (paths.includes("*")) return written;
  return paths.reduce((item, path) => withPathOf(item, written, path.split(".")), previous);
}

function withPathOf(item: JsonObject, written: JsonObject, [name = "", ...rest]: readonly string[]): JsonObject {
  const value = own(written, name);
  const before = own(item, name);
  if (rest.length > 0) {
    // Neither side has an object here, so nothing changes.
    if (!isObject(before) && !isObject(value)) return item;
    return { ...item, [name]: withPathOf(isObject(before) ? before : {}, isObject(value) ? value : {}, rest) };
  }
  return Object.fromEntries([
    ...Object.entries(item).filter(([other]) => other !== name),
    ...(value === undefined || value === null ? [] : [[name, value] as const]),
  ]);
}
