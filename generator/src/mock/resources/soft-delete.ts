/** Soft delete: resources that the API can undelete are only marked as deleted (AIP-164). */
import type { Collection } from "./collections.js";
import { type Json, type JsonObject, own } from "../json.js";
import { LIVE } from "./server-facts.js";

const DELETED = ["DELETED", "DELETE_REQUESTED"];

/** Returns the properties that mark an item as deleted; empty if the API cannot undelete items. */
export function deletionMarks({ isUndeletable, properties }: Collection, now: number): JsonObject {
  if (!isUndeletable) return {};
  const marks = properties.flatMap(({ name, type }): [string, Json][] => {
    if (name === "deleted" && type.kind === "boolean") return [[name, true]];
    if (type.kind !== "string") return [];
    if (name === "deleteTime") return [[name, new Date(now).toISOString()]];
    const state = name === "state" ? DELETED.find((value) => hasValue(type, value)) : undefined;
    return state === undefined ? [] : [[name, state]];
  });
  return Object.fromEntries(marks);
}

export function isMarkedDeleted(item: JsonObject): boolean {
  return (
    own(item, "deleted") === true ||
    own(item, "deleteTime") !== undefined ||
    DELETED.some((state) => state === own(item, "state"))
  );
}

/** Returns the item without its deletion marks. */
export function withoutDeletionMarks(item: JsonObject, { properties }: Collection): JsonObject {
  const { deleted: _deleted, deleteTime: _time, state, ...rest } = item;
  const type = properties.find(({ name }) => name === "state")?.type;
  const live = LIVE.find((value) => hasValue(type, value));
  return { ...rest, ...(state === undefined || live === undefined ? {} : { state: live }) };
}

function hasValue(type: Collection["properties"][number]["type"] | undefined, value: string): boolean {
  return type?.kind === "string" && type.enum?.values.some((one) => one.value === value) === true;
}
