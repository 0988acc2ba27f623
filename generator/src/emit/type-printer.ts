/** Trees of types → text, on one line or within the column limit. */
import type { CompositeNode, MemberNode, TypeNode } from "./type-nodes.js";

/** The longest line, unless it contains one token that cannot be broken. */
export const COLUMNS = 120;

const OPERATORS: Readonly<Record<CompositeNode["kind"], string>> = { intersection: "&", union: "|" };

/** Returns the type on one line. */
export function typeText(type: TypeNode): string {
  switch (type.kind) {
    case "name":
      return type.arguments.length === 0 ? type.text : `${type.text}<${type.arguments.map(typeText).join(", ")}>`;
    case "array":
      return `${type.isReadonly ? "readonly " : ""}${operandText(type.items)}[]`;
    case "union":
      return type.types.map(typeText).join(" | ");
    case "intersection":
      return type.types.map(operandText).join(" & ");
    case "object":
      return type.members.length === 0 ? "{}" : `{ ${type.members.map(memberText).join("; ")} }`;
    default:
      return type.kind;
  }
}

/** In arrays and intersections, unions need parentheses. */
function operandText(type: TypeNode): string {
  return isComposite(type) ? `(${typeText(type)})` : typeText(type);
}

function isComposite(type: TypeNode): type is CompositeNode {
  return type.kind === "union" || type.kind === "intersection";
}

/** `name?: type` on one line. */
export function memberText({ key, isOptional, type }: MemberNode): string {
  return `${key}${isOptional ? "?" : ""}: ${typeText(type)}`;
}

/**
 * Returns the type on one line if that fits, else broken at its outermost unions, arguments or members.
 *
 * @param column Where it starts.
 * @param indent Of the line it starts on.
 * @param after How many columns follow it on its last line.
 */
export function typeLayout(type: TypeNode, column: number, indent: number, after = 0): string {
  const line = typeText(type);
  if (column + line.length + after <= COLUMNS) return line;
  if (isComposite(type)) {
    const start = `\n${" ".repeat(indent + 2)}${OPERATORS[type.kind]} `;
    return type.types.map((member) => start + typeLayout(member, indent + 4, indent + 4, after)).join("");
  }
  return brokenType(type, indent) ?? line;
}

/** The type broken inside its brackets; undefined if it has none. */
function brokenType(type: TypeNode, indent: number): string | undefined {
  switch (type.kind) {
    case "name": {
      if (type.arguments.length === 0) return undefined;
      const lines = type.arguments.map((argument) => argumentLayout(argument, indent + 2));
      return `${type.text}<\n${lines.join(",\n")}\n${" ".repeat(indent)}>`;
    }
    case "array": {
      const start = type.isReadonly ? "readonly " : "";
      if (isComposite(type.items))
        return `${start}(\n${argumentLayout(type.items, indent + 2)}\n${" ".repeat(indent)})[]`;
      const items = brokenType(type.items, indent);
      return items === undefined ? undefined : `${start}${items}[]`;
    }
    case "object": {
      const space = " ".repeat(indent + 2);
      const lines = type.members.map((member) => `${space}${memberLayout(member, indent + 2)};\n`);
      return lines.length === 0 ? undefined : `{\n${lines.join("")}${" ".repeat(indent)}}`;
    }
    default:
      return undefined;
  }
}

/** An argument on its own lines. A broken union starts with its first member. */
function argumentLayout(argument: TypeNode, indent: number): string {
  const broken = typeLayout(argument, indent, isComposite(argument) ? indent - 2 : indent, 1);
  return broken.startsWith("\n") ? broken.slice(1) : " ".repeat(indent) + broken;
}

/** `name?: type`, without the semicolon. */
export function memberLayout({ key, isOptional, type }: MemberNode, indent: number): string {
  const start = `${key}${isOptional ? "?" : ""}:`;
  const broken = typeLayout(type, indent + start.length + 1, indent, 1);
  if (broken.startsWith("\n")) return start + broken;
  if (!broken.includes("\n") && indent + start.length + broken.length + 2 > COLUMNS)
    return `${start}\n${" ".repeat(indent + 2)}${broken}`;
  return `${start} ${broken}`;
}

/** A call on one line if that fits before a semicolon, else with one argument per line. */
export function callLayout(callee: string, callArguments: readonly string[], indent: number): string {
  const line = `${callee}(${callArguments.join(", ")})`;
  if (indent + line.length + 1 <= COLUMNS) return line;
  const space = " ".repeat(indent);
  return `${callee}(\n${callArguments.map((argument) => `${space}  ${argument}`).join(",\n")}\n${space})`;
}
