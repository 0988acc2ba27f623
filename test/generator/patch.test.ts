/** Corrections of documents: JSON Merge Patches at JSON pointers, from the config to the code. */
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "@discogen/generator";
import { describe, expect, it } from "vitest";
import { type DocumentPatch, patched } from "../../generator/src/discovery/patch.js";
import { discogen } from "../support/discogen.js";
import { ROOT, temporaryFolder } from "../support/folders.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");

describe("a patch", () => {
  const document = { a: { b: 1, "x/y": 2, "m~n": 3 }, list: [{ c: 1 }, { c: 2 }], "": 4 };

  it.each<[string, string, unknown, object]>([
    ["replaces a value", "/a/b", 5, { ...document, a: { ...document.a, b: 5 } }],
    ["adds a member", "/a", { d: null, e: [1] }, { ...document, a: { ...document.a, e: [1] } }],
    ["removes a member", "/a", { b: null }, { ...document, a: { "x/y": 2, "m~n": 3 } }],
    ["merges nested objects", "", { a: { b: { c: null, d: 1 } } }, { ...document, a: { ...document.a, b: { d: 1 } } }],
    ["replaces a list", "/list", [], { ...document, list: [] }],
    ["reaches into a list", "/list/1", { d: 3 }, { ...document, list: [{ c: 1 }, { c: 2, d: 3 }] }],
    ["reads ~1 as a slash", "/a/x~1y", 0, { ...document, a: { ...document.a, "x/y": 0 } }],
    ["reads ~0 as a tilde", "/a/m~0n", 0, { ...document, a: { ...document.a, "m~n": 0 } }],
    ["reads an empty name", "/", 0, { ...document, "": 0 }],
    ["sets a value to null", "/a/b", null, { ...document, a: { ...document.a, b: null } }],
  ])("%s", (_, at, merge, want) => {
    const before = structuredClone(document);
    expect(patched(document, { at, merge })).toEqual({ value: want });
    expect(document).toEqual(before);
  });

  it.each([
    ["/b"],
    ["/a/b/c"],
    ["/list/2"],
    ["/list/-"],
    ["/list/01"],
    ["/list/length"],
    ["/a/toString"],
    ["/__proto__"],
    ["a"],
    ["/a/x~2y"],
  ])("at %s does not match", (at) => expect(patched(document, { at, merge: 1 })).toBeUndefined());

  it("treats __proto__ as an ordinary name", () => {
    const result = patched({ a: {} }, { at: "/a", merge: JSON.parse('{ "__proto__": { "polluted": 1 } }') });
    expect(JSON.stringify(result?.value)).toBe('{"a":{"__proto__":{"polluted":1}}}');
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

describe("the patches of an API", () => {
  const patch: readonly DocumentPatch[] = [
    { at: "/schemas/Shelf/properties", merge: { mended: { type: "string" } } },
    { at: "/schemas/Shelf/properties/mended", merge: { description: "Was torn." } },
  ];

  it("are applied in order, and a changed patch makes the output stale", async () => {
    const out = await temporaryFolder();
    const run = (patches: readonly DocumentPatch[], check = false) =>
      generate({ apis: [{ source: FIXTURE, patch: patches }], out, check });
    expect((await run(patch)).ok).toBe(true);
    const schemas = await readFile(join(out, "shelves/v1/schemas.ts"), "utf8");
    expect(schemas).toContain("/** Was torn. */\n  mended?: string;");
    expect(await run(patch)).toMatchObject({ apis: [{ written: 0 }] });
    expect((await run(patch, true)).ok).toBe(true);
    expect(await run([], true)).toMatchObject({
      ok: false,
      diagnostics: expect.arrayContaining([expect.objectContaining({ code: "OUTPUT_STALE" })]),
    });
    expect(await run([])).toMatchObject({ ok: true, apis: [{ written: 1 }] });
  });

  it("are reported if they do not match, and nothing is written", async () => {
    const apis = [{ source: FIXTURE, patch: [...patch, { at: "/schemas/Gone", merge: {} }] }];
    const report = await generate({ apis, out: await temporaryFolder() });
    expect(report.apis).toEqual([]);
    expect(report.diagnostics).toMatchObject([
      {
        code: "PATCH_MISPLACED",
        file: FIXTURE,
        pointer: "/schemas/Gone",
        message: 'patch 2 of the config does not match: the document has no "/schemas/Gone"',
      },
    ]);
  });

  async function folderWith(api: object): Promise<string> {
    const folder = await temporaryFolder();
    await copyFile(FIXTURE, join(folder, "shelves.json"));
    const apis = [{ id: "shelves:v1", source: "shelves.json", ...api }];
    await writeFile(join(folder, "discogen.config.json"), JSON.stringify({ apis }));
    return folder;
  }

  it("of a config apply to generate, check, and commands that read a JSON config", async () => {
    const folder = await folderWith({ patch });
    expect((await discogen(["generate"], folder)).code).toBe(0);
    expect(await readFile(join(folder, "generated/shelves/v1/schemas.ts"), "utf8")).toContain("mended?: string");
    expect((await discogen(["check"], folder)).code).toBe(0);
    expect((await discogen(["openapi", "shelves:v1"], folder)).stdout).toContain('"mended"');
    await writeFile(
      join(folder, "discogen.config.json"),
      JSON.stringify({ apis: [{ id: "shelves:v1", source: "shelves.json" }] }),
    );
    expect((await discogen(["check"], folder)).code).toBe(1);
  });

  it.each([
    ["not a list", { at: "", merge: {} }, "error WRONG_TYPE|CONFIG_INVALID .*#/apis/0/patch"],
    ["without at", [{ merge: {} }], "CONFIG_INVALID .*#/apis/0/patch/0: .at. must be the JSON pointer"],
    [
      "with a path that is not a pointer",
      [{ at: "schemas", merge: {} }],
      "#/apis/0/patch/0: .at. must be the JSON pointer",
    ],
    ["without merge", [{ at: "" }], "#/apis/0/patch/0: .merge. must be the JSON"],
    ["with another key", [{ at: "", merge: {}, op: "add" }], "#/apis/0/patch/0: unknown option .?op"],
  ])("that are %s are rejected with their place", async (_, wrong, want) => {
    const { code, stderr } = await discogen(["generate"], await folderWith({ patch: wrong }));
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(want));
  });
});
