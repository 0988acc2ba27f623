/** Text of types: on one line, and broken within the column limit. */
import { describe, expect, it } from "vitest";
import {
  array,
  intersection,
  keyword,
  map,
  name,
  object,
  stringLiteral,
  type TypeNode,
  union,
} from "../../../generator/src/emit/type-nodes.js";
import { callLayout, memberLayout, typeLayout, typeText } from "../../../generator/src/emit/type-printer.js";

const string = keyword("string");
const long = (letter: string) => letter.repeat(70);
const member = (key: string, type: TypeNode, isOptional = false) => ({ key, type, isOptional });

describe("a type on one line", () => {
  it.each<[string, TypeNode]>([
    ["string", string],
    ["Paged<List, Item>", name("Paged", name("List"), name("Item"))],
    ["string[]", array(string)],
    ["readonly (string | number)[]", array(union([string, keyword("number")]), true)],
    ["(A & B)[]", array(intersection([name("A"), name("B")]))],
    ["string | number | null", union([union([string, keyword("number")]), keyword("null")])],
    ["A & B | undefined", union([intersection([name("A"), name("B")]), keyword("undefined")])],
    ["A & (B | C)", intersection([name("A"), union([name("B"), name("C")])])],
    ['{ a?: string; "b-c": "d" }', object([member("a", string, true), member('"b-c"', stringLiteral("d"))])],
    ["{ [key: string]: { [key: string]: A } }[]", array(map(map(name("A"))))],
    ["{}", object([])],
  ])("is %s", (text, type) => {
    expect(typeText(type)).toBe(text);
  });
});

describe("a type that does not fit on one line", () => {
  it.each<[string, TypeNode, string]>([
    ["a union", union([name(long("a")), name(long("b"))]), `\n  | ${long("a")}\n  | ${long("b")}`],
    ["an intersection", intersection([name(long("a")), name(long("b"))]), `\n  & ${long("a")}\n  & ${long("b")}`],
    [
      "the arguments of a name",
      name("Selected", name(long("a")), name(long("b"))),
      `Selected<\n  ${long("a")},\n  ${long("b")}\n>`,
    ],
    [
      "a union in an argument",
      name("Record", union([name(long("a")), name(long("b"))]), string),
      `Record<\n  | ${long("a")}\n  | ${long("b")},\n  string\n>`,
    ],
    [
      "an array of a union",
      array(union([name(long("a")), name(long("b"))]), true),
      `readonly (\n  | ${long("a")}\n  | ${long("b")}\n)[]`,
    ],
    [
      "the members of an object",
      array(object([member("a", name(long("a"))), member("b", name(long("b")), true)])),
      `{\n  a: ${long("a")};\n  b?: ${long("b")};\n}[]`,
    ],
    ["one name, which cannot be broken", name("a".repeat(130)), "a".repeat(130)],
  ])("is broken at %s", (_, type, text) => {
    expect(typeLayout(type, 0, 0)).toBe(text);
  });

  it("goes below its key if it is a single name", () => {
    const type = name("b".repeat(80));
    expect(memberLayout(member("a".repeat(50), type, true), 2)).toBe(`${"a".repeat(50)}?:\n    ${"b".repeat(80)}`);
  });
});

describe("a call", () => {
  it("stays on one line if its semicolon fits too", () => {
    const argument = "a".repeat(110);
    expect(callLayout("run", [argument], 4)).toBe(`run(${argument})`);
    expect(callLayout("run", [`${argument}a`], 4)).toBe(`run(\n      ${argument}a\n    )`);
  });
});
