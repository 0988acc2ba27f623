/** Data → the text of a TypeScript literal, laid out for reading and always the same. */
import { isIdentifier } from "../model/names.js";

/** What descriptors are made of; undefined members are left out. */
export type Data = boolean | number | string | Name | readonly Data[] | { readonly [key: string]: Data | undefined };

/** A constant that is told of by its name. */
export class Name {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const WIDTH = 120;

/** On one line where that fits behind `column`, else a member a line. */
export function literal(data: Data, column = 0, indent = 0): string {
  const line = onOneLine(data);
  if (line.length + column <= WIDTH || typeof data !== "object" || data instanceof Name) return line;
  const inner = indent + 2;
  const members = isList(data)
    ? data.map((member) => literal(member, inner, inner))
    : defined(data).map(([name, member]) => `${key(name)}: ${literal(member, inner + name.length + 3, inner)}`);
  const [open, close] = isList(data) ? "[]" : "{}";
  const space = " ".repeat(inner);
  return `${open}\n${members.map((member) => `${space}${member},\n`).join("")}${" ".repeat(indent)}${close}`;
}

function onOneLine(data: Data): string {
  if (data instanceof Name) return data.text;
  if (typeof data !== "object") return JSON.stringify(data);
  if (isList(data)) return `[${data.map(onOneLine).join(", ")}]`;
  const members = defined(data).map(([name, member]) => `${key(name)}: ${onOneLine(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function isList(data: Data): data is readonly Data[] {
  return Array.isArray(data);
}

function defined(data: { readonly [key: string]: Data | undefined }): (readonly [string, Data])[] {
  return Object.entries(data).flatMap(([name, member]) => (member === undefined ? [] : [[name, member] as const]));
}

/** Written bare, `__proto__` would set the prototype. */
function key(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return isIdentifier(name) ? name : JSON.stringify(name);
}
