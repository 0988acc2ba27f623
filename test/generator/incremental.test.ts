/** A run skips what an earlier run wrote, and deletes what is no longer generated. */
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generate, type GenerateOptions } from "@discogen/generator";
import { ROOT, temporaryFolder } from "../support/folders.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");
const MANIFEST = ".discogen.json";

/** A folder with the output of two APIs. */
async function generated(options: Partial<GenerateOptions> = {}): Promise<string> {
  const out = await temporaryFolder();
  await generate({ apis: [FIXTURE, "sqladmin:v1beta3"], out, ...options });
  return out;
}

const manifestOf = async (out: string) => JSON.parse(await readFile(join(out, MANIFEST), "utf8"));

describe("a second run", () => {
  it("reports the same, with all warnings, and writes no code", async () => {
    const out = await temporaryFolder();
    const options = { apis: [FIXTURE, "sqladmin:v1beta3"], out };
    const [first, second] = [await generate(options), await generate(options)];
    expect(second.diagnostics).toEqual(first.diagnostics);
    expect(first.diagnostics.length).toBeGreaterThan(0);
    const timeless = (apis: typeof first.apis) => apis.map((api) => ({ ...api, ms: 0, written: 0, unchanged: 2 }));
    expect(second.apis.map((api) => ({ ...api, ms: 0 }))).toEqual(timeless(first.apis));
  });

  it("uses the facts in the manifest, without translating the document", async () => {
    const out = await generated();
    const manifest = await manifestOf(out);
    manifest.apis["shelves:v1"].facts.client = "NotedClient";
    await writeFile(join(out, MANIFEST), JSON.stringify(manifest));
    const { apis } = await generate({ apis: [FIXTURE], out });
    expect(apis[0]?.client).toBe("NotedClient");
  });

  it.each([
    ["was edited", (file: string) => writeFile(file, "// edited\n")],
    ["was deleted", (file: string) => rm(file)],
  ])("rewrites a file that %s", async (_, change) => {
    const out = await generated();
    const file = join(out, "shelves/v1/schemas.ts");
    const before = await readFile(file, "utf8");
    await change(file);
    const { apis } = await generate({ apis: [FIXTURE], out });
    expect(apis).toMatchObject([{ written: 1, unchanged: 1 }]);
    expect(await readFile(file, "utf8")).toBe(before);
  });

  it.each([
    ["other options", { enums: "open" }],
    ["fewer methods", { include: ["*.list"] }],
  ] as const)("with %s writes the output for them", async (_, options) => {
    const out = await generated();
    const { apis } = await generate({ apis: [FIXTURE], out, ...options });
    expect(apis[0]?.written).toBeGreaterThan(0);
    expect(await generate({ apis: [FIXTURE], out, ...options, check: true })).toMatchObject({ ok: true });
  });

  it("with explicit default options skips unchanged APIs", async () => {
    const out = await generated();
    const before = await readFile(join(out, MANIFEST), "utf8");
    await generate({ apis: [FIXTURE], out, enums: "closed", include: [], exclude: [] });
    expect(await readFile(join(out, MANIFEST), "utf8")).toBe(before);
  });

  it.each([
    ["broken", "{"],
    ["with merge markers", "<<<<<<< HEAD\n{}"],
    ["of another version", '{"version":9,"apis":{}}'],
    ["without facts", '{"version":1,"apis":{"shelves:v1":{"input":"x","files":{}}}}'],
  ])("with a manifest %s translates all documents", async (_, text) => {
    const out = await generated();
    await writeFile(join(out, MANIFEST), text);
    expect(await generate({ apis: [FIXTURE, "sqladmin:v1beta3"], out })).toMatchObject({
      ok: true,
      apis: [{ unchanged: 2 }, { unchanged: 2 }],
    });
    expect(Object.keys((await manifestOf(out)).apis)).toEqual(["shelves:v1", "sqladmin:v1beta3"]);
  });
});

it("a second run with an option for streaming writes it, and only once", async () => {
  const out = await generated();
  const streaming = { "shelves.rooms.shelves.get": true, "shelves.rooms.shelves.streamQuery": false };
  const { id, source } = { id: "shelves:v1", source: FIXTURE };
  const [changed, same] = [
    await generate({ apis: [{ id, source, streaming }], out }),
    await generate({ apis: [{ id, source, streaming }], out }),
  ];
  expect([changed.apis[0]?.written, same.apis[0]?.written]).toEqual([1, 0]);
  const text = await readFile(join(out, "shelves/v1/index.ts"), "utf8");
  expect(text).toContain("return runtime.stream(this, roomsShelvesMethods.get, params, options)");
  expect(text).toContain("return runtime.call(this, roomsShelvesMethods.streamQuery, params, options)");
  const check = { out, check: true };
  expect(await generate({ apis: [{ id, source, streaming }], ...check })).toMatchObject({ ok: true });
  expect(await generate({ apis: [{ id, source }], ...check })).toMatchObject({ ok: false });
  const unfit = await generate({ apis: [{ id, source, streaming: { "shelves.nothing": true } }], out });
  expect(unfit.diagnostics.filter(({ severity }) => severity === "error")).toMatchObject([
    { code: "STREAMING_UNFIT", message: 'shelves:v1 has no method "shelves.nothing"' },
  ]);
});

describe("a manifest", () => {
  it("has the same bytes in every folder and for every order of APIs", async () => {
    const [a, b] = [await generated(), await generated({ apis: ["sqladmin:v1beta3", FIXTURE] })];
    expect(await readFile(join(b, MANIFEST), "utf8")).toBe(await readFile(join(a, MANIFEST), "utf8"));
    expect(await readFile(join(a, MANIFEST), "utf8")).not.toContain(a);
  });

  it("is neither used nor written by a check", async () => {
    const out = await generated();
    const manifest = await manifestOf(out);
    const file = join(out, "shelves/v1/schemas.ts");
    const before = await stat(join(out, MANIFEST), { bigint: true });
    await writeFile(file, "// edited\n");
    manifest.apis["shelves:v1"].facts.client = "NotedClient";
    const { ok, apis } = await generate({ apis: [FIXTURE], out, check: true });
    expect({ ok, client: apis[0]?.client }).toEqual({ ok: false, client: "ShelfKeeperClient" });
    expect((await stat(join(out, MANIFEST), { bigint: true })).mtimeNs).toBe(before.mtimeNs);
  });
});

describe("an API that is no longer generated", () => {
  it("stays, unless the run prunes", async () => {
    const out = await generated();
    await generate({ apis: ["sqladmin:v1beta3"], out });
    expect((await readdir(out)).sort()).toEqual([MANIFEST, "shelves", "sqladmin"]);
  });

  it("is deleted with its empty folders", async () => {
    const out = await generated();
    expect(await generate({ apis: ["sqladmin:v1beta3"], out, prune: true })).toMatchObject({
      ok: true,
      diagnostics: [],
    });
    expect((await readdir(out)).sort()).toEqual([MANIFEST, "sqladmin"]);
    expect(Object.keys((await manifestOf(out)).apis)).toEqual(["sqladmin:v1beta3"]);
  });

  it("keeps edited files, and files that Discogen did not write", async () => {
    const out = await generated();
    await writeFile(join(out, "shelves/v1/index.ts"), "// edited\n");
    await writeFile(join(out, "shelves/notes.md"), "mine");
    const { ok, diagnostics } = await generate({ apis: ["sqladmin:v1beta3"], out, prune: true });
    expect(ok).toBe(true);
    expect(diagnostics).toMatchObject([{ code: "STALE_OUTPUT_KEPT", file: join(out, "shelves/v1/index.ts") }]);
    expect((await readdir(join(out, "shelves"), { recursive: true })).sort()).toEqual([
      "notes.md",
      "v1",
      "v1/index.ts",
    ]);
  });

  it("stays if another API has errors, because it may be that API", async () => {
    const out = await generated();
    const { ok } = await generate({ apis: ["sqladmin:v1beta3", join(out, "nowhere.json")], out, prune: true });
    expect(ok).toBe(false);
    expect(await readdir(join(out, "shelves/v1"))).toEqual(["index.ts", "schemas.ts"]);
  });

  it("makes a check fail", async () => {
    const out = await generated();
    const { diagnostics } = await generate({ apis: ["sqladmin:v1beta3"], out, prune: true, check: true });
    expect(diagnostics.map(({ code, file }) => `${code} ${file}`)).toEqual(
      ["index.ts", "schemas.ts"].map((name) => `OUTPUT_STALE ${join(out, "shelves/v1", name)}`),
    );
  });

  it("is never deleted outside the output folder, whatever the manifest contains", async () => {
    const out = await generated();
    const outside = join(out, "sub");
    await generate({ apis: ["sqladmin:v1beta3"], out: outside });
    const manifest = await manifestOf(outside);
    const entry = (await manifestOf(out)).apis["shelves:v1"];
    for (const path of ["../shelves/v1/index.ts", "/etc/passwd", "a/../index.ts"])
      manifest.apis[path] = { ...entry, files: { [path]: entry.files["shelves/v1/index.ts"] } };
    await writeFile(join(outside, MANIFEST), JSON.stringify(manifest));
    await generate({ apis: ["sqladmin:v1beta3"], out: outside, prune: true });
    expect(await readdir(join(out, "shelves/v1"))).toEqual(["index.ts", "schemas.ts"]);
  });
});
