/** Data → the text of a TypeScript literal. */
import { isIdentifier } from "../model/names.js";
import { COLUMNS } from "./type-printer.js";

/** The data of descriptors. Undefined members are omitted. */
export type Data = boolean | number | string | Name | readonly Data[] | { readonly [key: string]: Data | undefined };

/** A reference to a constant. */
export class Name {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Returns a literal on one line if it fits after `column`, else with one member per line. */
export function literal(data: Data, column = 0, indent = 0): string {
  const isComposite = typeof data === "object" && !(data instanceof Name);
  const line = onOneLine(data, isComposite ? COLUMNS - column : Infinity);
  if (line !== undefined || !isComposite) return line ?? "";
  const inner = indent + 2;
  const members = isList(data)
    ? data.map((member) => literal(member, inner, inner))
    : defined(data).map(([name, member]) => `${key(name)}: ${literal(member, inner + key(name).length + 3, inner)}`);
  const [open, close] = isList(data) ? "[]" : "{}";
  const space = " ".repeat(inner);
  return `${open}\n${members.map((member) => `${space}${member},\n`).join("")}${" ".repeat(indent)}${close}`;
}

/** Stops with undefined as soon as the text is longer than `columns`, so large tables are not printed twice. */
function onOneLine(data: Data, columns: number): string | undefined {
  if (typeof data !== "object" || data instanceof Name) {
    const text = data instanceof Name ? data.text : JSON.stringify(data);
    return text.length <= columns ? text : undefined;
  }
  const [open, close, empty] = isList(data) ? ["[", "]", "[]"] : ["{ ", " }", "{}"];
  let text = "";
  const add = (start: string, member: Data): boolean => {
    text += `${text === "" ? open : ", "}${start}`;
    const value = onOneLine(member, columns - text.length);
    text += value ?? "";
    return value !== undefined;
  };
  if (isList(data)) {
    for (const member of data) if (!add("", member)) return undefined;
  } else {
    for (const name of Object.keys(data)) {
      const member = data[name];
      if (member !== undefined && !add(`${key(name)}: `, member)) return undefined;
    }
  }
  text = text === "" ? empty : text + close;
  return text.length <= columns ? text : undefined;
}

function isList(data: Data): data is readonly Data[] {
  return Array.isArray(data);
}

function defined(data: { readonly [key: string]: Data | undefined }): (readonly [string, Data])[] {
  const members: (readonly [string, Data])[] = [];
  for (const [name, member] of Object.entries(data)) if (member !== undefined) members.push([name, member]);
  return members;
}

/** `__proto__` needs brackets: as a plain key it sets the prototype. */
function key(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return isIdentifier(name) ? name : JSON.stringify(name);
}
