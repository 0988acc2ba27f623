/** A TypeScript type as a tree of plain objects. `schemas.ts` and `index.ts` are both printed from such trees. */
import { isIdentifier } from "../model/names.js";

export type TypeNode = KeywordNode | NameNode | ArrayNode | CompositeNode | ObjectNode;

export type Keyword = "boolean" | "never" | "null" | "number" | "string" | "undefined" | "unknown";

export interface KeywordNode {
  readonly kind: Keyword;
}

/** A name with its type arguments, or a literal as it is written in code. */
export interface NameNode {
  readonly kind: "name";
  readonly text: string;
  readonly arguments: readonly TypeNode[];
}

export interface ArrayNode {
  readonly kind: "array";
  readonly items: TypeNode;
  readonly isReadonly: boolean;
}

export interface CompositeNode {
  readonly kind: "intersection" | "union";
  readonly types: readonly TypeNode[];
}

export interface ObjectNode {
  readonly kind: "object";
  readonly members: readonly MemberNode[];
}

export interface MemberNode {
  /** The key as it is written in code: quoted if it is not an identifier. */
  readonly key: string;
  readonly isOptional: boolean;
  readonly type: TypeNode;
}

export function keyword(kind: Keyword): KeywordNode {
  return { kind };
}

export function name(text: string, ...typeArguments: readonly TypeNode[]): NameNode {
  return { kind: "name", text, arguments: typeArguments };
}

/** A string literal type. */
export function stringLiteral(value: string): NameNode {
  return name(JSON.stringify(value));
}

export function array(items: TypeNode, isReadonly = false): ArrayNode {
  return { kind: "array", items, isReadonly };
}

export function intersection(types: readonly TypeNode[]): CompositeNode {
  return { kind: "intersection", types };
}

/** A union; members that are unions themselves become members of this one. */
export function union(types: readonly TypeNode[]): TypeNode {
  const members = types.flatMap((type) => (type.kind === "union" ? type.types : [type]));
  return members.length === 1 && members[0] !== undefined ? members[0] : { kind: "union", types: members };
}

export function object(members: readonly MemberNode[]): ObjectNode {
  return { kind: "object", members };
}

/** `{ [key: string]: T }`. */
export function map(values: TypeNode): ObjectNode {
  return object([indexMember(values)]);
}

export function indexMember(type: TypeNode): MemberNode {
  return { key: "[key: string]", isOptional: false, type };
}

/** Any string. In a union with literals, editors still offer the literals. */
export const OPEN_STRING_TYPE: TypeNode = name("(string & {})");

/** A property name as it is written in a type. */
export function propertyKey(property: string): string {
  return isIdentifier(property) ? property : JSON.stringify(property);
}
