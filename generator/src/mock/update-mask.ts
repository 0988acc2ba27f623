/** Changes by field mask (AIP-134): the paths named are taken from the request, everything else stays. */
import { isObject, type JsonObject, own } from "./json.js";

/** `*` replaces the whole. What the mask names and the request does not have is cleared. */
export function maskedMerge(previous: JsonObject, written: JsonObject, paths: readonly string[]): JsonObject {
  if (paths.includes("*")) return written;
  return paths.reduce((item, path) => withPathOf(item, written, path.split(".")), previous);
}

function withPathOf(item: JsonObject, written: JsonObject, [name = "", ...rest]: readonly string[]): JsonObject {
  const value = own(written, name);
  if (rest.length > 0) {
    const before = own(item, name);
    const source = isObject(value) ? value : {};
    return { ...item, [name]: withPathOf(isObject(before) ? before : {}, source, rest) };
  }
  return Object.fromEntries([
    ...Object.entries(item).filter(([other]) => other !== name),
    ...(value === undefined || value === null ? [] : [[name, value] as const]),
  ]);
}
