/** Resources in memory, by the path they are read under: `/sql/v1beta3/projects/example-123/instances/orders`. */
import type { JsonObject } from "./json.js";

export interface Store {
  get(path: string): JsonObject | undefined;
  set(path: string, item: JsonObject): void;
  /** True when there was one. */
  delete(path: string): boolean;
  /** Last segment and item of each resource right below, in the order of the segments. */
  list(collectionPath: string): readonly (readonly [segment: string, item: JsonObject])[];
}

/** Paths are canonical ones. */
export function createStore(): Store {
  const collections = new Map<string, Map<string, JsonObject>>();
  return {
    get(path) {
      const [parent, segment] = splitPath(path);
      return collections.get(parent)?.get(segment);
    },
    set(path, item) {
      const [parent, segment] = splitPath(path);
      const collection = collections.get(parent) ?? new Map<string, JsonObject>();
      collections.set(parent, collection.set(segment, item));
    },
    delete(path) {
      const [parent, segment] = splitPath(path);
      return collections.get(parent)?.delete(segment) ?? false;
    },
    list(collectionPath) {
      const entries = [...(collections.get(collectionPath) ?? [])];
      // By code units, whatever the machine's language: a page token stands for a place in this order.
      return entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
    },
  };
}

/** The path above, and the last segment. */
export function splitPath(path: string): readonly [parent: string, segment: string] {
  const slash = path.lastIndexOf("/");
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}
