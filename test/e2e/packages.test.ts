/** The packed packages in an empty project, like a user installs them. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { publint } from "publint";
import { describe, expect, it } from "vitest";
import { node, runningMock } from "../support/discogen.js";
import { ROOT, temporaryFolder } from "../support/folders.js";
import { npm } from "../support/packed.js";

const PACKAGES = ["runtime", "generator", "generated"];

/** A first program: authenticate, list, insert, wait. With the newly generated and the published client. */
const APP = `import { SQLAdminClient } from "./generated/sqladmin/v1beta3/index.js";
import { SQLAdminClient as Published } from "@discogen/generated/sqladmin/v1beta3";
import { InvalidRequestError } from "@discogen/runtime";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";

declare const process: { readonly argv: readonly string[] };
const [, , rootUrl = "", keyFile = ""] = process.argv;
const project = "example-123";

const auth = await ServiceAccountCredentials.fromFile(keyFile, { scopes: SQLAdminClient.scopes });
for (const [index, client] of [new SQLAdminClient({ auth, rootUrl }), new Published({ auth, rootUrl })].entries()) {
  const instance = \`new-\${index}\`;
  const requestBody = { instance, project, region: "us-central", settings: { tier: "D1" } };
  const { operationType, state } = await client.instances.insert({ project, requestBody }).wait();
  console.log(operationType, state);
  const { settings } = await client.instances.get({ project, instance });
  console.log(settings?.tier);
  const pages: string[] = [];
  for await (const { items = [] } of client.instances.list({ project }).pages())
    pages.push(items.map((item) => item.instance).join(" "));
  console.log(pages.join(" | "));
  try {
    await client.instances.get({ project: "..", instance });
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    console.log(error.faults.map(({ parameter }) => parameter).join());
  }
}
`;

const PRINTED = `CREATE DONE
D1
catalogue new-0 | orders reports | sessions staging
project
CREATE DONE
D1
catalogue new-0 | new-1 orders | reports sessions | staging
project
`;

describe("the packages", () => {
  it.each(PACKAGES)("%s can be published", async (name) => {
    const { messages } = await publint({ pkgDir: join(ROOT, name), strict: true, pack: false });
    expect(messages.filter(({ type }) => type !== "suggestion")).toEqual([]);
  });

  it.each(PACKAGES)("%s has only the expected dependencies", async (name) => {
    const { dependencies }: { dependencies: object } = JSON.parse(
      await readFile(join(ROOT, name, "package.json"), "utf8"),
    );
    const allowed: Record<string, readonly string[]> = {
      runtime: ["jose"],
      generator: ["@discogen/runtime", "jiti", "jose", "openapi-typescript", "ts-morph", "typescript"],
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
    for (const command of [["init", "--yes"], ["generate"]])
      expect(await node([bin, ...command], project)).toMatchObject({ code: 0, stderr: "" });
    expect(await node([bin, "docs", "sqladmin:v1beta3", "--out", "site"], project)).toMatchObject({ code: 0 });
    await writeFile(join(project, "app.ts"), APP);
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
    const { url, keyFile } = await runningMock(["sqladmin:v1beta3"], { cwd: project, bin });
    expect(await node(["app.js", url, keyFile], project)).toEqual({ code: 0, stdout: PRINTED, stderr: "" });
  });
});
