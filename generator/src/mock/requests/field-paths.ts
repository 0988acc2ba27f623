/** Field paths of masks, filters and `orderBy`: `window.glass`, also `create_time` for `createTime`. */
import type { TypeModel } from "../../model/types.js";
import { resolved, type ResolvedType, type Schemas } from "../api-index.js";
import { isObject, type Json, own } from "../json.js";

export interface Field {
  /** Property names as in JSON. */
  readonly names: readonly string[];
  readonly type: ResolvedType;
}

/** Maximum length of a path. Types can contain themselves, but JSON is not nested deeper than this. */
const DEPTH_LIMIT = 50;

/** Returns the field at a path, or `undefined` if the type has none. `transparent` looks into the items of arrays. */
export function fieldAt(
  path: string,
  type: TypeModel,
  schemas: Schemas,
  lists: "opaque" | "transparent",
): Field | undefined {
  const names: string[] = [];
  let at = resolved(type, schemas);
  for (const text of path.split(".", DEPTH_LIMIT + 1)) {
    const step = stepInto(lists === "opaque" ? at : elementOf(at, schemas), text);
    if (step === undefined || names.length === DEPTH_LIMIT) return undefined;
    names.push(step.name);
    at = resolved(step.type, schemas);
  }
  return { names, type: at };
}

/** Maximum nesting of arrays: a type can be an array of itself. */
const LIST_LIMIT = 10;

/** Returns the item type of an array or nested array; any other type unchanged. */
export function elementOf(type: ResolvedType, schemas: Schemas): ResolvedType {
  let at = type;
  for (let depth = 0; depth < LIST_LIMIT && at.kind === "array"; depth += 1) at = resolved(at.items, schemas);
  return at;
}

/** `create_time` → `createTime` */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

function stepInto(type: ResolvedType, text: string): { readonly name: string; readonly type: TypeModel } | undefined {
  switch (type.kind) {
    case "object": {
      const camel = camelCase(text);
      const found = type.properties.find(({ name }) => name === text || name === camel);
      if (found !== undefined) return found;
      return type.additional === undefined ? undefined : { name: text, type: type.additional };
    }
    case "map":
      return { name: text, type: type.values };
    case "unknown":
      return { name: text, type };
    default:
      return undefined;
  }
}

/** Returns the values at a path: none, one, or those of every element of the arrays in between. */
export function valuesAt(item: Json, names: readonly string[]): readonly Json[] {
  const [name, ...rest] = names;
  if (name === undefined) return [item];
  if (Array.isArray(item)) {
    const elements: readonly Json[] = item;
    return elements.flatMap((element) => valuesAt(element, names));
  }
  const value = isObject(item) ? own(item, name) : undefined;
  return value === undefined || value === null ? [] : valuesAt(value, rest);
}
