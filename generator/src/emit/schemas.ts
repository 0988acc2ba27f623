/**
 * Types of the model → `schemas.ts`, by openapi-typescript.
 *
 * It transforms one schema at a time. Each result becomes a named interface or type alias.
 */
import { type TransformContext, transformSchemaObject } from "#openapi-typescript";
import type { ApiModel, PropertyModel, SchemaModel, TypeModel } from "../model/types.js";
import { OPEN_STRING, typeComponent } from "../openapi/components.js";
import { interfaceText, type PropertyDeclaration, typeAliasText } from "./declarations.js";
import { docLines } from "./doc-comments.js";
import { preamble } from "./preamble.js";
import { rangeNote } from "./range-note.js";
import { keyword, map, name, OPEN_STRING_TYPE, type TypeNode } from "./type-nodes.js";

/** The text of `schemas.ts`. */
export function emitSchemas(model: ApiModel): string {
  if (model.schemas.length === 0) return `${preamble(model)}\nexport {};\n`;
  const twins = new Map(model.schemas.map((schema) => [schema.inputOf, schema]));
  const enums = new Map<string, string>();
  const declarations = model.schemas.map((schema) => {
    const other = sameEnum(schema, enums);
    return other === undefined
      ? declaration(schema, twins.get(schema.name))
      : typeAliasText([], schema.name, name(other));
  });
  return `${preamble(model)}\n${declarations.join("\n")}`;
}

/** The name of an earlier enum with the same values and texts. This schema becomes its alias. */
function sameEnum({ id, name: schemaName, shape }: SchemaModel, enums: Map<string, string>): string | undefined {
  if (id !== undefined || shape.kind !== "alias" || enumOf(shape.type) === undefined) return undefined;
  const key = JSON.stringify(shape.type);
  const other = enums.get(key);
  if (other === undefined) enums.set(key, schemaName);
  return other;
}

/** `twin` is the type of the same schema in requests, if it has one. It contains the properties that both share. */
function declaration(complete: SchemaModel, twin: SchemaModel | undefined): string {
  const schema = twin === undefined ? complete : withoutShared(complete, twin);
  // Only discriminators depend on the path, and Discovery documents have none.
  const type = transformSchemaObject(typeComponent(schema), { path: "", ctx: context });
  const { description, deprecated } = schema;
  const shown = schema.shape.kind === "alias" ? enumOf(schema.shape.type) : undefined;
  const { inputOf } = schema;
  const notes = inputOf === undefined ? [] : [`{@link ${inputOf}} without its read-only properties.`];
  const docs = docLines({ ...(inputOf === undefined && { description }), deprecated, enum: shown, notes });
  const properties = membersOf(type, schema);
  return properties === undefined
    ? typeAliasText(docs, schema.name, type)
    : interfaceText({ docs, name: schema.name, extends: schema === complete ? undefined : twin?.name, properties });
}

/** The type without the properties that its twin has too; the type itself if they share none. */
function withoutShared(complete: SchemaModel, { shape: shared }: SchemaModel): SchemaModel {
  const { shape } = complete;
  if (shape.kind === "alias" || shared.kind === "alias" || shared.properties.length === 0) return complete;
  const types = new Map(shared.properties.map(({ name, type }) => [name, JSON.stringify(type)]));
  const properties = shape.properties.filter(({ name, type }) => types.get(name) !== JSON.stringify(type));
  return properties.length === shape.properties.length ? complete : { ...complete, shape: { ...shape, properties } };
}

/** The members of an object type with their docs; undefined for other types. */
function membersOf(type: TypeNode, { shape, inputOf }: SchemaModel): PropertyDeclaration[] | undefined {
  if (shape.kind === "alias") return undefined;
  // If all properties are read-only, callers can set none of them, but can still pass a response back.
  if (inputOf !== undefined && shape.properties.length === 0 && shape.additional === undefined) return [];
  // Additional properties are an intersection with an index signature. Both parts become one interface.
  const parts = type.kind === "intersection" ? type.types : [type];
  const members = parts.flatMap((part) => (part.kind === "object" ? part.members : []));
  return members.map((member, index) => {
    const property = shape.properties[index];
    return { ...member, docs: property === undefined ? [] : propertyLines(property) };
  });
}

function propertyLines(property: PropertyModel): readonly string[] {
  const { description, deprecated, type, minimum, maximum } = property;
  const range = rangeNote(minimum, maximum);
  return docLines({
    description,
    deprecated,
    enum: enumOf(type),
    notes: [
      ...(property.requiredBy.length === 0
        ? []
        : [`Required by ${property.requiredBy.map((id) => `\`${id.replace(/[^\w.$-]/g, "")}\``).join(", ")}.`]),
      ...(range === undefined ? [] : [range]),
    ],
    default: property.default,
  });
}

function enumOf(type: TypeModel): Extract<TypeModel, { kind: "string" }>["enum"] {
  if (type.kind === "array") return enumOf(type.items);
  if (type.kind === "map") return enumOf(type.values);
  return type.kind === "string" ? type.enum : undefined;
}

/** `{}` as openapi-typescript writes it: `Record<string, never>`. `Record` may also be the name of a schema. */
function isEmptyRecord(type: TypeNode): boolean {
  return type.kind === "name" && type.text === "Record" && type.arguments.length > 0;
}

/** Settings of the transformation. */
const context: TransformContext = {
  additionalProperties: false,
  alphabetize: false,
  arrayLength: false,
  defaultNonNullable: false,
  discriminators: { objects: {}, refsHandled: [] },
  emptyObjectsUnknown: false,
  enum: false,
  enumValues: false,
  conditionalEnums: false,
  dedupeEnums: false,
  excludeDeprecated: false,
  exportType: false,
  generatePathParams: false,
  immutable: false,
  makePathsEnum: false,
  pathParamsAsTypes: false,
  propertiesRequiredByDefault: false,
  readWriteMarkers: false,
  rootTypes: false,
  rootTypesKeepCasing: false,
  rootTypesNoSchemaPrefix: false,
  silent: true,
  transform: (schema) => (schema === OPEN_STRING ? OPEN_STRING_TYPE : undefined),
  postTransform: (type) => (isEmptyRecord(type) ? map(keyword("never")) : undefined),
};
