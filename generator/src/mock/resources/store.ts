/** Resources in memory, by the path they are read under: `/sql/v1beta3/projects/example-123/instances/orders`. */
import type { JsonObject } from "../json.js";

export interface Store {
  get(path: string): JsonObject | undefined;
  set(path: string, item: JsonObject): void;
  delete(path: string): void;
  /** Paths and items of a collection, in the order of the paths; `-` in place of an id stands for any (AIP-159). */
  list(collectionPath: string): readonly Entry[];
  /** The path, or where `-` is in it, that of the only resource it can mean (AIP-159). */
  resolve(path: string): string;
  /** Paths of everything that is further down. */
  below(path: string): readonly string[];
}

export type Entry = readonly [path: string, item: JsonObject];

/** Paths are canonical ones. */
export function createStore(): Store {
  const collections = new Map<string, Map<string, JsonObject>>();
  const list = (collectionPath: string): readonly Entry[] => {
    const found = hasWildcard(`${collectionPath}/`)
      ? Array.from(collections).flatMap(([path, items]) => (isLike(path, collectionPath) ? [...items] : []))
      : [...(collections.get(collectionPath) ?? [])];
    // By code units, whatever the machine's language: a page token stands for a place in this order.
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
    resolve(path) {
      const [parent, segment] = splitPath(path);
      const [only, ...more] = hasWildcard(path) ? list(parent).filter(([one]) => splitPath(one)[1] === segment) : [];
      return only === undefined || more.length > 0 ? path : only[0];
    },
    below(path) {
      return Array.from(collections).flatMap(([parent, items]) =>
        parent === path || parent.startsWith(`${path}/`) ? [...items.keys()] : [],
      );
    },
  };
}

/** Whether a path names the items of every parent: `projects/-/instances`. */
export function hasWildcard(path: string): boolean {
  return path.includes("/-/");
}

function isLike(path: string, wanted: string): boolean {
  const segments = path.split("/");
  const patterns = wanted.split("/");
  return (
    segments.length === patterns.length && patterns.every((text, index) => text === "-" || text === segments[index])
  );
}

/** The path above, and the last segment. */
export function splitPath(path: string): readonly [parent: string, segment: string] {
  const slash = path.lastIndexOf("/");
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}
