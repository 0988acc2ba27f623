/** What a user gets: the packed packages, in an empty project of their own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { publint } from "publint";
import { describe, expect, it, onTestFinished } from "vitest";
import { node } from "../support/discogen.js";
import { ROOT, temporaryFolder } from "../support/folders.js";

const PACKAGES = ["runtime", "generator", "generated"];
const NPM = process.env["npm_execpath"] ?? join(process.execPath, "../../lib/node_modules/npm/bin/npm-cli.js");

async function npm(args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await node([NPM, ...args], cwd, { NODE_ENV: "development" });
  if (code !== 0) throw new Error(`npm ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

describe("the packages", () => {
  it.each(PACKAGES)("%s is fit to be published", async (name) => {
    const { messages } = await publint({ pkgDir: join(ROOT, name), strict: true, pack: false });
    expect(messages.filter(({ type }) => type !== "suggestion")).toEqual([]);
  });

  it.each(PACKAGES)("%s depends on nothing but what it says", async (name) => {
    const { dependencies }: { dependencies: object } = JSON.parse(
      await readFile(join(ROOT, name, "package.json"), "utf8"),
    );
    const allowed: Record<string, readonly string[]> = {
      runtime: ["jose", "undici"],
      generator: ["@discogen/runtime", "jiti", "jose", "openapi-typescript", "ts-morph", "typescript", "undici"],
      generated: ["@discogen/runtime"],
    };
    expect(Object.keys(dependencies).toSorted()).toEqual(allowed[name]);
  });

  it("work in an empty project", { timeout: 600_000 }, async () => {
    const folder = await temporaryFolder();
    await npm(
      ["pack", ...PACKAGES.flatMap((name) => ["--workspace", name]), "--pack-destination", folder, "--ignore-scripts"],
      ROOT,
    );
    const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    expect(tarballs).toHaveLength(3);
    const project = join(folder, "project");
    await mkdir(project);
    await writeFile(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
    await npm(
      ["install", "--prefer-offline", "--no-audit", "--no-fund", ...tarballs.map((name) => join(folder, name))],
      project,
    );

    const bin = join(project, "node_modules/@discogen/generator/bin/discogen.js");
    for (const command of [["init", "--yes", "--out", "src"], ["generate"]])
      expect(await node([bin, ...command], project)).toMatchObject({ code: 0, stderr: "" });
    expect(await node([bin, "docs", "sqladmin:v1beta3", "--out", "site"], project)).toMatchObject({ code: 0 });
    await writeFile(
      join(project, "app.ts"),
      `import { SQLAdminClient } from "./src/sqladmin/v1beta3/index.js";
import { SQLAdminClient as Bundled } from "@discogen/generated/sqladmin/v1beta3";
import { InvalidRequestError } from "@discogen/runtime";
import { AccessTokenCredentials } from "@discogen/runtime/auth";

const clients = [SQLAdminClient, Bundled].map((Client) => new Client({ auth: new AccessTokenCredentials("token") }));
for (const client of clients) {
  try {
    await client.instances.get({ project: "..", instance: "i" });
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    console.log(error.faults.map(({ parameter }) => parameter).join());
  }
}
`,
    );
    // The program of a first day: it signs in with a key, and reads every page.
    const mock = spawn(process.execPath, [bin, "mock", "sqladmin:v1beta3", "--key-file", "key.json"], { cwd: project });
    onTestFinished(() => void mock.kill());
    const [line] = await once(createInterface({ input: mock.stdout }), "line");
    const [url] = /http:\S+/.exec(String(line)) ?? [];
    await writeFile(
      join(project, "list.ts"),
      `import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { SQLAdminClient } from "./src/sqladmin/v1beta3/index.js";

const sqladmin = new SQLAdminClient({
  auth: await ServiceAccountCredentials.fromFile("key.json"),
  rootUrl: ${JSON.stringify(url)},
});
for await (const { instance } of sqladmin.instances.list({ project: "example-123" })) console.log(instance);
`,
    );
    const strict = {
      strict: true,
      target: "es2022",
      module: "nodenext",
      lib: ["es2022", "dom"],
      types: [],
      skipLibCheck: false,
    };
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: strict, include: ["*.ts"] }));
    const compiled = await node([join(ROOT, "node_modules/typescript/bin/tsc"), "-p", project], project);
    expect(compiled).toMatchObject({ code: 0, stdout: "" });
    expect(await node(["app.js"], project)).toMatchObject({ code: 0, stdout: "project\nproject\n" });
    expect(await node(["list.js"], project)).toEqual({
      code: 0,
      stdout: "catalogue\norders\nreports\nsessions\nstaging\n",
      stderr: "",
    });
  });
});
