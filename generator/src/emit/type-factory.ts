/**
 * The functions of TypeScript that openapi-typescript's transformation of schemas calls, with TypeScript's names. They
 * make our own nodes, so no compiler is loaded. `compile-transformation.js` builds the transformation with this
 * module in place of `typescript`.
 */
import {
  array,
  indexMember,
  intersection,
  type KeywordNode,
  keyword,
  type MemberNode,
  name,
  type NameNode,
  object,
  propertyKey,
  type TypeNode,
  union,
} from "./type-nodes.js";

/** Kinds in both directions, like an enum of TypeScript: the transformation also looks up the name of a kind. */
export const SyntaxKind = {
  BooleanKeyword: "boolean",
  NeverKeyword: "never",
  NullKeyword: "null",
  NumberKeyword: "number",
  StringKeyword: "string",
  UndefinedKeyword: "undefined",
  UnknownKeyword: "unknown",
  boolean: "BooleanKeyword",
  never: "NeverKeyword",
  null: "NullKeyword",
  number: "NumberKeyword",
  string: "StringKeyword",
  undefined: "UndefinedKeyword",
  unknown: "UnknownKeyword",
  ExportKeyword: "export",
  ReadonlyKeyword: "readonly",
  QuestionToken: "?",
  MultiLineCommentTrivia: "comment",
} as const;

export const factory = {
  createKeywordTypeNode: keyword,
  createNull: (): KeywordNode => keyword("null"),
  createTrue: (): NameNode => name("true"),
  createFalse: (): NameNode => name("false"),
  createToken: (kind: string): string => kind,
  createModifier: (kind: string): string => kind,
  createIdentifier: (text: string): NameNode => name(text),
  createStringLiteral: (text: string): NameNode => name(text),
  createNumericLiteral: (value: number | string): NameNode => name(String(value)),
  createLiteralTypeNode: (literal: TypeNode): TypeNode => literal,
  createTypeReferenceNode: (identifier: NameNode, typeArguments: readonly TypeNode[] = []): NameNode =>
    name(identifier.text, ...typeArguments),
  createArrayTypeNode: (items: TypeNode): TypeNode => array(items),
  createUnionTypeNode: union,
  createIntersectionTypeNode: intersection,
  createTypeLiteralNode: object,
  createPropertySignature: (
    modifiers: readonly string[] | undefined,
    { text }: NameNode,
    questionToken: string | undefined,
    type: TypeNode,
  ): MemberNode => ({
    key: `${modifiers?.includes(SyntaxKind.ReadonlyKeyword) === true ? "readonly " : ""}${propertyKey(text)}`,
    isOptional: questionToken !== undefined,
    type,
  }),
  createParameterDeclaration: (): undefined => undefined,
  createIndexSignature: (_modifiers: unknown, _parameters: unknown, type: TypeNode): MemberNode => indexMember(type),
};

export function isArrayTypeNode({ kind }: TypeNode): boolean {
  return kind === "array";
}

/** Discovery documents have no tuples. */
export function isTupleTypeNode(): boolean {
  return false;
}

/** Does nothing: doc comments are printed from the model. */
export function addSyntheticLeadingComment(): void {}
