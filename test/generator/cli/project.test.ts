/** A project with a config, and a directory of APIs on a real socket. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DISCOGEN, discogen, type Outcome } from "../../support/discogen.js";
import { filesOf, temporaryFolder } from "../../support/folders.js";
import { type DirectoryServer, serveDirectory } from "../discovery/directory-server.js";

interface Project {
  readonly folder: string;
  readonly server: DirectoryServer;
  readonly run: (...args: readonly string[]) => Promise<Outcome>;
  readonly config: (apis: readonly unknown[], facts?: object) => Promise<void>;
  readonly files: () => Promise<readonly string[]>;
}

async function project(): Promise<Project> {
  const folder = await temporaryFolder();
  const server = await serveDirectory();
  const env = { XDG_CACHE_HOME: await temporaryFolder(), DISCOGEN_DIRECTORY_URL: server.directoryUrl };
  const config = (apis: readonly unknown[], facts: object = {}) =>
    writeFile(
      join(folder, "discogen.config.ts"),
      `export default ${JSON.stringify({ output: "src", apis, ...facts })};`,
    );
  return { folder, server, run: (...args) => discogen(args, folder, env), config, files: () => filesOf(folder) };
}

describe("a new project", () => {
  it("is initialized, generated and checked without a network", async () => {
    const { run, files, server } = await project();
    expect(await run("init", "--yes")).toMatchObject({ code: 0, stderr: "" });
    expect(await run("generate", "--offline")).toMatchObject({ code: 0, stderr: "" });
    expect(await run("check", "--offline")).toMatchObject({ code: 0, stderr: "" });
    expect(await files()).toEqual([
      "discogen.config.ts",
      "discogen.lock.json",
      "discovery/sqladmin.v1beta3.json",
      "generated/.discogen.json",
      "generated/sqladmin/v1beta3/index.ts",
      "generated/sqladmin/v1beta3/schemas.ts",
    ]);
    expect(server.seen).toEqual([]);
  });

  it("reads one line for each question", async () => {
    const { folder } = await project();
    const child = spawn(process.execPath, [DISCOGEN, "init"], { cwd: folder, stdio: ["pipe", "ignore", "ignore"] });
    child.stdin.end("shelves:v1, drive:v3\n\n");
    expect(await once(child, "close")).toEqual([0, null]);
    expect(await readFile(join(folder, "discogen.config.ts"), "utf8")).toMatch(
      /defineConfig\(\{\s*output: "generated",\s*apis: \[\s*"shelves:v1",\s*"drive:v3"\s*\]\s*\}\);\n$/,
    );
  });

  it.each([
    [
      "the arguments",
      ["init", "--yes", "a:v1", "--out", "x", "--json"],
      0,
      /discogen\.config\.json\. Run `discogen generate`/,
    ],
    ["no invalid API", ["init", "--yes", "sheets"], 2, /"sheets" is not an API/],
  ])("accepts %s", async (_, args, code, message) => {
    const { run } = await project();
    const outcome = await run(...args);
    expect(outcome.stdout + outcome.stderr).toMatch(message);
    expect(outcome.code).toBe(code);
  });

  it("keeps its config if it is initialized again", async () => {
    const { run } = await project();
    await run("init", "--yes");
    expect(await run("init", "--yes")).toMatchObject({ code: 2, stderr: expect.stringContaining("CONFIG_EXISTS") });
  });
});

describe("discogen generate", () => {
  it("pins what it fetches, and then needs no network", async () => {
    const { run, config, folder, server } = await project();
    await config(["shelves:v1", "shelves:v2"]);
    expect(await run("generate")).toMatchObject({ code: 0, stdout: expect.stringMatching(/shelves:v1[\s\S]*2 APIs/) });
    const lock = JSON.parse(await readFile(join(folder, "discogen.lock.json"), "utf8"));
    expect(lock.apis["shelves:v1"]).toEqual({
      source: `${server.url}rest/shelves:v1`,
      revision: "20260101",
      etag: expect.stringMatching(/^"/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const requests = server.seen.length;
    server.documents.clear();
    await rm(join(folder, "src"), { recursive: true });
    expect(await run("generate", "--no-cache")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("(2 written)"),
    });
    expect(server.seen).toHaveLength(requests);
  });

  it("prefers options of the command line to those of the config", async () => {
    const { run, config, folder } = await project();
    await config([{ id: "shelves:v1", enums: "open", include: ["*.list"] }]);
    const text = async () => readFile(join(folder, "src/shelves/v1/schemas.ts"), "utf8");
    await run("generate");
    expect(await text()).toContain('"LEFT" | "RIGHT" | (string & {})');
    await run("generate", "--enums", "closed");
    expect(await text()).toContain('"LEFT" | "RIGHT";');
    await run("generate", "shelves:v1");
    expect(await text()).toContain('"LEFT" | "RIGHT" | (string & {})');
  });

  it("deletes the output of an API that was removed from the config", async () => {
    const { run, config, files } = await project();
    await config(["shelves:v1", "sqladmin:v1beta3"]);
    await run("generate");
    await config(["sqladmin:v1beta3"]);
    expect(await run("check")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("shelves:v1 is no longer generated"),
    });
    expect(await run("generate")).toMatchObject({ code: 0 });
    expect((await files()).filter((file) => file.startsWith("src/"))).toEqual([
      "src/.discogen.json",
      "src/sqladmin/v1beta3/index.ts",
      "src/sqladmin/v1beta3/schemas.ts",
    ]);
  });

  it("continues without an API that it cannot fetch, and keeps its output", async () => {
    const { run, config, files } = await project();
    await config(["shelves:v1", "shelves:v2"]);
    await run("generate", "shelves:v1");
    await config(["shelves:v2", "shelves:v9"]);
    const { code, stderr, stdout } = await run("generate");
    expect({ code, stderr, stdout }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/UNKNOWN_API shelves:v9: .*did you mean shelves:v1 or shelves:v2\?/),
      stdout: expect.stringMatching(/^shelves:v2 .*\n1 API, 1 error/),
    });
    expect(await files()).toContain("src/shelves/v1/index.ts");
  });

  it.each([
    [
      "a document edited by hand",
      async ({ folder }: Project) => writeFile(join(folder, "discovery/shelves.v1.json"), "{}"),
      /LOCK_MISMATCH discovery\/shelves\.v1\.json: the document was edited[\s\S]*discogen update/,
    ],
    [
      "the document of another API",
      async ({ config, server }: Project) => config([{ id: "shelves:v1", source: `${server.url}rest/shelves:v2` }]),
      /OTHER_API .*: the document describes shelves:v2, not shelves:v1/,
    ],
    [
      "a typo in the config",
      async ({ config }: Project) => config(["shelves:v1"], { ouput: "x" }),
      /CONFIG_INVALID discogen\.config\.ts: .*did you mean output\?/,
    ],
    [
      "an invalid lock",
      async ({ folder }: Project) => writeFile(join(folder, "discogen.lock.json"), "{"),
      /LOCK_INVALID discogen\.lock\.json/,
    ],
  ])("reports %s, and changes nothing", async (_, spoil, message) => {
    const made = await project();
    await made.config(["shelves:v1"]);
    await made.run("generate");
    await spoil(made);
    const read = async () => Promise.all((await made.files()).map((file) => readFile(join(made.folder, file), "utf8")));
    const before = await read();
    expect(await made.run("generate")).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    expect(await read()).toEqual(before);
  });

  it.each([
    ["no config and no API", ["generate"], /no API given, and there is no config/],
    ["a config that does not exist", ["generate", "--config", "x.ts"], /CONFIG_UNLOADABLE x\.ts: file not found/],
    ["--check with --watch", ["generate", "--check", "--watch"], /--check and --watch cannot be combined/],
    ["--offline with --no-cache", ["list", "--offline", "--no-cache"], /--offline and --no-cache cannot be combined/],
    ["an update without a config", ["update"], /CONFIG_MISSING[\s\S]*discogen init/],
  ])("rejects %s", async (_, args, message) => {
    const { run } = await project();
    expect(await run(...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });
});

describe("discogen check", () => {
  it("fails without a request if an API is not pinned", async () => {
    const { run, config, server, files } = await project();
    await config(["shelves:v1"]);
    expect(await run("check")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/OUTPUT_STALE discogen\.lock\.json: shelves:v1 is not pinned/),
    });
    expect(server.seen).toEqual([]);
    expect(await files()).toEqual(["discogen.config.ts"]);
  });
});

describe("discogen update", () => {
  it("fetches, pins, and prints what changed", async () => {
    const { run, config, server, folder } = await project();
    await config(["shelves:v1", "shelves:v2"]);
    await run("generate");
    const { resources: _, ...rest } = server.documents.get("shelves:v1") ?? {};
    server.documents.set("shelves:v1", { ...rest, revision: "20270101" });
    const { code, stdout } = await run("update");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^shelves:v1 \(20260101\) → shelves:v1 \(20270101\)\n\nbreaking\n(?: {2}.*\n)* {2}method \S+ is removed\n[\s\S]* breaking.*: requires a major version$/m,
    );
    expect(stdout).toMatch(/^shelves:v2 {2}20260101 is current$/m);
    expect(await run("check")).toMatchObject({ code: 1 });
    expect(await run("generate")).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, "src/shelves/v1/index.ts"), "utf8")).toContain("20270101");
  });

  it("updates only the API that is named", async () => {
    const { run, config, server } = await project();
    await config(["shelves:v1", "shelves:v2"]);
    await run("generate");
    for (const [id, document] of server.documents) server.documents.set(id, { ...document, revision: "20270101" });
    const { stdout } = await run("update", "shelves:v2", "--reporter", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      apis: [{ id: "shelves:v2", from: "20260101", to: "20270101", changed: true, changes: [], semver: "none" }],
      diagnostics: [],
    });
  });

  it("replaces an edited document, and removes pins that no API needs", async () => {
    const { run, config, folder, files } = await project();
    await config(["shelves:v1", "shelves:v2"]);
    await run("generate");
    await writeFile(join(folder, "discovery/shelves.v1.json"), "{}");
    await config(["shelves:v1"]);
    expect(await run("update")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("shelves:v2  20260101 is no longer pinned"),
    });
    expect((await files()).filter((file) => file.startsWith("discovery/"))).toEqual(["discovery/shelves.v1.json"]);
    expect(await run("generate")).toMatchObject({ code: 0 });
  });

  it("keeps the pin of a document that was removed", async () => {
    const { run, config, server, folder } = await project();
    await config(["shelves:v1"]);
    await run("generate");
    const before = await readFile(join(folder, "discogen.lock.json"), "utf8");
    server.missing.add("shelves:v1");
    expect(await run("update")).toMatchObject({ code: 2, stderr: expect.stringContaining("DOCUMENT_GONE") });
    expect(await readFile(join(folder, "discogen.lock.json"), "utf8")).toBe(before);
  });

  it("accepts only APIs of the config", async () => {
    const { run, config } = await project();
    await config(["shelves:v1"]);
    expect(await run("update", "shelvs:v1")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean shelves:v1?"),
    });
  });
});

describe("discogen list", () => {
  it("lists each API once, with its source", async () => {
    const { run, config } = await project();
    await config(["shelves:v1"]);
    await run("generate");
    const { stdout, stderr } = await run("list");
    expect(stderr).toBe("");
    expect(stdout.split("\n").map((line) => line.split("  ").slice(0, 2).join(" "))).toEqual([
      "shelves:v1 locked 20260101",
      "shelves:v2 directory",
      "sqladmin:v1 bundled",
      "sqladmin:v1beta3 bundled",
      "",
    ]);
    expect(JSON.parse((await run("list", "SHELF", "--reporter", "json")).stdout)).toMatchObject({
      ok: true,
      apis: [
        { id: "shelves:v1", source: "locked", revision: "20260101" },
        { id: "shelves:v2", source: "directory" },
      ],
      diagnostics: [],
    });
  });

  it("lists local APIs with a warning if the directory is down", async () => {
    const { run } = await project();
    expect(await run("list", "--directory-url", "http://127.0.0.1:1/apis")).toMatchObject({
      code: 0,
      stdout: "sqladmin:v1  bundled\nsqladmin:v1beta3  bundled\n",
      stderr: expect.stringMatching(/^warning DIRECTORY_UNREACHABLE/),
    });
  });
});

describe("a suggestion is printed for a misspelled name", () => {
  it.each([
    ["a command", ["udpate"], 'unknown command "udpate"; did you mean update?'],
    ["an option", ["generate", "--wach"], "did you mean --watch?"],
    ["an API", ["scopes", "sqladmin:v1beta4"], "did you mean sqladmin:v1 or sqladmin:v1beta3?"],
  ])("of %s", async (_, args, near) => {
    const { run } = await project();
    expect(await run(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(near) });
  });
});

it("every command has help with an example", async () => {
  const { run } = await project();
  const { stdout } = await run("--help");
  const commands = [...stdout.matchAll(/^ {2}(\w+) /gm)].map(([, name = ""]) => name);
  expect(commands.length).toBeGreaterThan(6);
  for (const name of commands) {
    const help = (await run(name, "--help")).stdout;
    expect(help).toMatch(new RegExp(`^Usage: discogen ${name} .*[\\s\\S]*Example:\\n  discogen ${name}`));
    expect(help.split("\n").filter((line) => line.length >= 80)).toEqual([]);
  }
});
