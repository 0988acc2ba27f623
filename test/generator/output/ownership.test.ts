// slow: writes a site from a build.
/** Which files commands replace, and which they do not: files that Discogen did not write. */
import { chmod, link, lstat, mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Command } from "../../../generator/src/cli/command.js";
import { docsCommand } from "../../../generator/src/cli/docs.js";
import { generateCommand } from "../../../generator/src/cli/generate.js";
import { initCommand } from "../../../generator/src/cli/init.js";
import { mockCommand } from "../../../generator/src/cli/mock.js";
import { openapiCommand } from "../../../generator/src/cli/openapi.js";
import { type Diagnostic, InputError } from "../../../generator/src/diagnostics.js";
import { generate } from "../../../generator/src/generate.js";
import { filesOf, ROOT, temporaryFolder } from "../../support/folders.js";
import { testTerminal } from "../../support/terminal.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");
const MINE = "// mine\n";

/** Runs a command in this process, and interrupts it as soon as it has printed its result. */
async function run(command: Command, ...args: readonly string[]): Promise<readonly Diagnostic[]> {
  const stdout = new PassThrough();
  const { terminal } = testTerminal({ stdout });
  // A mock runs until it is interrupted.
  stdout.once("data", () => setImmediate(terminal.interrupt));
  try {
    await command.run(args, terminal);
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics;
    throw error;
  }
}

async function write(path: string, text = MINE): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
}

const textsOf = async (folder: string) =>
  Object.fromEntries(
    await Promise.all((await filesOf(folder)).map(async (file) => [file, await readFile(join(folder, file), "utf8")])),
  );

describe("a file that Discogen did not write", () => {
  it.each<[string, string, (folder: string) => Promise<readonly Diagnostic[]>]>([
    ["index.html", "docs", (folder) => run(docsCommand, FIXTURE, "--out", folder)],
    ["index.js", "docs", (folder) => run(docsCommand, FIXTURE, "--out", folder)],
    ["scalar.js", "docs", (folder) => run(docsCommand, FIXTURE, "--out", folder)],
    ["scalar.LICENSE.txt", "docs", (folder) => run(docsCommand, FIXTURE, "--out", folder)],
    ["shelves/v1/index.html", "docs", (folder) => run(docsCommand, FIXTURE, "--out", folder)],
    ["api.json", "openapi", (folder) => run(openapiCommand, FIXTURE, "--out", join(folder, "api.json"))],
    ["key.json", "mock", (folder) => run(mockCommand, FIXTURE, "--key-file", join(folder, "key.json"))],
  ])("%s makes %s fail without writing", async (name, _, command) => {
    const folder = await temporaryFolder();
    await write(join(folder, name));
    expect(await command(folder)).toMatchObject([
      { code: "OUTPUT_EXISTS", file: join(folder, name), help: expect.stringContaining("--force") },
    ]);
    expect(await textsOf(folder)).toEqual({ [name]: MINE });
  });

  it.each<[string, string, (folder: string) => Promise<readonly Diagnostic[]>]>([
    ["index.html", "docs", (folder) => run(docsCommand, FIXTURE, "--force", "--out", folder)],
    ["api.json", "openapi", (folder) => run(openapiCommand, FIXTURE, "--force", "--out", join(folder, "api.json"))],
    ["key.json", "mock", (folder) => run(mockCommand, FIXTURE, "--force", "--key-file", join(folder, "key.json"))],
    ["shelves/v1/index.ts", "generate", (folder) => run(generateCommand, FIXTURE, "--force", "--out", folder)],
  ])("%s is replaced by %s --force", async (name, _, command) => {
    const folder = await temporaryFolder();
    await write(join(folder, name));
    expect(await command(folder)).toEqual([]);
    expect((await textsOf(folder))[name]).not.toBe(MINE);
  });

  it.each(["index.ts", "schemas.ts"])("%s makes generate fail only for its API", async (name) => {
    const out = await temporaryFolder();
    const path = join(out, "shelves/v1", name);
    await write(path);
    const report = await generate({ apis: [FIXTURE, "sqladmin:v1beta3"], out });
    expect(report.diagnostics.filter(({ severity }) => severity === "error")).toMatchObject([
      { code: "OUTPUT_EXISTS", file: path, api: "shelves:v1", help: expect.stringContaining("--force") },
    ]);
    expect(report.apis.map(({ id }) => id)).toEqual(["sqladmin:v1beta3"]);
    expect(await readdir(join(out, "shelves/v1"))).toEqual([name]);
    expect(await readFile(path, "utf8")).toBe(MINE);
    expect(await generate({ apis: [FIXTURE], out, force: true })).toMatchObject({ apis: [{ written: 2 }] });
  });

  it.each([
    ["a real key", JSON.stringify({ type: "service_account", client_email: "a@b.example", private_key: "x" })],
    [
      "a real key of an account with the mock's name",
      JSON.stringify({
        client_email: "discogen-mock@example-123.iam.gserviceaccount.com",
        token_uri: "https://oauth2.googleapis.com/token",
      }),
    ],
    ["other JSON", "[1]"],
    ["bytes", "\u0000\u0001"],
  ])("is not replaced by a key file: %s", async (_, text) => {
    const path = join(await temporaryFolder(), "service-account.json");
    await writeFile(path, text);
    expect(await run(mockCommand, FIXTURE, "--key-file", path)).toMatchObject([
      { code: "OUTPUT_EXISTS", file: path, help: expect.stringMatching(/--key-file.*--force/) },
    ]);
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("is not replaced through a symbolic or hard link", async () => {
    const folder = await temporaryFolder();
    await write(join(folder, "mine.json"));
    await symlink("mine.json", join(folder, "api.json"));
    await link(join(folder, "mine.json"), join(folder, "hard.json"));
    for (const name of ["api.json", "hard.json"])
      expect(await run(openapiCommand, FIXTURE, "--out", join(folder, name))).toMatchObject([
        { code: "OUTPUT_EXISTS" },
      ]);
    expect(await readFile(join(folder, "mine.json"), "utf8")).toBe(MINE);
  });

  it("is a config for init, which replaces only a config of the same name, and only with --force", async () => {
    const folder = await temporaryFolder();
    const before = process.cwd();
    process.chdir(folder);
    onTestFinished(() => process.chdir(before));
    await writeFile("discogen.config.json", MINE);
    expect(await run(initCommand, "--yes", "--json")).toMatchObject([
      { code: "CONFIG_EXISTS", file: "discogen.config.json", help: expect.stringContaining("--force") },
    ]);
    expect(await run(initCommand, "--yes", "--force")).toMatchObject([{ code: "CONFIG_EXISTS" }]);
    expect(await readFile("discogen.config.json", "utf8")).toBe(MINE);
    expect(await run(initCommand, "--yes", "--json", "--force")).toEqual([]);
    expect(JSON.parse(await readFile("discogen.config.json", "utf8"))).toMatchObject({ output: "generated" });
  });
});

describe("a file that Discogen wrote is replaced", () => {
  it.each<[string, (folder: string) => Promise<void>]>([
    ["with its manifest", () => Promise.resolve()],
    ["without a manifest, as in a fresh clone", (folder) => rm(join(folder, ".discogen.json"))],
    ["edited, with its manifest", async (folder) => writeFile(join(folder, "shelves/v1/index.ts"), "// no preamble\n")],
    [
      "with other line ends",
      async (folder) => {
        await rm(join(folder, ".discogen.json"));
        const path = join(folder, "shelves/v1/index.ts");
        await writeFile(path, (await readFile(path, "utf8")).replaceAll("\n", "\r\n"));
      },
    ],
    ["empty", (folder) => writeFile(join(folder, "shelves/v1/index.ts"), "")],
  ])("as code, %s", async (_, change) => {
    const out = await temporaryFolder();
    await generate({ apis: [FIXTURE], out, enums: "open" });
    await change(out);
    expect(await generate({ apis: [FIXTURE], out })).toMatchObject({ ok: true });
    expect(await generate({ apis: [FIXTURE], out, check: true })).toMatchObject({ ok: true });
  });

  it("as a site, an OpenAPI document, and a key", async () => {
    const folder = await temporaryFolder();
    const commands: readonly (readonly [Command, ...string[]])[] = [
      [docsCommand, "--out", join(folder, "site")],
      [openapiCommand, "--out", join(folder, "api.json")],
      [mockCommand, "--key-file", join(folder, "key.json")],
    ];
    for (const [command, ...args] of commands) {
      expect(await run(command, "sqladmin:v1beta3", ...args)).toEqual([]);
      expect(await run(command, FIXTURE, ...args)).toEqual([]);
    }
    expect(await readFile(join(folder, "site/index.html"), "utf8")).toContain("shelves:v1");
    expect(await readFile(join(folder, "api.json"), "utf8")).not.toContain("sqladmin");
  });

  it("as any file of a site, by its mark", async () => {
    const folder = await temporaryFolder();
    expect(await run(docsCommand, FIXTURE, "--out", folder)).toEqual([]);
    for (const file of await filesOf(folder))
      await writeFile(join(folder, file), (await readFile(join(folder, file), "utf8")) + "\n");
    expect(await run(docsCommand, FIXTURE, "--out", folder)).toEqual([]);
  });
});

describe.skipIf(process.platform === "win32")("a key file", () => {
  it.each([0o000, 0o022, 0o277])("is only readable by its owner with the umask %o", async (mask) => {
    const path = join(await temporaryFolder(), "key.json");
    const before = process.umask(mask);
    onTestFinished(() => void process.umask(before));
    expect(await run(mockCommand, FIXTURE, "--key-file", path)).toEqual([]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await chmod(path, 0o644);
    expect(await run(mockCommand, FIXTURE, "--key-file", path)).toEqual([]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("that is a dangling link is written to the target of the link", async () => {
    const folder = await temporaryFolder();
    await symlink("real.json", join(folder, "key.json"));
    expect(await run(mockCommand, FIXTURE, "--key-file", join(folder, "key.json"))).toEqual([]);
    expect(await readlink(join(folder, "key.json"))).toBe("real.json");
    expect((await lstat(join(folder, "real.json"))).mode & 0o777).toBe(0o600);
  });
});

describe.skipIf(process.platform === "win32")("output", () => {
  it("keeps the mode of the replaced file, and follows a link inside its folder", async () => {
    const out = await temporaryFolder();
    await generate({ apis: [FIXTURE], out, enums: "open" });
    const path = join(out, "shelves/v1/schemas.ts");
    await chmod(path, 0o640);
    await rm(join(out, "shelves/v1/index.ts"));
    await symlink("real.ts", join(out, "shelves/v1/index.ts"));
    expect(await generate({ apis: [FIXTURE], out })).toMatchObject({ ok: true });
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readlink(join(out, "shelves/v1/index.ts"))).toBe("real.ts");
    expect(await readFile(join(out, "shelves/v1/real.ts"), "utf8")).toContain("ShelfKeeperClient");
  });

  it.each([
    ["a file", (elsewhere: string) => writeFile(join(elsewhere, "index.ts"), "")],
    ["a missing file", () => Promise.resolve()],
  ])("is not written through a link that points outside its folder, to %s", async (_, make) => {
    const [out, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
    await make(elsewhere);
    await mkdir(join(out, "shelves/v1"), { recursive: true });
    await symlink(join(elsewhere, "index.ts"), join(out, "shelves/v1/index.ts"));
    const before = await textsOf(elsewhere);
    const report = await generate({ apis: [FIXTURE], out, force: true });
    expect(report.diagnostics.filter(({ severity }) => severity === "error")).toMatchObject([
      { code: "OUTPUT_UNWRITABLE", message: `shelves/v1/index.ts is a link that points outside ${out}` },
    ]);
    expect(await textsOf(elsewhere)).toEqual(before);
  });

  it("is not written to a path through a file", async () => {
    const folder = await temporaryFolder();
    await write(join(folder, "file"));
    expect(await run(openapiCommand, FIXTURE, "--out", join(folder, "file/api.json"))).toMatchObject([
      { code: "OUTPUT_UNWRITABLE", message: `${join(folder, "file")} is not a folder` },
    ]);
  });

  it("may have a name of up to 255 bytes", async () => {
    const path = join(await temporaryFolder(), "ü".repeat(125) + ".json");
    expect(await run(openapiCommand, FIXTURE, "--out", path)).toEqual([]);
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ openapi: "3.1.0" });
  });
});
