/**
 * The code generated for our own documents: one with every shape, one in today's style that the mock's tests use.
 * `npm run golden` updates the golden files. Review the changes.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emitApi } from "../../../generator/src/emit/emitter.js";
import { loadModel } from "../../../generator/src/load.js";
import { emitDeclarations, EVERY_COMPILER, typeErrors } from "../../../scripts/type-check.js";
import { ROOT } from "../../support/folders.js";
import { roomsDocument } from "../mock/rooms.js";
import { modelOf } from "../mock/support.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");

const goldenOf = async (path: string, text: string): Promise<string> => {
  const golden = join(ROOT, "test/golden", path);
  if (process.env["UPDATE_GOLDEN"] !== undefined) {
    await mkdir(dirname(golden), { recursive: true });
    await writeFile(golden, text);
  }
  return readFile(golden, "utf8");
};

describe("the code of test/generator/mock/rooms.ts", () => {
  const files = emitApi(modelOf(JSON.stringify(roomsDocument), "rooms.json"));

  it.each(files)("equals test/golden/$path", async ({ path, text }) => {
    expect(text).toBe(await goldenOf(path, text));
  });
});

describe("the code of test/fixtures/shelves.v1.json", async () => {
  const { model, warnings } = await loadModel(FIXTURE);
  const files = emitApi(model);

  it.each(files)("equals test/golden/$path", async ({ path, text }) => {
    expect(text).toBe(await goldenOf(path, text));
  });

  describe("passes the strictest flags", () => {
    let folder = "";
    let sources = "";
    let declarations = "";
    let emitErrors = "";
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "discogen-test-"));
      [sources, declarations] = [join(folder, "sources"), join(folder, "declarations")];
      await mkdir(declarations);
      for (const { path, text } of files) {
        await mkdir(dirname(join(sources, path)), { recursive: true });
        await writeFile(join(sources, path), text);
      }
      emitErrors = await emitDeclarations(sources, declarations);
    });
    afterAll(() => rm(folder, { recursive: true }));

    it.each(EVERY_COMPILER)("of TypeScript %s, and so do its declarations", async (compiler) => {
      expect(emitErrors).toBe("");
      expect(await typeErrors(sources, compiler)).toBe("");
      expect(await typeErrors(declarations, compiler)).toBe("");
    });
  });

  it("comes with warnings about the document", () => {
    expect(warnings.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      "RENAMED /schemas/string",
      "RENAMED /schemas/well-known",
      "DANGLING_REFERENCE /schemas/Shelf/properties/gone/$ref",
      "RENAMED /resources/rooms/resources/shelves/resources/books",
      "UNDECLARED_PATH_PARAMETER /resources/rooms/resources/shelves/resources/books/methods/get/path",
      "BODY_NOT_SENT /resources/well-known/methods/getOpenid-configuration/request",
    ]);
  });
});
