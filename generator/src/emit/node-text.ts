/** Type nodes that openapi-typescript makes → text on one line. */
import type TypeScript from "typescript";
import { isIdentifier } from "../model/names.js";
import { ts } from "./compiler.js";
import type { PropertyDeclaration } from "./declarations.js";

const KEYWORDS: Readonly<Record<number, string>> = {
  [ts.SyntaxKind.BooleanKeyword]: "boolean",
  [ts.SyntaxKind.NeverKeyword]: "never",
  [ts.SyntaxKind.NumberKeyword]: "number",
  [ts.SyntaxKind.StringKeyword]: "string",
  [ts.SyntaxKind.UnknownKeyword]: "unknown",
};

/** @throws {TypeError} for a kind of node that no Discovery document leads to */
export function nodeText(node: TypeScript.TypeNode): string {
  const keyword = KEYWORDS[node.kind];
  if (keyword !== undefined) return keyword;
  if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) return node.typeName.text;
  // openapi-typescript writes string literals as identifiers, to keep characters beyond ASCII.
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) return JSON.stringify(node.literal.text);
  if (ts.isArrayTypeNode(node)) return `${operand(node.elementType)}[]`;
  if (ts.isUnionTypeNode(node)) return node.types.map(nodeText).join(" | ");
  if (ts.isIntersectionTypeNode(node)) return node.types.map(operand).join(" & ");
  if (ts.isParenthesizedTypeNode(node)) return `(${nodeText(node.type)})`;
  if (ts.isTypeLiteralNode(node)) {
    const members = node.members
      .map(memberParts)
      .map(({ key, isOptional, type }) => `${key}${isOptional ? "?" : ""}: ${type}`);
    return members.length === 0 ? "{}" : `{ ${members.join("; ")} }`;
  }
  throw new TypeError(`a type of kind ${String(ts.SyntaxKind[node.kind])} cannot be printed`);
}

/** A member of an object type: its key as it is written, and its type. */
export function memberParts(member: TypeScript.TypeElement): Omit<PropertyDeclaration, "docs"> {
  if (ts.isIndexSignatureDeclaration(member))
    return { key: "[key: string]", isOptional: false, type: nodeText(member.type) };
  if (!ts.isPropertySignature(member) || member.type === undefined)
    throw new TypeError(`a member of kind ${String(ts.SyntaxKind[member.kind])} cannot be printed`);
  const { name, modifiers, questionToken, type } = member;
  const text = ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : "";
  const isReadOnly = modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) === true;
  return {
    key: `${isReadOnly ? "readonly " : ""}${isIdentifier(text) ? text : JSON.stringify(text)}`,
    isOptional: questionToken !== undefined,
    type: nodeText(type),
  };
}

/** In an array or intersection a union stands in parentheses. */
function operand(node: TypeScript.TypeNode): string {
  return ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node) ? `(${nodeText(node)})` : nodeText(node);
}
