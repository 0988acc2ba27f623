/**
 * Types of the model → `schemas.ts`. The only file that knows openapi-typescript.
 *
 * It transforms one component at a time; each result is made a named interface or alias, and each of its references
 * the name itself.
 */
import { createRequire } from "node:module";
import type { GlobalContext, transformSchemaObject as TransformSchemaObject } from "openapi-typescript";
import type TypeScript from "typescript";
import type { ApiModel, PropertyModel, SchemaModel, TypeModel } from "../model/types.js";
import { OPEN_STRING, referencedName, type SchemaObject, typeComponent } from "../openapi/components.js";
import { docLines } from "./doc-comments.js";
import { preamble } from "./preamble.js";
import { rangeNote } from "./range-note.js";

// Through `import` Node would first scan these CommonJS files for export names, which takes longer than running them;
// and the package's entry would load its OpenAPI linter, which has nothing to do here.
const require = createRequire(import.meta.url);
const ts = require("typescript") as typeof TypeScript;
const transformSchemaObject = require("openapi-typescript/dist/transform/schema-object.cjs")
  .default as typeof TransformSchemaObject;

/** The text of `schemas.ts`. */
export function emitSchemas(model: ApiModel): string {
  if (model.schemas.length === 0) return `${preamble(model)}\nexport {};\n`;
  const comments: Comments = [];
  const twins = new Map(model.schemas.map((schema) => [schema.inputOf, schema]));
  const declarations = model.schemas.map((schema) => declaration(schema, twins.get(schema.name), comments));
  return `${preamble(model)}\n${print(declarations, comments)}`;
}

const { factory, SyntaxKind } = ts;
const EXPORT = [factory.createModifier(SyntaxKind.ExportKeyword)];

/** `twin` is the same type as requests take it, where there is one: what both have is written there. */
function declaration(whole: SchemaModel, twin: SchemaModel | undefined, comments: Comments): TypeScript.Statement {
  const schema = twin === undefined ? whole : withoutShared(whole, twin);
  const type = transformSchemaObject(
    // Our components are the part of its Schema Object that Discovery needs, written as one flat interface.
    typeComponent(schema) as Parameters<typeof transformSchemaObject>[0],
    // Where it stands matters to discriminators alone, of which there are none here.
    { path: "", ctx: context },
  );
  const members = membersOf(type, schema, comments);
  const statement =
    members === undefined
      ? factory.createTypeAliasDeclaration(EXPORT, schema.name, undefined, type)
      : factory.createInterfaceDeclaration(
          EXPORT,
          schema.name,
          undefined,
          schema === whole ? [] : extending(twin),
          members,
        );
  const { description, deprecated } = schema;
  const shown = schema.shape.kind === "alias" ? enumOf(schema.shape.type) : undefined;
  const notes =
    schema.inputOf === undefined
      ? []
      : [`{@link ${schema.inputOf}} as requests take it: without what only the server sets.`];
  return documented(statement, docLines({ description, deprecated, enum: shown, notes }), comments);
}

/** The type without what its twin has too; itself, where the two share nothing. */
function withoutShared(whole: SchemaModel, { shape: shared }: SchemaModel): SchemaModel {
  const { shape } = whole;
  if (shape.kind === "alias" || shared.kind === "alias" || shared.properties.length === 0) return whole;
  const types = new Map(shared.properties.map(({ name, type }) => [name, JSON.stringify(type)]));
  const properties = shape.properties.filter(({ name, type }) => types.get(name) !== JSON.stringify(type));
  return properties.length === shape.properties.length ? whole : { ...whole, shape: { ...shape, properties } };
}

function extending(twin: SchemaModel | undefined): TypeScript.HeritageClause[] {
  if (twin === undefined) return [];
  const base = factory.createExpressionWithTypeArguments(factory.createIdentifier(twin.name), undefined);
  return [factory.createHeritageClause(SyntaxKind.ExtendsKeyword, [base])];
}

/** The members of an object type, documented; undefined for every other type. */
function membersOf(
  type: TypeScript.TypeNode,
  { shape, inputOf }: SchemaModel,
  comments: Comments,
): TypeScript.TypeElement[] | undefined {
  if (shape.kind === "alias") return undefined;
  // Where every property is read-only nothing is left to set; an answer may still be passed back.
  if (inputOf !== undefined && shape.properties.length === 0 && shape.additional === undefined) return [];
  // Further properties come as an intersection with an index signature; both parts go into one interface.
  const parts = ts.isIntersectionTypeNode(type) ? type.types : [type];
  const members = parts.flatMap((part) => (ts.isTypeLiteralNode(part) ? [...part.members] : []));
  for (const [index, property] of shape.properties.entries()) {
    const member = members[index];
    if (member !== undefined) documented(member, propertyLines(property), comments);
  }
  return members;
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

/** Lines of doc comments, in the order they were made. */
type Comments = (readonly string[])[];

/** Replaces whatever comment the transformation gave by one that holds the number of ours. */
function documented<Node extends TypeScript.Node>(node: Node, lines: readonly string[], comments: Comments): Node {
  if (lines.length === 0) return ts.setSyntheticLeadingComments(node, undefined);
  const text = String(comments.push(lines) - 1);
  const comment = {
    kind: SyntaxKind.MultiLineCommentTrivia,
    text,
    hasTrailingNewLine: true,
    pos: -1,
    end: -1,
  } as const;
  return ts.setSyntheticLeadingComments(node, [comment]);
}

function typeReference(reference: string): TypeScript.TypeNode {
  return factory.createTypeReferenceNode(referencedName(reference));
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

/** Settings of the transformation; both hooks put names where it would look a type up. */
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
  transform: (schema) => {
    const component = schema as SchemaObject;
    if (component.$ref !== undefined) return typeReference(component.$ref);
    return component === OPEN_STRING ? openString() : undefined;
  },
  postTransform: (type) => {
    // `components["schemas"]["X"]`: a reference among items, values or members.
    if (ts.isIndexedAccessTypeNode(type) && ts.isLiteralTypeNode(type.indexType)) {
      return factory.createTypeReferenceNode((type.indexType.literal as TypeScript.StringLiteral).text);
    }
    // A lone index signature reads well on one line.
    if (ts.isTypeLiteralNode(type) && type.members.length === 1 && type.members.every(ts.isIndexSignatureDeclaration)) {
      return ts.setEmitFlags(type, ts.EmitFlags.SingleLine);
    }
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

function print(declarations: readonly TypeScript.Statement[], comments: Comments): string {
  const file = ts.createSourceFile("schemas.ts", "", ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS);
  const printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed });
  const texts = declarations.map((node) => `${printer.printNode(ts.EmitHint.Unspecified, node, file)}\n`);
  // The printer indents by four columns and knows no other way; comments of several lines it takes apart at length, so
  // they are put in after it. No text of a document can stand alone on a line, as a string literal holds no line break.
  return texts
    .join("\n")
    .replace(/^((?: {4})*)(?:\/\*(\d+)\*\/$)?/gm, (_, indent: string, index: string | undefined) => {
      const space = indent.slice(indent.length / 2);
      return index === undefined ? space : docComment(comments[Number(index)] ?? [], space);
    });
}

function docComment(lines: readonly string[], space: string): string {
  if (lines.length === 1) return `${space}/** ${lines.join("")} */`;
  return `${space}/**\n${lines.map((line) => `${`${space} * ${line}`.trimEnd()}\n`).join("")}${space} */`;
}
