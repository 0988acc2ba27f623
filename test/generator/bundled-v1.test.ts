/** The bundled `sqladmin:v1` document: the facts of Google's document, with a few descriptions in our own words. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript-6.0";
import { describe, expect, it } from "vitest";
import {
  entries,
  everything,
  isString,
  type JsonObject,
  normalised,
  object,
  readDocument,
  runsOf,
  structureOf,
  textsOf,
} from "../support/documents.js";
import { discogen } from "../support/discogen.js";
import { CORPUS, needsCorpus, ROOT, temporaryFolder } from "../support/folders.js";

const bundledFile = new URL("../../generator/documents/sqladmin.v1.json", import.meta.url);
const referenceFile = new URL("../../../shared/discovery/2024/sqladmin.v1.json", import.meta.url);

const bundled = readDocument(bundledFile);

const descriptionsOf = (document: JsonObject) => textsOf(document).filter(({ pointer }) => pointer !== "/title");

/** Methods that an example or the README calls. */
const CALLED = ["delete", "get", "insert", "list", "patch", "restart", "update"];

describe("the bundled sqladmin:v1 document", () => {
  it("is the live successor of v1beta3", () => {
    expect(bundled).toMatchObject({
      id: "sqladmin:v1",
      title: "Cloud SQL Admin API",
      revision: "20240618",
      rootUrl: "https://sqladmin.googleapis.com/",
      mtlsRootUrl: "https://sqladmin.mtls.googleapis.com/",
    });
    expect(Object.keys(object(bundled["schemas"]))).toHaveLength(101);
  });

  it("describes the methods that examples call, their parameters, and both scopes", () => {
    const methods = object(object(object(bundled["resources"])["instances"])["methods"]);
    const described = [
      ...entries(object(object(object(bundled["auth"])["oauth2"])["scopes"]), "/auth/oauth2/scopes"),
      ...CALLED.flatMap((name) => [
        { pointer: `/${name}`, value: object(methods[name]) },
        ...entries(object(object(methods[name])["parameters"]), `/${name}/parameters`),
      ]),
    ];
    expect(described.filter(({ value }) => !isString(object(value)["description"]))).toEqual([]);
  });

  it("has no empty text, and none that makes a property read-only", () => {
    const texts = descriptionsOf(bundled).map(({ value }) => value);
    expect(texts.filter((text) => text.trim() === "" || /^\W*output only/i.test(text))).toEqual([]);
  });

  it("refers only to schemas that it contains", () => {
    const schemas = object(bundled["schemas"]);
    const references = everything(bundled).flatMap(({ value }) => object(value)["$ref"] ?? []);
    expect(references).not.toEqual([]);
    expect(references.filter((reference) => !isString(reference) || !Object.hasOwn(schemas, reference))).toEqual([]);
  });
});

/** The code of a generated file without its comments. */
async function codeOf(folder: string, name: string): Promise<string> {
  const text = await readFile(join(folder, "sqladmin/v1", name), "utf8");
  const printer = ts.createPrinter({ removeComments: true });
  return printer.printFile(ts.createSourceFile(name, text, ts.ScriptTarget.Latest));
}

describe.skipIf(!existsSync(CORPUS))(`the bundled sqladmin:v1 document next to Google's${needsCorpus}`, () => {
  const reference = readDocument(existsSync(referenceFile) ? referenceFile : bundledFile);

  it("is equal in everything but the texts, key order included", () => {
    expect(JSON.stringify(structureOf(bundled), null, 2)).toBe(JSON.stringify(structureOf(reference), null, 2));
    expect(bundled["title"]).toBe(reference["title"]);
  });

  it("has texts only where the original has texts", () => {
    const places = new Set(textsOf(reference).map(({ pointer }) => pointer));
    expect(descriptionsOf(bundled).filter(({ pointer }) => !places.has(pointer))).toEqual([]);
  });

  it("shares no text and no run of eight words with the original", () => {
    const texts = descriptionsOf(reference).map(({ value }) => value);
    const originals = new Set(texts.map(normalised));
    const runs = new Set(texts.flatMap((text) => runsOf(text, 8)));
    const shared = descriptionsOf(bundled).filter(
      ({ value }) => originals.has(normalised(value)) || runsOf(value, 8).some((run) => runs.has(run)),
    );
    expect(runs.size).toBeGreaterThan(0);
    expect(shared).toEqual([]);
  });

  it("generates the same code as the original, comments aside", async () => {
    const folders = [await temporaryFolder(), await temporaryFolder()] as const;
    const documents = [bundledFile, referenceFile] as const;
    for (const [index, folder] of folders.entries()) {
      const document = fileURLToPath(documents[index] ?? bundledFile);
      expect(await discogen(["generate", document, "--out", folder], ROOT)).toMatchObject({ code: 0 });
    }
    for (const name of ["index.ts", "schemas.ts"])
      expect(await codeOf(folders[0], name)).toBe(await codeOf(folders[1], name));
  });
});
