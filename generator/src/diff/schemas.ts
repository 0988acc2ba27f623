/** Changes of the named types: `schemas.ts` of the generated client. */
import { pointerTo } from "../diagnostics.js";
import type { ApiModel, PropertyModel, SchemaModel, ShapeModel } from "../model/types.js";
import { methodsOf } from "../model/methods.js";
import { type Change, change, type Place, toldChanges } from "./change.js";
import { placeOf, typePairs } from "./derived-types.js";
import { directionsOf } from "./directions.js";
import { nameChange } from "./methods.js";
import { classOf, type Direction, isPropertyEnum, namedTypes, type Sides, typeChanges } from "./type-differences.js";
import { valueChanges } from "./values.js";

export function schemaChanges(before: ApiModel, after: ApiModel): readonly Change[] {
  const sides: Sides = { before: namedTypes(before.schemas), after: namedTypes(after.schemas) };
  const directionOf = directionsOf(before);
  const tellingIds = idsThatOnlyTell(before, after);
  const pairs = typePairs(before, after);
  const kept = before.schemas.flatMap((schema) => {
    const now = pairs.get(schema);
    if (now === undefined)
      return schema.id === undefined ? [] : [change(placeOf(schema), "removed", "breaking", "is gone")];
    return [
      ...nameChange(placeOf(now), schema.name, now.name),
      ...(isComparedElsewhere(schema, now)
        ? []
        : oneSchema(schema, now, { sides, direction: directionOf(schema.name), tellingIds })),
    ];
  });
  const found = new Set(pairs.values());
  const added = after.schemas
    .filter((schema) => schema.id !== undefined && !found.has(schema))
    .map((schema) => change(placeOf(schema), "added", "additive", "is new"));
  return [...kept, ...added];
}

/** A twin changes with the type it is the twin of, the enum of a property with the property. */
function isComparedElsewhere(before: SchemaModel, after: SchemaModel): boolean {
  if (before.inputOf !== undefined && after.inputOf !== undefined) return true;
  return before.pointer === after.pointer && (isPropertyEnum(before) || isPropertyEnum(after));
}

interface SchemaContext {
  readonly sides: Sides;
  readonly direction: Direction;
  /** Methods for which a required property is told, not demanded. */
  readonly tellingIds: ReadonlySet<string>;
}

function oneSchema(before: SchemaModel, after: SchemaModel, context: SchemaContext): readonly Change[] {
  const { sides, direction } = context;
  const place = placeOf(after);
  return [
    ...(before.shape.kind === "object" && after.shape.kind === "object"
      ? objectChanges(place, before.shape, after.shape, context)
      : typeChanges(place, typeOf(before), typeOf(after), sides, direction)),
    ...toldChanges(place, before, after),
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
    return [change(propertyPlace, "removed", "breaking", "is gone")];
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
  { sides, direction, tellingIds }: SchemaContext,
): readonly Change[] {
  const input = direction.input && !before.readOnly;
  const tells = ({ requiredBy }: PropertyModel) =>
    requiredBy
      .filter((id) => tellingIds.has(id))
      .toSorted()
      .join(" ");
  return [
    ...valueChanges(place, before, after, sides, { ...direction, input }),
    ...readOnlyChange(place, before, after, direction),
    ...(tells(before) === tells(after)
      ? []
      : [change(place, "required", "documentation", "is required by other methods, as its text tells")]),
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
  // Where the type is never sent, nobody could set it anyway.
  if (!input) return [change(place, "read-only", "documentation", message)];
  return [change(place, "read-only", after.readOnly ? "breaking" : "additive", message)];
}

function additionalChange(place: Place, before: ObjectShape, after: ObjectShape): readonly Change[] {
  if ((before.additional === undefined) === (after.additional === undefined)) return [];
  return after.additional === undefined
    ? [change(place, "type", "breaking", "holds no properties of other names any more")]
    : [change(place, "type", "additive", "may hold properties of other names")];
}

/** PUT and PATCH take what was read, changed: what they require stands in a comment. New methods have told it already. */
function idsThatOnlyTell(before: ApiModel, after: ApiModel): ReadonlySet<string> {
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
