/** Declarations of a module → text. */
import { COLUMNS, layout, memberLayout } from "./layout.js";

/** A property of an interface; its type is on one line and is broken where it is too long. */
export interface PropertyDeclaration {
  readonly docs: readonly string[];
  /** As it is written: quoted where it is no identifier. */
  readonly key: string;
  readonly isOptional: boolean;
  readonly type: string;
}

export interface InterfaceDeclaration {
  readonly docs: readonly string[];
  readonly name: string;
  readonly extends: string | undefined;
  readonly properties: readonly PropertyDeclaration[];
}

/** A method with one statement, written without its semicolon. */
export interface MethodDeclaration {
  readonly docs: readonly string[];
  readonly name: string;
  readonly typeParameter: string | undefined;
  /** `name?: type` */
  readonly parameters: readonly string[];
  readonly returnType: string;
  readonly statement: string;
}

export interface ClassDeclaration {
  readonly docs: readonly string[];
  readonly name: string;
  readonly extends: string;
  /** A line each. */
  readonly properties: readonly { readonly docs: readonly string[]; readonly line: string }[];
  /** The constructor as text, where the base class's is not enough. */
  readonly constructorText: string | undefined;
  readonly methods: readonly MethodDeclaration[];
}

/** A doc comment; empty without lines. */
export function docComment(lines: readonly string[], indent: number): string {
  const space = " ".repeat(indent);
  if (lines.length === 0) return "";
  if (lines.length === 1) return `${space}/** ${lines.join("")} */\n`;
  return `${space}/**\n${lines.map((line) => `${space} *${line === "" ? "" : ` ${line}`}\n`).join("")}${space} */\n`;
}

export function interfaceText(declaration: InterfaceDeclaration): string {
  const { docs, name, properties } = declaration;
  const members = properties.map(
    ({ docs, key, isOptional, type }) =>
      `${docComment(docs, 2)}  ${memberLayout(`${key}${isOptional ? "?" : ""}: ${type}`, 2)};\n`,
  );
  const line = headText(`export interface ${name}`, declaration.extends);
  return `${docComment(docs, 0)}${line} {${members.length === 0 ? "" : "\n"}${members.join("")}}\n`;
}

export function typeAliasText(docs: readonly string[], name: string, type: string): string {
  const start = `export type ${name} =`;
  const broken = layout(type, start.length + 1, 0, 1);
  const fits = start.length + 2 + broken.length <= COLUMNS;
  // One name that does not fit goes on a line of its own.
  const space = broken.startsWith("\n") ? "" : fits || broken.includes("\n") ? " " : "\n  ";
  return `${docComment(docs, 0)}${start}${space}${broken};\n`;
}

export function classText(declaration: ClassDeclaration): string {
  const { docs, name, properties, constructorText, methods } = declaration;
  const fields = properties.map(({ docs, line }) => `${docComment(docs, 2)}  ${fieldText(line)}\n`).join("");
  const blocks = [fields, constructorText ?? "", ...methods.map(methodText)].filter((block) => block !== "");
  return `${docComment(docs, 0)}${headText(`export class ${name}`, declaration.extends)} {\n${blocks.join("\n")}}\n`;
}

/** The declaration up to its brace, broken before `extends` where it is too long. */
function headText(start: string, base: string | undefined): string {
  if (base === undefined) return start;
  const line = `${start} extends ${base}`;
  return line.length + " {".length <= COLUMNS ? line : `${start}\n  extends ${base}`;
}

/** `name: Type = value;`, broken before the value, and before the type, where it is too long. */
function fieldText(line: string): string {
  if (line.length + 2 <= COLUMNS) return line;
  const [declared = "", value = ""] = line.split(" = ");
  const head = declared.length + " =".length + 2 <= COLUMNS ? declared : declared.replace(": ", ":\n    ");
  return `${head} =\n    ${value}`;
}

function methodText({ docs, name, typeParameter, parameters, returnType, statement }: MethodDeclaration): string {
  const start = `  ${name}${typeParameter === undefined ? "" : `<${typeParameter}>`}(`;
  const line = `${start}${parameters.join(", ")}): ${returnType} {`;
  const head =
    line.length <= COLUMNS
      ? line
      : `${start}\n${parameters.map((parameter) => `    ${memberLayout(parameter, 4)},\n`).join("")}  ): ${layout(returnType, 5, 2, 2)} {`;
  return `${docComment(docs, 2)}${head}\n    ${layout(statement, 4, 4, 1)};\n  }\n`;
}
