/** Changes of the named types: `schemas.ts` of the generated client. */
import { pointerTo } from "../diagnostics.js";
import type { ApiModel, PropertyModel, SchemaModel, ShapeModel } from "../model/types.js";
import { methodsOf } from "../model/methods.js";
import { type Change, change, documentationChanges, type Place } from "./change.js";
import { placeOf, typePairs } from "./derived-types.js";
import { directionsOf } from "./directions.js";
import { nameChange } from "./methods.js";
import { classOf, type Direction, isPropertyEnum, namedTypes, type Sides, typeChanges } from "./type-differences.js";
import { valueChanges } from "./values.js";

export function schemaChanges(before: ApiModel, after: ApiModel): readonly Change[] {
  const sides: Sides = { before: namedTypes(before.schemas), after: namedTypes(after.schemas) };
  const directionOf = directionsOf(before);
  const documentingIds = idsThatOnlyDocument(before, after);
  const pairs = typePairs(before, after);
  const kept = before.schemas.flatMap((schema) => {
    const now = pairs.get(schema);
    if (now === undefined)
      return schema.id === undefined ? [] : [change(placeOf(schema), "removed", "breaking", "is removed")];
    return [
      ...nameChange(placeOf(now), schema.name, now.name),
      ...(isComparedElsewhere(schema, now)
        ? []
        : oneSchema(schema, now, { sides, direction: directionOf(schema.name), documentingIds })),
    ];
  });
  const found = new Set(pairs.values());
  const added = after.schemas
    .filter((schema) => schema.id !== undefined && !found.has(schema))
    .map((schema) => change(placeOf(schema), "added", "additive", "is new"));
  return [...kept, ...added];
}

/** A twin changes together with its original type, and the enum of a property together with the property. */
function isComparedElsewhere(before: SchemaModel, after: SchemaModel): boolean {
  if (before.inputOf !== undefined && after.inputOf !== undefined) return true;
  return before.pointer === after.pointer && (isPropertyEnum(before) || isPropertyEnum(after));
}

interface SchemaContext {
  readonly sides: Sides;
  readonly direction: Direction;
  /** Methods for which only the doc comment states that a property is required. */
  readonly documentingIds: ReadonlySet<string>;
}

function oneSchema(before: SchemaModel, after: SchemaModel, context: SchemaContext): readonly Change[] {
  const { sides, direction } = context;
  const place = placeOf(after);
  return [
    ...(before.shape.kind === "object" && after.shape.kind === "object"
      ? objectChanges(place, before.shape, after.shape, context)
      : typeChanges(place, typeOf(before), typeOf(after), sides, direction)),
    ...documentationChanges(place, before, after),
  ];
}

type ObjectShape = Extract<ShapeModel, { kind: "object" }>;

function objectChanges(
  place: Place,
  before: ObjectShape,
  after: ObjectShape,
  context: SchemaContext,
): readonly Change[] {
  const now = new Map(after.properties.map((property) => [property.name, property]));
  const known = new Set(before.properties.map(({ name }) => name));
  const kept = before.properties.flatMap((property) => {
    const found = now.get(property.name);
    const propertyPlace = propertyPlaceOf(place, property);
    if (found !== undefined) return propertyChanges(propertyPlace, property, found, context);
    return [change(propertyPlace, "removed", "breaking", "is removed")];
  });
  const added = after.properties
    .filter(({ name }) => !known.has(name))
    .map((property) => {
      const effect = { lost: property.required, gained: false };
      const message = property.required ? "is new, and required" : "is new";
      const changeClass = classOf(effect, context.direction) === "breaking" ? "breaking" : "additive";
      return change(propertyPlaceOf(place, property), "added", changeClass, message);
    });
  return [...kept, ...added, ...additionalChange(place, before, after)];
}

function propertyChanges(
  place: Place,
  before: PropertyModel,
  after: PropertyModel,
  { sides, direction, documentingIds }: SchemaContext,
): readonly Change[] {
  const input = direction.input && !before.readOnly;
  const documented = ({ requiredBy }: PropertyModel) =>
    requiredBy
      .filter((id) => documentingIds.has(id))
      .toSorted()
      .join(" ");
  return [
    ...valueChanges(place, before, after, sides, { ...direction, input }),
    ...readOnlyChange(place, before, after, direction),
    ...(documented(before) === documented(after)
      ? []
      : [change(place, "required", "documentation", "is documented as required by different methods")]),
  ];
}

function readOnlyChange(
  place: Place,
  before: PropertyModel,
  after: PropertyModel,
  { input }: Direction,
): readonly Change[] {
  if (before.readOnly === after.readOnly) return [];
  const message = after.readOnly ? "is read-only now" : "is no longer read-only";
  // If the type is never sent, programs cannot set the property anyway.
  if (!input) return [change(place, "read-only", "documentation", message)];
  return [change(place, "read-only", after.readOnly ? "breaking" : "additive", message)];
}

function additionalChange(place: Place, before: ObjectShape, after: ObjectShape): readonly Change[] {
  if ((before.additional === undefined) === (after.additional === undefined)) return [];
  return after.additional === undefined
    ? [change(place, "type", "breaking", "no longer allows properties with other names")]
    : [change(place, "type", "additive", "allows properties with other names")];
}

/**
 * Returns the ids of methods whose required properties are only stated in doc comments: all but POST methods. New
 * methods are left out, because they are reported as new.
 */
function idsThatOnlyDocument(before: ApiModel, after: ApiModel): ReadonlySet<string> {
  const ids = (model: ApiModel) =>
    methodsOf(model.root).flatMap(({ id, httpMethod }) => (httpMethod === "POST" ? [] : [id]));
  const known = new Set(ids(before));
  return new Set(ids(after).filter((id) => known.has(id)));
}

function typeOf({ name, shape }: SchemaModel) {
  return shape.kind === "alias" ? shape.type : ({ kind: "reference", name } as const);
}

function propertyPlaceOf({ name, pointer }: Place, property: PropertyModel): Place {
  return {
    subject: "property",
    name: `${name}.${property.name}`,
    pointer: pointerTo(pointerTo(pointer, "properties"), property.name),
  };
}
