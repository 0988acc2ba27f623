/** Declarations of a module → text. */
import type { MemberNode, TypeNode } from "./type-nodes.js";
import { callLayout, COLUMNS, memberLayout, memberText, typeLayout, typeText } from "./type-printer.js";

export interface PropertyDeclaration extends MemberNode {
  readonly docs: readonly string[];
}

export interface InterfaceDeclaration {
  readonly docs: readonly string[];
  readonly name: string;
  readonly extends: string | undefined;
  readonly properties: readonly PropertyDeclaration[];
}

/** A method whose only statement returns the result of a call. */
export interface MethodDeclaration {
  readonly docs: readonly string[];
  readonly name: string;
  readonly typeParameter: string | undefined;
  readonly parameters: readonly MemberNode[];
  readonly returnType: TypeNode;
  readonly callee: string;
  readonly arguments: readonly string[];
}

export interface FieldDeclaration {
  readonly docs: readonly string[];
  /** With its modifiers. */
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

export interface ClassDeclaration {
  readonly docs: readonly string[];
  readonly name: string;
  readonly extends: string;
  readonly fields: readonly FieldDeclaration[];
  /** The text of the constructor; undefined if the class inherits it. */
  readonly constructorText: string | undefined;
  readonly methods: readonly MethodDeclaration[];
}

/** Returns a doc comment; an empty string without lines. */
function docComment(lines: readonly string[], indent: number): string {
  const space = " ".repeat(indent);
  if (lines.length === 0) return "";
  if (lines.length === 1) return `${space}/** ${lines.join("")} */\n`;
  return `${space}/**\n${lines.map((line) => `${space} *${line === "" ? "" : ` ${line}`}\n`).join("")}${space} */\n`;
}

export function interfaceText({ docs, name, extends: base, properties }: InterfaceDeclaration): string {
  const members = properties.map((property) => `${docComment(property.docs, 2)}  ${memberLayout(property, 2)};\n`);
  const line = headText(`export interface ${name}`, base);
  return `${docComment(docs, 0)}${line} {${members.length === 0 ? "" : "\n"}${members.join("")}}\n`;
}

export function typeAliasText(docs: readonly string[], name: string, type: TypeNode): string {
  const start = `export type ${name} =`;
  const broken = typeLayout(type, start.length + 1, 0, 1);
  const fits = start.length + 2 + broken.length <= COLUMNS;
  // A single name that does not fit goes on its own line.
  const space = broken.startsWith("\n") ? "" : fits || broken.includes("\n") ? " " : "\n  ";
  return `${docComment(docs, 0)}${start}${space}${broken};\n`;
}

export function classText({
  docs,
  name,
  extends: base,
  fields,
  constructorText = "",
  methods,
}: ClassDeclaration): string {
  const fieldLines = fields.map((field) => `${docComment(field.docs, 2)}  ${fieldText(field)}\n`).join("");
  const blocks = [fieldLines, constructorText, ...methods.map(methodText)].filter((block) => block !== "");
  return `${docComment(docs, 0)}${headText(`export class ${name}`, base)} {\n${blocks.join("\n")}}\n`;
}

/** The declaration up to its brace. Breaks a long one before `extends`. */
function headText(start: string, base: string | undefined): string {
  if (base === undefined) return start;
  const line = `${start} extends ${base}`;
  return line.length + " {".length <= COLUMNS ? line : `${start}\n  extends ${base}`;
}

/** `name: Type = value;`. Breaks a long one before the value, then also before the type. */
function fieldText({ name, type, value }: FieldDeclaration): string {
  const line = `${name}: ${type} = ${value};`;
  if (line.length + 2 <= COLUMNS) return line;
  const head = `${name}: ${type} =`;
  return `${head.length + 2 <= COLUMNS ? head : `${name}:\n    ${type} =`}\n    ${value};`;
}

function methodText(method: MethodDeclaration): string {
  const { docs, name, typeParameter, parameters, returnType, callee } = method;
  const start = `  ${name}${typeParameter === undefined ? "" : `<${typeParameter}>`}(`;
  const line = `${start}${parameters.map(memberText).join(", ")}): ${typeText(returnType)} {`;
  const lines = () => parameters.map((parameter) => `    ${memberLayout(parameter, 4)},\n`).join("");
  const head = line.length <= COLUMNS ? line : `${start}\n${lines()}  ): ${typeLayout(returnType, 5, 2, 2)} {`;
  return `${docComment(docs, 2)}${head}\n    ${callLayout(`return ${callee}`, method.arguments, 4)};\n  }\n`;
}
