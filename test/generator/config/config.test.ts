import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findConfig, loadConfig } from "../../../generator/src/config/load.js";
import { readConfig } from "../../../generator/src/config/read.js";
import { InputError } from "../../../generator/src/diagnostics.js";
import { temporaryFolder } from "../../support/folders.js";

/** Returns `CODE pointer: message` of each problem. */
async function problemsOf(run: () => unknown): Promise<readonly string[]> {
  try {
    await run();
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ code, pointer, message }) => `${code} ${pointer}: ${message}`);
  }
}

describe("loads", () => {
  const typed = `import { defineConfig, type Config } from "@discogen/generator";
    import { apis } from "./apis.ts";
    const config: Config = { output: "out", apis } satisfies Config;
    export default defineConfig(config);`;
  it.each([
    ["discogen.config.ts", typed],
    ["discogen.config.mts", typed],
    ["discogen.config.js", 'export default { output: "out", apis: ["drive:v3"] };'],
    ["discogen.config.mjs", 'export default await Promise.resolve({ output: "out", apis: ["drive:v3"] });'],
    ["discogen.config.json", '\uFEFF{ "output": "out", "apis": ["drive:v3"] }'],
  ])("%s", async (name, text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "apis.ts"), 'export const apis: string[] = ["drive:v3"];');
    await writeFile(join(folder, name), text);
    const file = findConfig(folder);
    expect(file).toBe(join(folder, name));
    expect(await loadConfig(join(folder, name))).toEqual({
      file,
      folder,
      out: join(folder, "out"),
      apis: [{ id: "drive:v3" }],
      directoryUrl: undefined,
    });
  });

  it("the latest text of a config", async () => {
    const file = join(await temporaryFolder(), "discogen.config.ts");
    const ids = [];
    for (const id of ["drive:v2", "drive:v3"]) {
      await writeFile(file, `export default { apis: [${JSON.stringify(id)}] };`);
      ids.push((await loadConfig(file)).apis[0]?.id);
    }
    expect(ids).toEqual(["drive:v2", "drive:v3"]);
  });

  it("TypeScript rather than compiled JavaScript", async () => {
    const folder = await temporaryFolder();
    for (const extension of ["json", "js", "ts"]) await writeFile(join(folder, `discogen.config.${extension}`), "");
    expect(findConfig(folder)).toBe(join(folder, "discogen.config.ts"));
  });
});

describe("reports a config that cannot be loaded", () => {
  it.each([
    ["a missing file", undefined, /file not found/],
    ["a syntax error", "export default { apis: [ }", /ParseError/],
    ["a config that throws", 'throw new Error("no such luck")', /no such luck/],
    ["a config with a missing import", 'import "./nowhere.ts"', /nowhere/],
  ])("%s", async (_, text, message) => {
    const file = join(await temporaryFolder(), "discogen.config.ts");
    if (text !== undefined) await writeFile(file, text);
    const error: unknown = await loadConfig(file).catch((error: unknown) => error);
    expect(error).toMatchObject({ diagnostics: [{ code: "CONFIG_UNLOADABLE", file }] });
    expect(String(error)).toMatch(message);
  });

  it("a folder", async () => {
    const file = join(await temporaryFolder(), "discogen.config.json");
    await mkdir(file);
    expect(await problemsOf(() => loadConfig(file))).toEqual(["CONFIG_UNLOADABLE : the path is not a file"]);
  });
});

describe("readConfig()", () => {
  const read = (value: unknown) => readConfig(value, "discogen.config.ts", "project");
  it.each([
    ["an id", "drive:v3", { id: "drive:v3" }],
    ["a path, relative to the config", "docs/drive.json", { source: join("project", "docs/drive.json") }],
    ["an absolute path", "/docs/drive.json", { source: "/docs/drive.json" }],
    ["a URL", "https://x.example/rest", { source: "https://x.example/rest" }],
    ["an id with a source", { id: "a:v1", source: "a.json" }, { id: "a:v1", source: join("project", "a.json") }],
    [
      "options of an API",
      { id: "a:v1", enums: "closed", include: ["a.*"] },
      { id: "a:v1", enums: "closed", include: ["a.*"] },
    ],
    [
      "streaming of methods",
      { id: "a:v1", streaming: { "a.get": true, "a.list": false, "a.put": null } },
      { id: "a:v1", streaming: { "a.get": true, "a.list": false } },
    ],
  ])("reads %s", (_, api, want) => expect(read({ apis: [api] }).apis).toEqual([want]));

  it("overrides options of all APIs with options of an API", () => {
    const { apis } = read({ enums: "open", exclude: ["*.delete"], apis: ["a:v1", { id: "b:v1", enums: "closed" }] });
    expect(apis).toEqual([
      { id: "a:v1", enums: "open", exclude: ["*.delete"] },
      { id: "b:v1", enums: "closed", exclude: ["*.delete"] },
    ]);
  });

  it.each([
    [undefined, join("project", "generated")],
    ["src/google", join("project", "src/google")],
    ["/tmp/google", "/tmp/google"],
  ])("reads the output %s", (output, out) => expect(read({ output, apis: [] }).out).toBe(out));

  it.each([
    ["undefined", undefined, ["CONFIG_INVALID : expected an object, found undefined"]],
    ["a list", ["drive:v3"], ["CONFIG_INVALID : expected an object, found an array"]],
    ["a config without APIs", {}, ["CONFIG_INVALID : `apis` is required"]],
    ["apis that is a string", { apis: "drive:v3" }, ["CONFIG_INVALID /apis: expected an array, found a string"]],
    ["a number", { apis: ["drive:v3", 7] }, ["CONFIG_INVALID /apis/1: expected an object, found a number"]],
    ["a typo", { apis: [], ouput: "x" }, ['CONFIG_INVALID : unknown option "ouput"; did you mean output?']],
    [
      "a typo in an API",
      { apis: [{ id: "a:v1", enum: "open" }] },
      ['CONFIG_INVALID /apis/0: unknown option "enum"; did you mean enums?'],
    ],
    [
      "an unknown key",
      { apis: [{ id: "a:v1", colour: 1 }] },
      [
        'CONFIG_INVALID /apis/0: unknown option "colour"; known options: id, source, patch, streaming, include, exclude, enums',
      ],
    ],
    [
      "streaming for all APIs",
      { apis: [], streaming: {} },
      [
        'CONFIG_INVALID : unknown option "streaming"; known options: output, apis, directoryUrl, include, exclude, enums',
      ],
    ],
    [
      "streaming that is neither true nor false",
      { apis: [{ id: "a:v1", streaming: { "a.get": "yes" } }] },
      ["CONFIG_INVALID /apis/0/streaming/a.get: expected a boolean, found a string"],
    ],
    [
      "another word",
      { apis: [], enums: "ajar" },
      ['CONFIG_INVALID /enums: `enums` must be closed or open, not "ajar"'],
    ],
    ["an API without id and source", { apis: [{}] }, ["CONFIG_INVALID /apis/0: `id` or `source` is required"]],
    [
      "an id that is a path",
      { apis: [{ id: "../a:v1" }] },
      ['CONFIG_INVALID /apis/0/id: "../a:v1" does not have the form name:version'],
    ],
    [
      "a directory that is not a URL",
      { apis: [], directoryUrl: "x" },
      ["CONFIG_INVALID /directoryUrl: `directoryUrl` is not an http(s) URL"],
    ],
    [
      "several problems",
      { apis: [1], output: 2 },
      [
        "CONFIG_INVALID /output: expected a string, found a number",
        "CONFIG_INVALID /apis/0: expected an object, found a number",
      ],
    ],
  ])("rejects %s", async (_, value, want) => {
    expect(await problemsOf(() => read(value))).toEqual(want);
  });
});
