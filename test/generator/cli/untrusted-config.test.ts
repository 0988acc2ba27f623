/** Configs of other users: which commands execute them, and which hosts receive keys and tokens of the environment. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { parse } from "../../../generator/src/cli/command.js";
import { diffCommand } from "../../../generator/src/cli/diff.js";
import { docsCommand } from "../../../generator/src/cli/docs.js";
import { listCommand } from "../../../generator/src/cli/list.js";
import { openapiCommand } from "../../../generator/src/cli/openapi.js";
import { openProject } from "../../../generator/src/cli/project.js";
import { scopesCommand } from "../../../generator/src/cli/scopes.js";
import { createSources } from "../../../generator/src/discovery/sources.js";
import { serve } from "../../runtime/support/server.js";
import { discogen } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";
import { testTerminal } from "../../support/terminal.js";
import { documentWith, pin, SQL, untrustedFolder } from "./untrusted-folder.js";

afterEach(() => vi.unstubAllEnvs());

/** Writes a file next to itself when it is executed. */
const CODE = `import { writeFileSync } from "node:fs";
writeFileSync(new URL("marker", import.meta.url), "");
export default { apis: ["${SQL}", "library:v1"] };`;

describe("a config that is code", () => {
  const document = join(ROOT, "test/fixtures/shelves.v1.json");
  it.each([
    ["--help", ["--help"]],
    ["the help of generate", ["generate", "--help"]],
    ["the help of a method", ["call", document, "ping", "--help"]],
    ["call", ["call", SQL, "instances.list", "--project", "p", "--key", "k", "--root-url", "http://127.0.0.1:1/"]],
    ["mock", ["mock", SQL, "--port", "0", "--fixtures", "missing.json"]],
  ])("is not executed by %s", async (_, args) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "discogen.config.mjs"), CODE);
    const { stderr } = await discogen(args, folder);
    expect(stderr).not.toMatch(/CONFIG_UNLOADABLE|INTERNAL_ERROR/);
    expect(existsSync(join(folder, "marker"))).toBe(false);
  });

  it.each([
    ["list", listCommand, ["--offline"]],
    ["list --config", listCommand, ["--offline", "--config", "discogen.config.mjs"]],
    ["scopes", scopesCommand, [SQL]],
    ["diff", diffCommand, [document, document]],
    ["docs", docsCommand, [document, "--out", "site"]],
    ["openapi", openapiCommand, [document]],
  ])("is not executed by %s, in process", async (_, { run }, args) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "discogen.config.mjs"), CODE);
    const before = process.cwd();
    onTestFinished(() => process.chdir(before));
    process.chdir(folder);
    expect(await run(args, testTerminal().terminal)).toBe(0);
    expect(existsSync(join(folder, "marker"))).toBe(false);
  });

  const reading = ["call", "diff", "docs", "list", "mock", "openapi", "scopes"];
  const executing = ["check", "generate", "update"];
  it.each(
    ["ts", "mts", "js", "mjs"].flatMap((extension) =>
      [...reading, ...executing].map((command) => [`discogen.config.${extension}`, command] as const),
    ),
  )("%s is executed by %s only if it needs it", async (name, command) => {
    const folder = await temporaryFolder();
    const file = join(folder, name);
    await writeFile(file, CODE);
    const parsed = parse(command, ["--config", file], { config: { type: "string" } });
    const { config } = await openProject(command, parsed, testTerminal().terminal);
    expect(existsSync(join(folder, "marker"))).toBe(executing.includes(command));
    expect(config === undefined).toBe(reading.includes(command));
  });

  it.each([
    ["is named in it", SQL, /^warning CONFIG_NOT_EXECUTED discogen\.config\.ts: .*sqladmin:v1beta3/],
    [
      "is named in it and is unknown",
      "library:v1",
      /^warning CONFIG_NOT_EXECUTED .*library:v1[\s\S]*error UNKNOWN_API/,
    ],
    ["is not named in it", "zoo:v1", /^error UNKNOWN_API/],
  ])("is mentioned, if the API %s", async (_, api, message) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "discogen.config.ts"), CODE);
    const directory = ["--directory-url", "http://127.0.0.1:1/"];
    expect((await discogen(["scopes", api, ...directory], folder)).stderr).toMatch(message);
  });

  it("is not mentioned, if the lock has the API", async () => {
    const { folder, run } = await untrustedFolder();
    await pin(folder, await documentWith({ rootUrl: "https://sqladmin.googleapis.com/" }));
    await writeFile(join(folder, "discogen.config.ts"), CODE);
    const { code, stderr } = await run("scopes", SQL);
    expect(code).toBe(0);
    expect(stderr).not.toContain("discogen.config.ts");
  });
});

describe("a config that is JSON", () => {
  it("is read by commands that do not execute configs", async () => {
    const folder = await temporaryFolder();
    const config = { apis: [{ id: "shelves:v1", source: join(ROOT, "test/fixtures/shelves.v1.json") }] };
    await writeFile(join(folder, "discogen.config.json"), JSON.stringify(config));
    expect(await discogen(["scopes", "shelves:v1"], folder)).toMatchObject({ code: 0 });
  });

  it("is reported, if it is malformed", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "discogen.config.json"), "{");
    const outcome = await discogen(["call", SQL, "instances.list", "--project", "p"], folder);
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error CONFIG_UNLOADABLE/) });
  });
});

describe("keys and tokens of the environment", () => {
  /** Headers that a directory receives from a command in a folder whose JSON config names it. */
  async function sentBy(
    command: string,
    args: (url: string) => readonly string[],
    apis: (url: string) => readonly unknown[],
  ) {
    vi.stubEnv("XDG_CACHE_HOME", await temporaryFolder());
    vi.stubEnv("DISCOGEN_TOKEN", "the-token");
    vi.stubEnv("DISCOGEN_API_KEY", "the-key");
    const { url, seen } = await serve((_, response) => void response.end('{"items":[]}'));
    const folder = await temporaryFolder();
    const file = join(folder, "discogen.config.json");
    await writeFile(file, JSON.stringify({ directoryUrl: url, apis: apis(url) }));
    const options = { config: { type: "string" }, "directory-url": { type: "string" } } as const;
    const parsed = parse(command, ["--config", file, ...args(url)], options);
    const { config, sources } = await openProject(command, parsed, testTerminal().terminal);
    const from = createSources(sources);
    await from.directory();
    for (const api of config?.apis ?? []) await from.load(api);
    return seen.map(({ headers }) => [headers["x-goog-api-key"], headers.authorization]);
  }

  const none = [undefined, undefined];
  const both = ["the-key", "Bearer the-token"];
  for (const command of ["call", "check", "generate", "list", "mock", "update"])
    it(`are not sent to a directory or a document that only a config names: ${command}`, async () => {
      expect(
        await sentBy(
          command,
          () => [],
          (url) => [{ id: "a:v1", source: `${url}a` }],
        ),
      ).toEqual([none, none]);
    });

  it.each([
    ["the directory", (url: string) => ["--directory-url", url]],
    ["a document", (url: string) => [`${url}a.json`]],
    [
      "the directory, in the environment",
      (url: string) => {
        vi.stubEnv("DISCOGEN_DIRECTORY_URL", url);
        return [];
      },
    ],
  ])("are sent to a host that the user names: %s", async (_, args) => {
    expect(await sentBy("generate", args, () => [])).toEqual([both]);
  });
});
