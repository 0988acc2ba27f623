/** The form of generated code, for all documents: class members and the length of lines. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript-6.0";
import { describe, expect, it } from "vitest";
import { emitApi } from "../../../generator/src/emit/emitter.js";
import { loadModel } from "../../../generator/src/load.js";
import { CORPUS, needsCorpus, ROOT } from "../../support/folders.js";

const FIXTURES = ["test/fixtures/shelves.v1.json", "generator/documents/sqladmin.v1beta3.json"];
const DOCUMENTS =
  needsCorpus === ""
    ? readdirSync(CORPUS, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".json"))
        .map((name) => join(CORPUS, name))
    : FIXTURES.map((name) => join(ROOT, name));

const COLUMNS = 120;

/** Returns the members that a class declares twice. */
function repeatedMembers(path: string, text: string): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
  return file.statements.filter(ts.isClassDeclaration).flatMap(({ members, name }) => {
    const names = members.flatMap((member) => (member.name === undefined ? [] : [member.name.getText(file)]));
    return names.filter((one, at) => names.indexOf(one) < at).map((one) => `${path} ${name?.text ?? ""}.${one}`);
  });
}

/** Returns the lines over the limit, except those with a token that cannot be broken: a string, a name, a URL, a word. */
function longLines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.length > COLUMNS && !isUnbreakable(line));
}

/** Whether one token is longer than half a line and the rest is short. */
function isUnbreakable(line: string): boolean {
  const tokens = line.trim().match(/"(?:[^"\\]|\\.)*"|`[^`]*`|\/\*\*?|\S+/g) ?? [];
  const rest = line.length - Math.max(...tokens.map(({ length }) => length));
  return rest < COLUMNS / 3 && tokens.some(({ length }) => length > COLUMNS / 2);
}

describe(`the code of ${needsCorpus === "" ? "every document of ../shared/discovery" : "our own documents"}`, () => {
  it("declares no member twice, and breaks lines at 120 columns", async () => {
    const found: string[] = [];
    for (const document of DOCUMENTS) {
      const { model } = await loadModel(document);
      for (const { path, text } of emitApi(model)) {
        // Only this file has classes.
        if (path.endsWith("index.ts")) found.push(...repeatedMembers(path, text));
        found.push(...longLines(text).map((line) => `${path} ${line}`));
      }
    }
    expect(found).toEqual([]);
  }, 60_000);
});
