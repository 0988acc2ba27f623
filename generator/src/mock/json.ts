/** JSON values, and safe access to untrusted ones. */

export type Json = JsonObject | boolean | null | number | string | readonly Json[];

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the object's own member. Inherited names such as `constructor` return `undefined`. */
export function own<Value>(object: { readonly [name: string]: Value }, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Returns the object's own member if it is a string. */
export function ownString(object: JsonObject, name: string): string | undefined {
  const value = own(object, name);
  return typeof value === "string" ? value : undefined;
}

/** Parses JSON; returns `undefined` for invalid text. */
export function parseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/**
 * Returns true if objects and arrays are nested more than `limit` levels deep.
 *
 * Does not recurse, so hostile input cannot exhaust the stack.
 */
export function isDeeperThan(limit: number, value: Json): boolean {
  let level = containersIn([value]);
  for (let depth = 0; depth < limit && level.length > 0; depth += 1) {
    level = containersIn(level.flatMap((container) => Object.values<Json>(container)));
  }
  return level.length > 0;
}

type Container = JsonObject | readonly Json[];

function containersIn(values: readonly Json[]): readonly Container[] {
  return values.filter((value): value is Container => typeof value === "object" && value !== null);
}

/** Applies a JSON Merge Patch (RFC 7396): merges objects at every depth, `null` removes, other values replace. */
export function merge(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      merged.delete(name);
    } else if (isObject(value)) {
      const old = merged.get(name);
      merged.set(name, merge(isObject(old) ? old : {}, value));
    } else {
      merged.set(name, value);
    }
  }
  return Object.fromEntries(merged);
}
