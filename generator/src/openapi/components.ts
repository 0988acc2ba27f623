/** Types of the model → `components.schemas` of OpenAPI 3.1, for the export and for the type engine. */
import type { EnumModel, PropertyModel, SchemaModel, TypeModel } from "../model/types.js";

/** The part of a Schema Object (JSON Schema 2020-12) that Discovery documents need. */
export interface SchemaObject {
  $ref?: string;
  type?: "array" | "boolean" | "integer" | "number" | "object" | "string";
  format?: string;
  description?: string;
  deprecated?: true;
  readOnly?: true;
  default?: unknown;
  enum?: readonly string[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  anyOf?: readonly SchemaObject[];
  oneOf?: readonly SchemaObject[];
  items?: SchemaObject;
  properties?: { [name: string]: SchemaObject };
  required?: readonly string[];
  additionalProperties?: SchemaObject | false;
}

/** "Or any other string": the member that makes an enum open. */
export const OPEN_STRING: SchemaObject = { type: "string" };

/** Where references find the schemas of an OpenAPI document. */
const COMPONENTS = "#/components/schemas/";

/** A named type. */
export function schemaComponent(schema: SchemaModel): SchemaObject {
  const { description, deprecated } = schema;
  return {
    ...component(schema, COMPONENTS, propertySchema),
    ...(description === "" ? {} : { description }),
    ...(deprecated ? { deprecated } : {}),
  };
}

/** The same without what only tells, in a document of schemas alone (`#/Name`): all that the type engine needs. */
export function typeComponent(schema: SchemaModel): SchemaObject {
  return component(schema, "#/", ({ type, readOnly }) =>
    readOnly ? { ...typeSchema(type, "#/"), readOnly } : typeSchema(type, "#/"),
  );
}

function component(
  { shape }: SchemaModel,
  place: string,
  propertyOf: (property: PropertyModel) => SchemaObject,
): SchemaObject {
  if (shape.kind === "alias") return typeSchema(shape.type, place);
  const required = shape.properties.filter((property) => property.required).map(({ name }) => name);
  return {
    type: "object",
    // Own properties whatever the name: `__proto__` is one here.
    properties: Object.fromEntries(shape.properties.map((property) => [property.name, propertyOf(property)])),
    ...(required.length === 0 ? {} : { required }),
    ...additionalOf(shape.additional, place, shape.properties.length),
  };
}

function additionalOf(
  additional: TypeModel | undefined,
  place: string,
  count: number,
): Pick<SchemaObject, "additionalProperties"> {
  if (additional !== undefined) return { additionalProperties: typeSchema(additional, place) };
  return count === 0 ? { additionalProperties: false } : {};
}

function propertySchema(property: PropertyModel): SchemaObject {
  const { type, description, deprecated, readOnly, pattern } = property;
  const bound = (text: string | undefined) => (text === undefined || type.kind !== "number" ? undefined : Number(text));
  const minimum = bound(property.minimum);
  const maximum = bound(property.maximum);
  return {
    ...typeSchema(type),
    ...(description === "" ? {} : { description }),
    ...(deprecated ? { deprecated } : {}),
    ...(readOnly ? { readOnly } : {}),
    ...(property.default === undefined ? {} : { default: typedDefault(property.default, type) }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  };
}

/** Documents write every default as text. */
export function typedDefault(text: string, type: TypeModel): unknown {
  if (type.kind === "boolean") return text === "true";
  const number = Number(text);
  return type.kind === "number" && Number.isFinite(number) ? number : text;
}

/** A type as it is used. `place` is where references find the named ones. */
export function typeSchema(type: TypeModel, place = COMPONENTS): SchemaObject {
  switch (type.kind) {
    case "string":
      return withFormat(type.enum === undefined ? { type: "string" } : enumSchema(type.enum), type.format, place);
    case "number":
      return withFormat({ type: type.integer ? "integer" : "number" }, type.format, place);
    case "boolean":
      return { type: "boolean" };
    case "unknown":
      return {};
    case "array":
      return { type: "array", items: typeSchema(type.items, place) };
    case "map":
      return { type: "object", additionalProperties: typeSchema(type.values, place) };
    case "reference":
      return { $ref: `${place}${type.name}` };
    case "union":
      return { oneOf: type.members.map((member) => typeSchema(member, place)) };
  }
}

function enumSchema({ values, open }: EnumModel): SchemaObject {
  const closed: SchemaObject = { type: "string", enum: values.map(({ value }) => value) };
  return open ? { anyOf: [closed, OPEN_STRING] } : closed;
}

/** Adds the format, which is an annotation only: types do not depend on it. */
function withFormat(schema: SchemaObject, format: string | undefined, place: string): SchemaObject {
  if (format !== undefined && place === COMPONENTS) schema.format = format;
  return schema;
}
