/** Types of the model → `components.schemas` of OpenAPI 3.1, for `discogen openapi` and for emitting types. */
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

/** The member for any other string in an open enum. */
export const OPEN_STRING: SchemaObject = { type: "string" };

/** Prefix of references to schemas in an OpenAPI document. */
const COMPONENTS = "#/components/schemas/";

/** Returns the schema of a named type. */
export function schemaComponent(schema: SchemaModel): SchemaObject {
  const { description, deprecated } = schema;
  return {
    ...component(schema, COMPONENTS, propertySchema),
    ...(description === "" ? {} : { description }),
    ...(deprecated ? { deprecated } : {}),
  };
}

/**
 * Returns the schema of a named type for emitting types: without descriptions and other annotations, and with
 * references of the form `#/Name`.
 */
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
    // `fromEntries` also creates a property named `__proto__`.
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

/** Converts a default to the type of its property. In documents, every default is text. */
export function typedDefault(text: string, type: TypeModel): unknown {
  if (type.kind === "boolean") return text === "true";
  const number = Number(text);
  return type.kind === "number" && Number.isFinite(number) ? number : text;
}

/** Returns the schema of a type. `place` is the prefix of references to named types. */
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
