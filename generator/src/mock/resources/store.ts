/** Resources in memory, by their path: `/sql/v1beta3/projects/example-123/instances/orders`. */
import type { JsonObject } from "../json.js";

export interface Store {
  get(path: string): JsonObject | undefined;
  set(path: string, item: JsonObject): void;
  delete(path: string): void;
  /** Returns the items of a collection, ordered by path. A `-` in the path matches any id (AIP-159). */
  list(collectionPath: string): readonly Entry[];
  /** Returns the paths of all items below a path. */
  below(path: string): readonly string[];
}

export type Entry = readonly [path: string, item: JsonObject];

/** Creates an empty store. All paths are canonical. */
export function createStore(): Store {
  const collections = new Map<string, Map<string, JsonObject>>();
  const list = (collectionPath: string): readonly Entry[] => {
    const found = hasWildcard(`${collectionPath}/`)
      ? Array.from(collections).flatMap(([path, items]) => (isLike(path, collectionPath) ? [...items] : []))
      : [...(collections.get(collectionPath) ?? [])];
    // Compare by code units, independent of the locale, because page tokens refer to this order.
    return found.toSorted(([a], [b]) => (a < b ? -1 : 1));
  };
  return {
    get(path) {
      return collections.get(splitPath(path)[0])?.get(path);
    },
    set(path, item) {
      const [parent] = splitPath(path);
      const collection = collections.get(parent) ?? new Map<string, JsonObject>();
      collections.set(parent, collection.set(path, item));
    },
    delete(path) {
      const [parent] = splitPath(path);
      const collection = collections.get(parent);
      collection?.delete(path);
      if (collection?.size === 0) collections.delete(parent);
    },
    list,
    below(path) {
      return Array.from(collections).flatMap(([parent, items]) =>
        parent === path || parent.startsWith(`${path}/`) ? [...items.keys()] : [],
      );
    },
  };
}

/** Returns true if a path contains a wildcard: `projects/-/instances`. */
export function hasWildcard(path: string): boolean {
  return path.includes("/-/");
}

/** Returns true if a path matches another one, in which `-` matches any id. */
export function isLike(path: string, wanted: string): boolean {
  const segments = path.split("/");
  const patterns = wanted.split("/");
  return (
    segments.length === patterns.length && patterns.every((text, index) => text === "-" || text === segments[index])
  );
}

/** Splits a path into its parent and its last segment. */
export function splitPath(path: string): readonly [parent: string, segment: string] {
  const slash = path.lastIndexOf("/");
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}
