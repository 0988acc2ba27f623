/** Paths of fields as masks, filters and orders name them: `window.glass`, and `create_time` for `createTime`. */
import type { TypeModel } from "../../model/types.js";
import { resolved, type ResolvedType, type Schemas } from "../api-index.js";
import { isObject, type Json, own } from "../json.js";

export interface Field {
  /** As JSON has them. */
  readonly names: readonly string[];
  readonly type: ResolvedType;
}

/** Types may hold themselves; a path that goes deeper than JSON may be nested leads nowhere. */
const DEPTH_LIMIT = 50;

/** The field at a path, seen through lists where these may be; undefined where the type has none. */
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

/** Lists in lists, at most: a type may be a list of itself. */
const LIST_LIMIT = 10;

/** The type itself, or what its list, or its list of lists, is of. */
export function elementOf(type: ResolvedType, schemas: Schemas): ResolvedType {
  let at = type;
  for (let depth = 0; depth < LIST_LIMIT && at.kind === "array"; depth += 1) at = resolved(at.items, schemas);
  return at;
}

/** `create_time` → `createTime` */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
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

/** What an item has at a path: nothing, one value, or those of every element of the lists on the way. */
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
