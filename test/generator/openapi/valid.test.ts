/** Checks every available document with an independent validator, which uses the schema of the OpenAPI Initiative. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { buildModel } from "../../../generator/src/model/build.js";
import { openapiDocument } from "../../../generator/src/openapi/document.js";
import { CORPUS, needsCorpus, ROOT } from "../../support/folders.js";

const filesIn = (folder: string): readonly (readonly [name: string, file: string])[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => [name, join(folder, name)]);

const validator = new Validator();

async function expectValid(_: string, file: string): Promise<void> {
  const { document } = readDocument(readFileSync(file, "utf8"), basename(file));
  const text = JSON.stringify(openapiDocument(buildModel(document, {}, () => undefined)));
  // The validator treats properties named `$ref` and `$id` as keywords. Keywords have text as their value, properties
  // have objects.
  const result = await validator.validate(JSON.parse(text.replace(/"\$(?=(?:id|ref)":\{)/g, '"_')));
  expect(result).toEqual({ valid: true });
}

describe("the OpenAPI 3.1 document is valid", () => {
  it.each([...filesIn(join(ROOT, "generator/documents")), ...filesIn(join(ROOT, "test/fixtures"))])("%s", expectValid);

  it("and an invalid document is recognized", async () => {
    const document = { openapi: "3.1.0", info: { title: "x", version: "1" }, paths: { nowhere: {} } };
    expect(await validator.validate(document)).toMatchObject({ valid: false });
  });
});

describe.skipIf(needsCorpus !== "")(`the OpenAPI 3.1 documents of the corpus are valid${needsCorpus}`, () => {
  it.each(needsCorpus === "" ? filesIn(CORPUS) : [])("%s", expectValid);
});
