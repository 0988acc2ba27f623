/** Finding the resource that a call is about, and what it is below of. */
import type { Call } from "../call.js";
import type { Collection } from "./collections.js";
import { notFound, sampleItem } from "./items.js";
import type { JsonObject } from "../json.js";
import { hasWildcard, type Store, splitPath } from "./store.js";
import type { World } from "../world.js";

export interface CollectionFacts {
  readonly collection: Collection;
  /** The collection of the items that this one is below of, where it is known which there are. */
  readonly parent: Collection | undefined;
  /** Nothing tells which items there are: whatever is asked for is there. */
  readonly isOpen: boolean;
}

/**
 * The item at this path.
 *
 * @throws {GoogleError} when there is none, and none can be made up
 */
export function itemAt(
  path: string,
  { collection, parent, isOpen }: CollectionFacts,
  { variables }: Pick<Call, "variables">,
  { store }: World,
): JsonObject {
  const item = store.get(path);
  if (item !== undefined) return item;
  if (!isOpen) throw notFound(collection, path);
  checkParent(splitPath(path)[0], parent, store);
  const sample = sampleItem(collection, { path, variables });
  store.set(path, sample);
  return sample;
}

/** @throws {GoogleError} when the item that the collection is below of is not there */
export function checkParent(collectionPath: string, parent: Collection | undefined, store: Store): void {
  const [path] = splitPath(collectionPath);
  if (parent === undefined || hasWildcard(collectionPath)) return;
  if (store.get(path) === undefined) throw notFound(parent, path);
}
