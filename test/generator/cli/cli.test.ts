import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { discogen } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");

describe("exit codes and where things are printed", () => {
  it.each([
    ["help", ["--help"], 0, /Usage: discogen <command>/, /^$/],
    ["the version", ["--version"], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    ["help as a command", ["help"], 0, /Usage: discogen <command>/, /^$/],
    ["help for a command", ["help", "generate"], 0, /--out DIR[\s\S]*Example:/, /^$/],
    [
      "the narrowest scopes as JSON",
      ["scopes", "sqladmin:v1beta3", "--reporter", "json"],
      0,
      /^{\n {2}"ok": true/,
      /^$/,
    ],
    [
      "the narrowest scopes, and the others on standard error",
      ["scopes", "sqladmin:v1", "instances.list"],
      0,
      /^https:\/\/www\.googleapis\.com\/auth\/sqlservice\.admin\n$/,
      /^Other scopes:\n {2}https:\S+\/cloud-platform\n {6}All data in Google Cloud\n$/,
    ],
    ["help of a command", ["generate", "--help"], 0, /--out DIR[\s\S]*Example:/, /^$/],
    ["the bundled APIs", ["list", "--offline"], 0, /^sqladmin:v1 {2}bundled\nsqladmin:v1beta3 {2}bundled\n$/, /^$/],
    ["a filter without matches", ["list", "--offline", "zzz"], 0, /^$/, /^$/],
    ["no command", [], 2, /Usage/, /^$/],
    ["an unknown command", ["generat"], 2, /^$/, /^error USAGE .*"generat".*\n {2}help: /],
    ["an unknown option", ["generate", "--sped"], 2, /^$/, /^error USAGE discogen generate: .*--sped/],
    ["an option without its value", ["generate", "sqladmin:v1beta3", "--out"], 2, /^$/, /error USAGE .*--out/],
    ["an unknown value", ["generate", "sqladmin:v1beta3", "--enums", "ajar"], 2, /^$/, /closed or open, not "ajar"/],
    ["no API", ["generate"], 2, /^$/, /error USAGE .*no API/],
    [
      "an unknown API",
      ["generate", "nothing:v1"],
      2,
      /0 APIs, 1 error/,
      /error UNKNOWN_API nothing:v1: .*sqladmin:v1beta3/,
    ],
    ["an invalid latency", ["mock", "sqladmin:v1beta3", "--latency", "soon"], 2, /^$/, /--latency must be a number/],
    [
      "fixtures that do not exist",
      ["mock", "sqladmin:v1beta3", "--fixtures", "none.json"],
      2,
      /^$/,
      /--fixtures must be a/,
    ],
    ["an invalid port", ["mock", "sqladmin:v1beta3", "--port", "eighty"], 2, /^$/, /--port must be a number/],
  ] as const)("%s", async (_, args, code, stdout, stderr) => {
    const outcome = await discogen(args);
    expect(outcome.stderr).toMatch(stderr);
    expect(outcome.stdout).toMatch(stdout);
    expect(outcome.code).toBe(code);
  });
});

describe("discogen generate", () => {
  it("writes a client and prints a summary", async () => {
    const folder = await temporaryFolder();
    const { code, stdout, stderr } = await discogen(["generate", "sqladmin:v1beta3", "--out", "out"], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^sqladmin:v1beta3 {2}SQLAdminClient: 24 methods, 43 schemas → out\/sqladmin\/v1beta3 \(2 written\)\n/,
    );
    expect(await readFile(join(folder, "out/sqladmin/v1beta3/index.ts"), "utf8")).toMatch(
      /^\/\/ .*sqladmin:v1beta3.*20150330.*do not edit/i,
    );
  });

  it("prints one JSON object with --reporter json", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "bad.json"), "<html>");
    const args = ["generate", FIXTURE, "bad.json", "--out", "out", "--reporter", "json"];
    const { code, stdout } = await discogen(args, folder);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      apis: [
        {
          id: "shelves:v1",
          revision: "20260101",
          dir: "out/shelves/v1",
          client: "ShelfKeeperClient",
          methods: 19,
          schemas: 29,
          files: ["out/shelves/v1/index.ts", "out/shelves/v1/schemas.ts"],
          written: 2,
          unchanged: 0,
          ms: expect.any(Number),
        },
      ],
      diagnostics: expect.arrayContaining([
        {
          severity: "error",
          code: "INVALID_JSON",
          file: "bad.json",
          pointer: "",
          message: expect.any(String),
          help: expect.any(String),
        },
        expect.objectContaining({
          severity: "warning",
          code: "DANGLING_REFERENCE",
          api: "shelves:v1",
          pointer: "/schemas/Shelf/properties/gone/$ref",
        }),
      ]),
      ms: expect.any(Number),
    });
  });

  it("prints a JSON object for an invalid command line", async () => {
    const { code, stdout } = await discogen(["generate", "--sped", "--reporter", "json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, apis: [], diagnostics: [{ code: "USAGE" }] });
  });

  it("prints each error with its place and help", async () => {
    const folder = await temporaryFolder();
    await writeFile(
      join(folder, "bad.json"),
      JSON.stringify({ kind: "discovery#restDescription", name: "x", version: "v1", title: 7 }),
    );
    const { stderr } = await discogen(["generate", "bad.json"], folder);
    expect(stderr).toMatch(/^error WRONG_TYPE bad\.json#\/title: expected a string, found a number\n {2}help: .+$/m);
  });

  it("prints no control characters of a document", async () => {
    const folder = await temporaryFolder();
    const text = JSON.stringify({ kind: "discovery#restDescription", name: "x\u001b[2J", version: "v1" });
    await writeFile(join(folder, "bad.json"), text);
    const { stderr, stdout } = await discogen(["generate", "bad.json"], folder);
    expect(stderr).toContain("UNSAFE_NAME");
    expect(stderr + stdout).not.toContain("\u001b");
  });

  it.each([["generate --check"], ["check"]])("%s exits with 1 if the output is stale", async (command) => {
    const folder = await temporaryFolder();
    const args = [...command.split(" "), FIXTURE, "--out", "out"];
    expect((await discogen(args, folder)).code).toBe(1);
    await discogen(["generate", FIXTURE, "--out", "out"], folder);
    expect((await discogen(args, folder)).code).toBe(0);
  });

  it("has no changes for the checked-in clients", async () => {
    const apis = ["sqladmin:v1", "sqladmin:v1beta3"];
    expect(await discogen(["generate", ...apis, "--out", "generated", "--check"])).toMatchObject({
      code: 0,
      stderr: "",
    });
  });
});
