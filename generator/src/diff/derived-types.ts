/** Pairs of old and new types, and changes of types that are not schemas of the document. */
import type { ApiModel, SchemaModel } from "../model/types.js";
import { type Aspect, type Change, change, type Place } from "./change.js";

/**
 * Returns the new type for every old type that still exists.
 *
 * Types are matched by their place in the document, which also finds types with a changed name, then by their name.
 */
export function typePairs(before: ApiModel, after: ApiModel): ReadonlyMap<SchemaModel, SchemaModel> {
  const places = new Map(after.schemas.map((schema) => [keyOf(schema), schema]));
  const pairs = new Map<SchemaModel, SchemaModel>();
  const unpaired = new Map(after.schemas.map((schema) => [schema.name, schema]));
  const pair = (old: SchemaModel, now: SchemaModel | undefined) => {
    if (now === undefined || pairs.has(old)) return;
    pairs.set(old, now);
    unpaired.delete(now.name);
  };
  for (const schema of before.schemas) pair(schema, places.get(keyOf(schema)));
  for (const schema of before.schemas) pair(schema, unpaired.get(schema.name));
  return pairs;
}

/** Returns the place of a type. A twin has the same pointer as its original type. */
function keyOf({ inputOf, pointer }: SchemaModel): string {
  return inputOf === undefined ? pointer : `${pointer} input`;
}

/**
 * Returns changes of hoisted types and input twins, whose names programs can import.
 *
 * A type that is added or removed together with its property, method, or schema is not reported separately.
 */
export function derivedTypeChanges(before: ApiModel, after: ApiModel, changes: readonly Change[]): readonly Change[] {
  const pairs = typePairs(before, after);
  const old = new Set(pairs.keys());
  const now = new Set(pairs.values());
  const breaking = changes.filter((entry) => entry.class === "breaking");
  return [
    ...unreported(before, old, pointersOf("removed", breaking)).map((schema) =>
      change(placeOf(schema), "removed", "breaking", message(schema, "is removed", "itself")),
    ),
    ...unreported(after, now, pointersOf("added", changes)).map((schema) =>
      change(placeOf(schema), "added", "additive", message(schema, "is new", "without its read-only properties")),
    ),
  ];
}

function unreported(
  { schemas }: ApiModel,
  paired: ReadonlySet<SchemaModel>,
  reported: ReadonlySet<string>,
): readonly SchemaModel[] {
  const kept = new Set(Array.from(paired, ({ inputOf, name }) => (inputOf === undefined ? name : undefined)));
  return schemas.filter((schema) => {
    if (schema.id !== undefined || paired.has(schema)) return false;
    // Changes of the original type do not show that its twin is added or removed.
    return kept.has(schema.inputOf ?? "") || !isAtOrBelow(schema.pointer, reported);
  });
}

function pointersOf(aspect: Aspect, changes: readonly Change[]): ReadonlySet<string> {
  const aspects = new Set<Aspect>([aspect, "request", "response", "type"]);
  return new Set(changes.filter((entry) => aspects.has(entry.aspect)).map(({ pointer }) => pointer));
}

function isAtOrBelow(pointer: string, pointers: ReadonlySet<string>): boolean {
  for (let end = pointer.length; end > 0; end = pointer.lastIndexOf("/", end - 1)) {
    if (pointers.has(pointer.slice(0, end))) return true;
  }
  return false;
}

function message({ inputOf }: SchemaModel, state: string, how: string): string {
  return inputOf === undefined ? state : `${state}: requests take ${inputOf} ${how}`;
}

export function placeOf({ name, pointer }: SchemaModel): Place {
  return { subject: "type", name, pointer };
}
