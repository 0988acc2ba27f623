/**
 * The code generated for our own documents: one with every shape, one in today's style that the mock's tests use.
 * `npm run golden` updates the golden files. Review the changes.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { emitApi } from "../../../generator/src/emit/emitter.js";
import { loadModel } from "../../../generator/src/load.js";
import { emitDeclarations, EVERY_COMPILER, typeErrors } from "../../../scripts/type-check.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";
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

  it.each(EVERY_COMPILER)(
    "passes the strictest flags of TypeScript %s, and so do its declarations",
    async (compiler) => {
      const folder = await temporaryFolder();
      for (const { path, text } of files) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      const declarations = await temporaryFolder();
      expect(await emitDeclarations(folder, declarations)).toBe("");
      expect(await typeErrors(folder, compiler)).toBe("");
      expect(await typeErrors(declarations, compiler)).toBe("");
    },
  );

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
