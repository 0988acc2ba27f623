import { chmod, cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { generate } from "@discogen/generator";
import { typeErrors } from "../../scripts/type-check.js";
import { CORPUS, needsCorpus, ROOT, temporaryFolder } from "../support/folders.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");

async function fixtureWith(folder: string, facts: object, name = "changed.json"): Promise<string> {
  const file = join(folder, name);
  const document: object = JSON.parse(await readFile(FIXTURE, "utf8"));
  await writeFile(file, JSON.stringify({ ...document, ...facts }));
  return file;
}

const codesOf = ({
  diagnostics,
}: {
  readonly diagnostics: readonly { readonly code: string; readonly severity: string }[];
}) => diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);

describe("a run", () => {
  it("writes two files for an API and reports them", async () => {
    const out = await temporaryFolder();
    const report = await generate({ apis: ["sqladmin:v1beta3"], out });
    const dir = join(out, "sqladmin/v1beta3");
    expect(report).toMatchObject({
      ok: true,
      diagnostics: [],
      apis: [
        {
          id: "sqladmin:v1beta3",
          revision: "20150330",
          dir,
          client: "SQLAdminClient",
          methods: 24,
          schemas: 43,
          files: [join(dir, "index.ts"), join(dir, "schemas.ts")],
          written: 2,
          unchanged: 0,
        },
      ],
    });
    expect((await readdir(dir)).toSorted()).toEqual(["index.ts", "schemas.ts"]);
  });

  it("writes nothing if nothing changed", async () => {
    const out = await temporaryFolder();
    await generate({ apis: [FIXTURE], out });
    const before = await stat(join(out, "shelves/v1/index.ts"), { bigint: true });
    const { apis } = await generate({ apis: [FIXTURE], out });
    const after = await stat(join(out, "shelves/v1/index.ts"), { bigint: true });
    expect(apis).toMatchObject([{ written: 0, unchanged: 2 }]);
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  it("writes the same bytes from a file, its copy and a URL", async () => {
    const text = await readFile(FIXTURE, "utf8");
    const server = createServer((_, response) => response.end(text)).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo; // the server listens on TCP
    const folder = await temporaryFolder();
    await cp(FIXTURE, join(folder, "copy.json"));
    const sources = [FIXTURE, join(folder, "copy.json"), `http://127.0.0.1:${port}/rest?version=v1`];
    const outputs = await Promise.all(
      sources.map(async (api, index) => {
        const out = join(folder, String(index));
        await generate({ apis: [api], out });
        return Promise.all(["index.ts", "schemas.ts"].map((name) => readFile(join(out, "shelves/v1", name), "utf8")));
      }),
    );
    expect(outputs[1]).toEqual(outputs[0]);
    expect(outputs[2]).toEqual(outputs[0]);
  });

  it("reports its progress", async () => {
    const seen: { readonly done: number; readonly total: number; readonly api: string }[] = [];
    await generate({
      apis: ["sqladmin:v1beta3", FIXTURE],
      out: await temporaryFolder(),
      onProgress: (done, total, api) => seen.push({ done, total, api }),
    });
    expect(seen.map(({ total, api }) => [total, api])).toEqual([
      [2, "sqladmin:v1beta3"],
      [2, FIXTURE],
    ]);
    expect(seen.every(({ done }, index) => done <= index)).toBe(true);
  });

  it("stops when its signal aborts, and leaves no files", async () => {
    const out = join(await temporaryFolder(), "out");
    await expect(generate({ apis: [FIXTURE], out, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    await expect(readdir(out)).rejects.toThrow("ENOENT");
  });
});

describe("a run over many APIs", () => {
  const versions = ["v1", "v2", "v3", "v4", "v5", "v6"];

  async function documents(): Promise<readonly string[]> {
    const folder = await temporaryFolder();
    return Promise.all(versions.map((version) => fixtureWith(folder, { version }, `${version}.json`)));
  }

  it("writes the same files with several workers as with one", async () => {
    const apis = await documents();
    const [one, several] = await Promise.all(
      [1, 2].map(async (jobs) => {
        const out = await temporaryFolder();
        const report = await generate({ apis, out, jobs });
        const files = await Promise.all(
          ["shelves/v1/index.ts", "shelves/v6/schemas.ts", ".discogen.json"].map((path) => readFile(join(out, path))),
        );
        return { files, apis: report.apis.map(({ id, methods, schemas, written }) => [id, methods, schemas, written]) };
      }),
    );
    expect(several).toEqual(one);
    expect(several?.apis.map(([id]) => id)).toEqual(versions.map((version) => `shelves:${version}`));
  });

  it.each([1, 2])(
    "reports errors in the order of the requests and generates the other APIs, with %i jobs",
    async (jobs) => {
      const folder = await temporaryFolder();
      const broken = await fixtureWith(folder, { version: "../v0" }, "broken.json");
      const [first = "", ...others] = await documents();
      const out = join(folder, "out");
      const report = await generate({
        apis: [broken, first, join(folder, "missing.json"), first, ...others],
        out,
        jobs,
      });
      expect(codesOf(report)).toEqual(["UNSAFE_NAME", "FILE_UNREADABLE", "DUPLICATE_API"]);
      expect((await readdir(join(out, "shelves"))).toSorted()).toEqual(versions);
    },
  );
});

describe("a check", () => {
  it.each([
    ["missing", undefined],
    ["edited", "// edited\n"],
  ])("reports %s output as outdated and writes nothing", async (_, text) => {
    const out = await temporaryFolder();
    const file = join(out, "shelves/v1/index.ts");
    if (text !== undefined) {
      await generate({ apis: [FIXTURE], out });
      await writeFile(file, text);
    }
    const report = await generate({ apis: [FIXTURE], out, check: true });
    expect(report.ok).toBe(false);
    expect(new Set(codesOf(report))).toEqual(new Set(["OUTPUT_STALE"]));
    expect(report.diagnostics.map((entry) => entry.file)).toContain(file);
    expect(await readFile(file, "utf8").catch(() => undefined)).toBe(text);
  });

  it("accepts output that is up to date", async () => {
    const out = await temporaryFolder();
    await generate({ apis: [FIXTURE], out });
    expect(await generate({ apis: [FIXTURE], out, check: true })).toMatchObject({ ok: true, apis: [{ written: 0 }] });
  });
});

describe("an invalid API does not affect the others or its own earlier output", () => {
  const shelf = { type: "object", properties: {} };
  const method = (facts: object) => ({
    methods: { go: { id: "shelves.go", path: "go", httpMethod: "GET", ...facts } },
  });
  const table: readonly (readonly [problem: string, facts: object, code: string])[] = [
    ["a version that is a path", { version: "v1/../.." }, "UNSAFE_NAME"],
    ["an unknown verb", method({ httpMethod: "FETCH" }), "INVALID_HTTP_METHOD"],
    ["no verb", method({ httpMethod: null }), "INVALID_HTTP_METHOD"],
    ["no path", method({ path: null }), "MISSING_PATH"],
    ["a broken path", method({ path: "a/{b" }), "INVALID_PATH_TEMPLATE"],
    ["a method id twice", { methods: { a: method({}).methods.go, b: method({}).methods.go } }, "DUPLICATE_METHOD"],
    ["schema ids that differ only in case", { schemas: { Shelf: shelf, shelf } }, "CASE_ONLY_DIFFERENCE"],
    ["a schema that refers to itself", { schemas: { A: { $ref: "A" } } }, "REFERENCE_CYCLE"],
    [
      "schemas that refer to each other",
      { schemas: { S: shelf, A: { $ref: "B" }, B: { $ref: "C" }, C: { $ref: "A" } } },
      "REFERENCE_CYCLE",
    ],
    [
      "a union of itself",
      { schemas: { A: { variant: { map: [{ type_value: "a", $ref: "A" }] } } } },
      "REFERENCE_CYCLE",
    ],
  ];
  it.each(table)("%s", async (_, facts, code) => {
    const out = await temporaryFolder();
    await generate({ apis: [FIXTURE], out });
    const old = await readFile(join(out, "shelves/v1/schemas.ts"), "utf8");
    const changed = await fixtureWith(out, facts);
    const report = await generate({ apis: [changed, "sqladmin:v1beta3"], out });
    expect(report.ok).toBe(false);
    expect(codesOf(report)).toEqual([code]);
    const error = report.diagnostics.find(({ severity }) => severity === "error");
    expect(error).toMatchObject({ file: changed, pointer: expect.any(String), help: expect.stringMatching(/\w/) });
    expect(report.apis.map(({ id }) => id)).toEqual(["sqladmin:v1beta3"]);
    expect(await readFile(join(out, "shelves/v1/schemas.ts"), "utf8")).toBe(old);
  });

  it.each([
    ["missing", "nowhere/shelves.json", "FILE_UNREADABLE"],
    ["a folder", ".", "FILE_UNREADABLE"],
    ["not bundled", "shelves:v9", "UNKNOWN_API"],
    ["down", "http://127.0.0.1:1/rest?key=hidden-key", "FETCH_FAILED"],
  ])("a source that is %s", async (_, api, code) => {
    const report = await generate({ apis: [api, FIXTURE], out: await temporaryFolder() });
    expect(codesOf(report)).toEqual([code]);
    expect(JSON.stringify(report)).not.toContain("hidden-key");
    expect(report.apis).toHaveLength(1);
  });

  it("a second document of one API", async () => {
    const folder = await temporaryFolder();
    const report = await generate({ apis: [FIXTURE, await fixtureWith(folder, { title: "Other" })], out: folder });
    expect(codesOf(report)).toEqual(["DUPLICATE_API"]);
    expect(report.diagnostics.at(-1)?.message).toContain(FIXTURE);
  });

  it("a folder that cannot be written", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "shelves"), "a file where the folder should be");
    const report = await generate({ apis: [FIXTURE, "sqladmin:v1beta3"], out: folder });
    expect(codesOf(report)).toEqual(["OUTPUT_UNWRITABLE"]);
    expect(report.apis).toHaveLength(1);
    expect(await readFile(join(folder, "shelves"), "utf8")).toMatch(/^a file/);
  });

  it.skipIf(process.getuid?.() === 0)(
    "a folder without permission (skipped for root, which can write anywhere)",
    async () => {
      const folder = await temporaryFolder();
      await mkdir(join(folder, "shelves"));
      await chmod(join(folder, "shelves"), 0o500);
      expect(codesOf(await generate({ apis: [FIXTURE], out: folder }))).toEqual(["OUTPUT_UNWRITABLE"]);
    },
  );
});

describe("unusual documents produce correct code", () => {
  it("conflicting names", async () => {
    const folder = await temporaryFolder();
    const go = (id: string) => ({ id, path: id, httpMethod: "GET" });
    const document = {
      kind: "discovery#restDescription",
      name: "clash",
      version: "v1",
      rootUrl: "https://clash.example.com/",
      batchPath: "batch",
      parameters: { __proto__: null, constructor: { type: "string", location: "query" } },
      schemas: {
        ClashClient: { type: "object", properties: { __proto__: { type: "string" }, constructor: { type: "string" } } },
        GlobalParameters: {
          type: "object",
          properties: { a: { type: "object", properties: { b: { type: "string" } } } },
        },
        GlobalParametersA: { type: "string" },
        AResource: { type: "array", items: { $ref: "AResource" } },
        Promise: { type: "any" },
      },
      methods: {
        withOptions: go("withOptions"),
        batch: go("batch"),
        send: go("send"),
        constructor: go("constructor"),
        "a-b": go("a-b"),
        aB: go("aB"),
        scopes: go("scopes"),
      },
      resources: {
        a: { methods: { get: go("a.get"), api: go("a.api") } },
        api: { methods: { runtime: go("api.runtime") } },
        runtime: { methods: { schemas: go("runtime.schemas"), call: go("runtime.call") } },
        client: { methods: { call: go("client.call") } },
        "-": { methods: { "1": go("one") } },
      },
    };
    const text = JSON.stringify(document).replace(
      '"properties":{"constructor"',
      '"properties":{"__proto__":{"type":"string"},"constructor"',
    );
    await writeFile(join(folder, "clash.json"), text);
    const report = await generate({ apis: [join(folder, "clash.json")], out: folder });
    expect(codesOf(report)).toEqual([]);
    expect(await typeErrors(folder)).toBe("");
    const index = await readFile(join(folder, "clash/v1/index.ts"), "utf8");
    expect(index.match(/^export (?:class|interface) \w+/gm)).toContain("export class ClashClient_");
    expect(index).toContain("constructor_(");
  });

  it.skipIf(needsCorpus !== "")(`every document of the corpus${needsCorpus}`, { timeout: 600_000 }, async () => {
    const folder = await temporaryFolder();
    let count = 0;
    const years = (await readdir(CORPUS, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    for (const { name: year } of years) {
      const names = (await readdir(join(CORPUS, year))).filter((name) => name.endsWith(".json"));
      const apis = names.map((name) => join(CORPUS, year, name));
      // Other tests run at the same time, so a second thread would only cost its start.
      const report = await generate({ apis, out: join(folder, year), jobs: 1 });
      expect(codesOf(report)).toEqual([]);
      expect(report.apis).toHaveLength(names.length);
      count += names.length;
    }
    expect(count).toBeGreaterThan(0);
    expect(await typeErrors(folder)).toBe("");
  });
});
