/** Changes by field mask (AIP-134): the paths named are taken from the request, everything else stays. */
import type { TypeModel } from "../../model/types.js";
import type { Schemas } from "../api-index.js";
import type { Call } from "../call.js";
import { fieldAt } from "./field-paths.js";
import { badRequest } from "../google-error.js";
import { isObject, type JsonObject, own, ownString } from "../json.js";

/** The paths of a request's mask, as they are written; undefined where it has none. */
export function maskOf({ query, body = {} }: Pick<Call, "body" | "query">): readonly string[] | undefined {
  const mask = query.get("updateMask") || ownString(body, "updateMask") || undefined;
  return mask?.split(",").map((path) => path.trim());
}

/** @throws {GoogleError} that names every path which leads nowhere in the type */
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

/** `*` replaces the whole. What the mask names and the request does not have is cleared. */
export function maskedMerge(previous: JsonObject, written: JsonObject, paths: readonly string[]): JsonObject {
  if (paths.includes("*")) return written;
  return paths.reduce((item, path) => withPathOf(item, written, path.split(".")), previous);
}

function withPathOf(item: JsonObject, written: JsonObject, [name = "", ...rest]: readonly string[]): JsonObject {
  const value = own(written, name);
  const before = own(item, name);
  if (rest.length > 0) {
    // Nothing there, and nothing to put there.
    if (!isObject(before) && !isObject(value)) return item;
    return { ...item, [name]: withPathOf(isObject(before) ? before : {}, isObject(value) ? value : {}, rest) };
  }
  return Object.fromEntries([
    ...Object.entries(item).filter(([other]) => other !== name),
    ...(value === undefined || value === null ? [] : [[name, value] as const]),
  ]);
}
