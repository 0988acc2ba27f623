/** Finds the resource of a call, and checks its parent. */
import type { Call } from "../call.js";
import type { Collection } from "./collections.js";
import { notFound, sampleItem } from "./items.js";
import type { JsonObject } from "../json.js";
import { hasWildcard, type Store, splitPath } from "./store.js";
import type { MockState } from "../mock-state.js";

export interface CollectionFacts {
  readonly collection: Collection;
  /** Parent collection, if the mock knows its items. */
  readonly parent: Collection | undefined;
  /** True if the mock cannot know which items exist. Every requested item exists as a sample. */
  readonly isOpen: boolean;
}

/**
 * Returns the item at this path; a new sample item if the collection is open.
 *
 * @throws {GoogleError} 404 if the item or its parent does not exist
 */
export function itemAt(
  path: string,
  { collection, parent, isOpen }: CollectionFacts,
  { variables }: Pick<Call, "variables">,
  { store }: MockState,
): JsonObject {
  const item = store.get(path);
  if (item !== undefined) return item;
  if (!isOpen) throw notFound(collection, path);
  checkParent(splitPath(path)[0], parent, store);
  const sample = sampleItem(collection, { path, variables });
  store.set(path, sample);
  return sample;
}

/** @throws {GoogleError} 404 if the parent item does not exist */
export function checkParent(collectionPath: string, parent: Collection | undefined, store: Store): void {
  const [path] = splitPath(collectionPath);
  if (parent === undefined || hasWildcard(collectionPath)) return;
  if (store.get(path) === undefined) throw notFound(parent, path);
}
