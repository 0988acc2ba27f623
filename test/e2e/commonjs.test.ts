/** CommonJS programs on Node, with only the packed packages installed. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { node, runningMock } from "../support/discogen.js";
import { temporaryFolder } from "../support/folders.js";
import { packed, unpack } from "../support/packed.js";

/** Turns off `require` of ES modules, which some supported versions of Node do not have. */
const FLAGS = process.allowedNodeEnvironmentFlags.has("--no-experimental-require-module")
  ? ["--no-experimental-require-module"]
  : [];

async function consumer(program: string): Promise<string> {
  const folder = await temporaryFolder();
  await unpack(folder, [await packed("runtime"), await packed("generated")]);
  await writeFile(join(folder, "program.cjs"), program);
  return folder;
}

/** Deletes all files of the packages before the first call. */
const PROGRAM = `const { rmSync } = require("node:fs");
const { SQLAdminClient } = require("@discogen/generated/sqladmin/v1beta3");
const { ApiError, DiscogenError, batch, fetchTransport } = require("@discogen/runtime");
const { applicationDefault, AccessTokenCredentials } = require("@discogen/runtime/auth");
const { createMockTransport } = require("@discogen/runtime/testing");
const { shownName } = require("@discogen/runtime/names");
const { openFile } = require("@discogen/runtime/files");
rmSync("node_modules", { recursive: true });

const [, , rootUrl] = process.argv;
const project = "example-123";

async function list(client) {
  const names = [];
  for await (const { instance } of client.instances.list({ project })) names.push(instance);
  console.log(names.join(" "));
}

async function main() {
  const auth = await applicationDefault();
  const client = new SQLAdminClient({ auth, rootUrl });
  await list(client);
  await list(client.withOptions({ transport: fetchTransport() }));
  const requestBody = { instance: "new", project, region: "us-central", settings: { tier: "D1" } };
  const { operationType, state } = await client.instances.insert({ project, requestBody }).wait();
  console.log(operationType, state);
  const requests = batch(client);
  const pending = requests.instances.get({ project, instance: "new" });
  await requests.send();
  console.log((await pending).instance);
  const error = await client.instances.get({ project, instance: "none" }).catch((thrown) => thrown);
  console.log(error instanceof ApiError, error instanceof DiscogenError, error.status);
  const transport = createMockTransport(SQLAdminClient, { "sql.instances.list": () => ({ items: [{ instance: "a" }] }) });
  await list(new SQLAdminClient({ auth: new AccessTokenCredentials("t"), transport }));
  const file = await openFile("written");
  await file.write([Buffer.from(shownName("text"))]);
  await file.end();
  await file.commit();
}

main();
`;

const LISTED = "catalogue orders reports sessions staging";

it("a program authenticates, lists, waits, batches and handles errors without reading another file", async () => {
  const folder = await consumer(PROGRAM);
  const { url, keyFile } = await runningMock(["sqladmin:v1beta3"], { cwd: folder });
  const env = { GOOGLE_APPLICATION_CREDENTIALS: keyFile };
  const { code, stdout, stderr } = await node([...FLAGS, "program.cjs", url], folder, env);
  expect(stderr).toBe("");
  expect(stdout).toBe(`${LISTED}\n${LISTED}\nCREATE DONE\nnew\ntrue true 404\na\n`);
  expect(code).toBe(0);
  expect(await readFile(join(folder, "written"), "utf8")).toBe("text");
});

/** Returns all CommonJS files of both packages. */
async function commonJsFiles(): Promise<readonly { readonly file: string; readonly text: string }[]> {
  const packages = [await packed("runtime"), await packed("generated")];
  const found = packages.flatMap((one) =>
    one
      .listFiles()
      .filter((file) => file.endsWith(".cjs"))
      .map((file) => ({ file, text: one.readFile(file) })),
  );
  expect(found.map(({ file }) => file)).toContain("/node_modules/@discogen/runtime/dist/web/shared/shared.cjs");
  return found;
}

describe("the CommonJS modules", () => {
  it("have the exports of the ES modules", async () => {
    const names = ["@discogen/generated/sqladmin/v1beta3"].concat(
      ["", "/auth", "/files", "/names", "/testing"].map((path) => `@discogen/runtime${path}`),
    );
    const folder = await consumer(
      `for (const name of ${JSON.stringify(names)}) console.log(Object.keys(require(name)).sort().join());`,
    );
    const expected: string[] = [];
    for (const name of names)
      expected.push(
        Object.keys((await import(name)) as object)
          .sort()
          .join(),
      );
    expect((await node([...FLAGS, "program.cjs"], folder)).stdout.trim().split("\n")).toEqual(expected);
  });

  it("run in strict mode, like their sources", async () => {
    expect((await commonJsFiles()).filter(({ text }) => !text.startsWith('"use strict";'))).toEqual([]);
  });

  it("do not use `import()`, which Jest rejects and bundlers try to resolve", async () => {
    const texts = (await commonJsFiles()).map(({ text }) => text);
    // Excludes methods of an API with the name `import`.
    expect(texts.flatMap((text) => text.match(/(?<![\w.])import\s*\((?![^)]*\) \{).{1,40}/g) ?? [])).toEqual([]);
  });

  it("load no Node module for cryptography, networks or processes before the first call", async () => {
    const folder = await consumer(`require("@discogen/generated/sqladmin/v1beta3");
require("@discogen/runtime/auth");
const loaded = process.moduleLoadList.map((name) => name.replace("NativeModule ", ""));
console.log(["child_process", "crypto", "http", "net", "tls", "zlib"].filter((name) => loaded.includes(name)).join());`);
    expect(await node([...FLAGS, "program.cjs"], folder)).toMatchObject({ stdout: "\n", stderr: "" });
  });
});
