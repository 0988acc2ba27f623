/**
 * Types of the model → `schemas.ts`, by openapi-typescript.
 *
 * It transforms one component at a time; each result is made a named interface or alias.
 */
import type { GlobalContext } from "openapi-typescript";
import type TypeScript from "typescript";
import type { ApiModel, PropertyModel, SchemaModel, TypeModel } from "../model/types.js";
import { OPEN_STRING, type SchemaObject, typeComponent } from "../openapi/components.js";
import { transformSchemaObject, ts } from "./compiler.js";
import { interfaceText, type PropertyDeclaration, typeAliasText } from "./declarations.js";
import { docLines } from "./doc-comments.js";
import { memberParts, nodeText } from "./node-text.js";
import { preamble } from "./preamble.js";
import { rangeNote } from "./range-note.js";

/** The text of `schemas.ts`. */
export function emitSchemas(model: ApiModel): string {
  if (model.schemas.length === 0) return `${preamble(model)}\nexport {};\n`;
  const twins = new Map(model.schemas.map((schema) => [schema.inputOf, schema]));
  const enums = new Map<string, string>();
  const declarations = model.schemas.map((schema) => {
    const other = sameEnum(schema, enums);
    return other === undefined ? declaration(schema, twins.get(schema.name)) : typeAliasText([], schema.name, other);
  });
  return `${preamble(model)}\n${declarations.join("\n")}`;
}

/** The name of an enum with the same values and texts, of which this one is an alias: they are written once. */
function sameEnum({ id, name, shape }: SchemaModel, enums: Map<string, string>): string | undefined {
  if (id !== undefined || shape.kind !== "alias" || enumOf(shape.type) === undefined) return undefined;
  const key = JSON.stringify(shape.type);
  const other = enums.get(key);
  if (other === undefined) enums.set(key, name);
  return other;
}

const { factory, SyntaxKind } = ts;

/** `twin` is the same type as requests take it, where there is one: what both have is written there. */
function declaration(whole: SchemaModel, twin: SchemaModel | undefined): string {
  const schema = twin === undefined ? whole : withoutShared(whole, twin);
  const type = transformSchemaObject(
    // Our components are the part of its Schema Object that Discovery needs, written as one flat interface.
    typeComponent(schema) as Parameters<typeof transformSchemaObject>[0],
    // Where it stands matters to discriminators alone, of which there are none here.
    { path: "", ctx: context },
  );
  const { description, deprecated, name } = schema;
  const shown = schema.shape.kind === "alias" ? enumOf(schema.shape.type) : undefined;
  const { inputOf } = schema;
  const notes = inputOf === undefined ? [] : [`{@link ${inputOf}} without its read-only properties.`];
  const docs = docLines({ ...(inputOf === undefined && { description }), deprecated, enum: shown, notes });
  const properties = membersOf(type, schema);
  return properties === undefined
    ? typeAliasText(docs, name, nodeText(type))
    : interfaceText({ docs, name, extends: schema === whole ? undefined : twin?.name, properties });
}

/** The type without what its twin has too; itself, where the two share nothing. */
function withoutShared(whole: SchemaModel, { shape: shared }: SchemaModel): SchemaModel {
  const { shape } = whole;
  if (shape.kind === "alias" || shared.kind === "alias" || shared.properties.length === 0) return whole;
  const types = new Map(shared.properties.map(({ name, type }) => [name, JSON.stringify(type)]));
  const properties = shape.properties.filter(({ name, type }) => types.get(name) !== JSON.stringify(type));
  return properties.length === shape.properties.length ? whole : { ...whole, shape: { ...shape, properties } };
}

/** The members of an object type, documented; undefined for every other type. */
function membersOf(type: TypeScript.TypeNode, { shape, inputOf }: SchemaModel): PropertyDeclaration[] | undefined {
  if (shape.kind === "alias") return undefined;
  // Where every property is read-only nothing is left to set; a response may still be passed back.
  if (inputOf !== undefined && shape.properties.length === 0 && shape.additional === undefined) return [];
  // Further properties come as an intersection with an index signature; both parts go into one interface.
  const parts = ts.isIntersectionTypeNode(type) ? type.types : [type];
  const members = parts.flatMap((part) => (ts.isTypeLiteralNode(part) ? [...part.members] : []));
  return members.map((member, index) => {
    const property = shape.properties[index];
    return { ...memberParts(member), docs: property === undefined ? [] : propertyLines(property) };
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

/** `string & {}`: any string, without taking the known values out of what an editor offers. */
function openString(): TypeScript.TypeNode {
  const string = factory.createKeywordTypeNode(SyntaxKind.StringKeyword);
  return factory.createParenthesizedType(
    factory.createIntersectionTypeNode([string, factory.createTypeLiteralNode([])]),
  );
}

function unionMembers(type: TypeScript.TypeNode): readonly TypeScript.TypeNode[] {
  return ts.isParenthesizedTypeNode(type) && ts.isUnionTypeNode(type.type) ? type.type.types : [type];
}

function neverMap(): TypeScript.TypeNode {
  const key = factory.createParameterDeclaration(
    undefined,
    undefined,
    "key",
    undefined,
    factory.createKeywordTypeNode(SyntaxKind.StringKeyword),
  );
  const never = factory.createKeywordTypeNode(SyntaxKind.NeverKeyword);
  return factory.createTypeLiteralNode([factory.createIndexSignature(undefined, [key], never)]);
}

/** Settings of the transformation; the hooks write what it would write at more length. */
const context: GlobalContext = {
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
  injectFooter: [],
  makePathsEnum: false,
  pathParamsAsTypes: false,
  propertiesRequiredByDefault: false,
  readWriteMarkers: false,
  // Read by nothing that transforms schemas alone.
  redoc: undefined as unknown as GlobalContext["redoc"],
  resolve: () => undefined as never,
  rootTypes: false,
  rootTypesKeepCasing: false,
  rootTypesNoSchemaPrefix: false,
  silent: true,
  transformProperty: undefined,
  transform: (schema) => ((schema as SchemaObject) === OPEN_STRING ? openString() : undefined),
  postTransform: (type) => {
    // The values of an open enum and "any other string" make one union.
    if (ts.isUnionTypeNode(type) && type.types.some(ts.isParenthesizedTypeNode)) {
      return factory.createUnionTypeNode(type.types.flatMap(unionMembers));
    }
    // `Record` may be the name of a schema.
    return ts.isTypeReferenceNode(type) &&
      ts.isIdentifier(type.typeName) &&
      type.typeName.text === "Record" &&
      type.typeArguments !== undefined
      ? neverMap()
      : undefined;
  },
};
