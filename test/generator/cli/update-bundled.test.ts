/** `discogen update` for the APIs that are bundled: the live document replaces the bundled one. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { discogen, type Outcome } from "../../support/discogen.js";
import { readDocument } from "../../support/documents.js";
import { temporaryFolder } from "../../support/folders.js";
import { serveDirectory } from "../discovery/directory-server.js";

const UNREACHABLE = ["--directory-url", "http://127.0.0.1:1/apis", "--no-cache"];

/** A project whose lock pins both bundled documents, and a directory that lists `sqladmin:v1` as Google's does. */
async function pinned() {
  const folder = await temporaryFolder();
  const server = await serveDirectory();
  const env = { XDG_CACHE_HOME: await temporaryFolder(), DISCOGEN_DIRECTORY_URL: server.directoryUrl };
  const run = (...args: readonly string[]): Promise<Outcome> => discogen(args, folder, env);
  await writeFile(
    join(folder, "discogen.config.json"),
    JSON.stringify({ output: "src", apis: ["sqladmin:v1", "sqladmin:v1beta3"] }),
  );
  expect(await run("generate")).toMatchObject({ code: 0, stderr: "" });
  server.documents.set("sqladmin:v1", {
    ...readDocument(new URL("../../../generator/documents/sqladmin.v1.json", import.meta.url)),
    revision: "20270101",
    description: "The live document describes itself.",
  });
  const lock = (): Promise<string> => readFile(join(folder, "discogen.lock.json"), "utf8");
  return { folder, server, run, lock };
}

describe("discogen update of bundled APIs", () => {
  it("replaces a bundled document by the live one, descriptions included", async () => {
    const { folder, run } = await pinned();
    const { code, stdout, stderr } = await run("update");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^sqladmin:v1 \(20240618\) → sqladmin:v1 \(20270101\)$/m);
    expect(stdout).toMatch(/^sqladmin:v1beta3 {2}20150330 is current$/m);
    await run("generate");
    const client = await readFile(join(folder, "src/sqladmin/v1/index.ts"), "utf8");
    expect(client).toContain("revision 20270101");
    expect(client).toContain("The live document describes itself.");
  });

  it("keeps bundled documents and warns when the directory cannot be reached", async () => {
    const { lock, run } = await pinned();
    const before = await lock();
    expect(await run("update", ...UNREACHABLE)).toMatchObject({
      code: 0,
      stdout: "sqladmin:v1  20240618 is current\nsqladmin:v1beta3  20150330 is current\n",
      stderr: expect.stringMatching(/^warning DIRECTORY_UNREACHABLE .*\n {2}help: .*\n$/),
    });
    expect(await lock()).toBe(before);
  });

  it("keeps them silently with --offline", async () => {
    const { lock, run } = await pinned();
    const before = await lock();
    expect(await run("update", "--offline")).toMatchObject({ code: 0, stderr: "" });
    expect(await lock()).toBe(before);
  });

  it.each([
    ["cannot be reached", UNREACHABLE],
    ["no longer lists the API", []],
  ])("never replaces a live document by the bundled one: the directory %s", async (_, options) => {
    const { lock, run, server } = await pinned();
    await run("update");
    const before = await lock();
    expect(before).toContain("/rest/sqladmin:v1");
    server.documents.delete("sqladmin:v1");
    expect(await run("update", "sqladmin:v1", ...options)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error \w+ sqladmin:v1: /),
    });
    expect(await lock()).toBe(before);
  });
});
