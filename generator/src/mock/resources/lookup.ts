/** Finds the resource of a call, and checks its parent. */
import type { Call } from "../call.js";
import type { Collection } from "./collections.js";
import { notModelled } from "../google-error.js";
import { factsFrom, notFound, sampleItem } from "./items.js";
import type { JsonObject } from "../json.js";
import { hasWildcard, type Store, splitPath } from "./store.js";
import type { MockState } from "../mock-state.js";

export interface CollectionFacts {
  readonly collection: Collection;
  /** Parent collection, if the mock knows its items. */
  readonly parent: Collection | undefined;
  /** True if clients can make items, or if the items are operations. */
  readonly isFilled: boolean;
  /** Returns true if the mock cannot know which items exist below this path. Every requested item exists as a sample. */
  readonly isOpen: (collectionPath: string) => boolean;
  /** Returns true if there are fixtures for this path. */
  readonly isSeeded: (collectionPath: string) => boolean;
}

/**
 * Returns the item at this path; a new sample item if the collection is open.
 *
 * @throws {GoogleError} 404 if the item or its parent does not exist
 */
export function itemAt(
  path: string,
  { collection, parent, isOpen }: CollectionFacts,
  call: Pick<Call, "caller" | "headers" | "variables">,
  { store, samples, now }: MockState,
): JsonObject {
  const item = store.get(path);
  if (item !== undefined) return item;
  const [collectionPath] = splitPath(path);
  if (!isOpen(collectionPath)) throw notFound(collection, path);
  checkParent(collectionPath, parent, store);
  checkOpen(collectionPath, { collection, parent }, { store, samples });
  const sample = sampleItem(collection, { path, now: now(), ...factsFrom(call) });
  store.set(path, sample);
  samples.add(path);
  return sample;
}

/**
 * Refuses samples below an item that a client or a fixture made, because they would contradict it: a new file does not
 * have sample revisions.
 *
 * @throws {GoogleError} 400 with the reason `MOCK_NOT_MODELLED`
 */
export function checkOpen(
  collectionPath: string,
  { collection, parent }: Pick<CollectionFacts, "collection" | "parent">,
  { store, samples }: Pick<MockState, "samples" | "store">,
): void {
  const [above] = splitPath(collectionPath);
  if (parent === undefined || store.get(above) === undefined || samples.has(above)) return;
  throw notModelled(
    `The mock does not know the ${collection.resource.at(-1) ?? "items"} of a resource that a client made.`,
    `Add fixtures at ${JSON.stringify(decodeURIComponent(collectionPath))}.`,
  );
}

/** @throws {GoogleError} 404 if the parent item does not exist */
export function checkParent(collectionPath: string, parent: Collection | undefined, store: Store): void {
  const [path] = splitPath(collectionPath);
  if (parent === undefined || hasWildcard(collectionPath)) return;
  if (store.get(path) === undefined) throw notFound(parent, path);
}
