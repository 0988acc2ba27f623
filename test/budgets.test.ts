/**
 * Budgets of published types and code that are the same on every machine. `npm run bench -- types` and `cold` measure
 * those that need a clock, peers or Google's documents.
 */
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deployed } from "../bench/cold-programs.js";
import { bundle } from "../scripts/bundle.js";
import { BARE, checkCost } from "../scripts/check-cost.js";
import { COMPILERS, EVERY_COMPILER, install, typeErrors } from "../scripts/type-check.js";
import { keyFor, tokenServer } from "./runtime/support/keys.js";
import { json, serve } from "./runtime/support/server.js";
import { node } from "./support/discogen.js";
import { ROOT, temporaryFolder } from "./support/folders.js";

/** Creates a folder where our own client is installed. */
async function consumer(): Promise<string> {
  const folder = await temporaryFolder();
  await install(folder, {
    "@discogen/runtime": join(ROOT, "runtime"),
    "@discogen/generated": join(ROOT, "generated"),
  });
  return folder;
}

const client = `import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
const { instances } = new SQLAdminClient();
`;

const threeCalls = `${client}
const instance = await instances.get({ project: "p", instance: "i" });
const page = await instances.list({ project: "p", maxResults: 10 });
const operation = await instances.restart({ project: "p", instance: "i" });
export const names: unknown[] = [instance.instance, page.items?.[0]?.instance, operation.operation];
`;

const listing = (params: string) => `${client}
export const tier = (await instances.list(${params})).items?.[0]?.settings?.tier;
`;

/** Returns the type instantiations of a program without errors. */
async function instantiations(folder: string, name: string, text: string): Promise<number> {
  const cost = await checkCost(folder, { name, text });
  expect(cost.errors).toBe("");
  return cost.instantiations;
}

describe("a program that uses sqladmin", () => {
  it("costs at most 100 type instantiations for three calls", async () => {
    const folder = await consumer();
    const bare = await instantiations(folder, "bare", BARE);
    expect((await instantiations(folder, "calls", threeCalls)) - bare).toBeLessThanOrEqual(100);
  });

  it("costs at most 8,000 more for its first selection of fields", async () => {
    const folder = await consumer();
    const complete = await instantiations(folder, "complete", listing('{ project: "p" }'));
    const selected = listing('{ project: "p", fields: "items(instance,settings/tier),nextPageToken" }');
    expect((await instantiations(folder, "selected", selected)) - complete).toBeLessThanOrEqual(8000);
  });

  it.each([
    ["v1beta3", 52_200],
    ["v1", 69_500],
  ])("reads at most the declarations of %s: %i bytes", async (version, budget) => {
    const files = ["index.d.ts", "schemas.d.ts"].map((name) => join(ROOT, "generated/dist/sqladmin", version, name));
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(budget);
  });
});

describe("a program that lists instances, as one minified file,", () => {
  it("has at most 238,000 bytes if it authenticates with a token", async () => {
    const { bytes } = await bundle(await consumer(), deployed.withToken);
    expect(bytes).toBeLessThanOrEqual(238_000);
  });

  it("works, and has at most 300,000 bytes if it authenticates with a key file", async () => {
    const folder = await consumer();
    const { bytes, code } = await bundle(folder, deployed.withKey);
    expect(bytes).toBeLessThanOrEqual(300_000);

    const api = await serve((_request, response) => json(response, 200, { items: [{ instance: "prod-1" }] }));
    const tokens = await tokenServer();
    await writeFile(join(folder, "program.cjs"), code);
    await writeFile(join(folder, "key.json"), JSON.stringify(keyFor(tokens.url)), { mode: 0o600 });
    const env = { GOOGLE_APPLICATION_CREDENTIALS: join(folder, "key.json"), SQLADMIN_ROOT_URL: api.url };
    const { stderr, stdout } = await node([join(folder, "program.cjs")], folder, env);
    expect(stderr).toBe("");
    expect(stdout).toBe("prod-1\n");
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1"]);
  });
});

describe("a program that lists instances, as one minified file for a worker,", () => {
  it("has at most 99,500 bytes if it authenticates with a token", async () => {
    const { bytes, code } = await bundle(await consumer(), deployed.withToken, "worker");
    expect(bytes).toBeLessThanOrEqual(99_500);
    expect(code).not.toMatch(/["']node:/);
  });
});

describe("everything published, without other types and with skipLibCheck off", () => {
  it.each(EVERY_COMPILER)("has no errors with TypeScript %s", async (compiler) => {
    const folder = await consumer();
    const text = await readFile(join(ROOT, "runtime/package.json"), "utf8");
    const { exports } = JSON.parse(text) as { exports: Record<string, unknown> }; // our own manifest
    const modules = Object.keys(exports)
      .filter((path) => !path.endsWith(".json"))
      .map((path) => join("@discogen/runtime", path).replaceAll("\\", "/"));
    expect(modules).toContain("@discogen/runtime/auth");
    const lines = modules.map((module, index) => `export * as runtime${index} from "${module}";`);
    await writeFile(join(folder, "everything.ts"), `${lines.join("\n")}\n${threeCalls}`);
    expect(await typeErrors(folder, compiler)).toBe("");
  });
});

it.each(EVERY_COMPILER)("the compiler for TypeScript %s has that version", async (compiler) => {
  expect((await node([COMPILERS[compiler], "--version"])).stdout).toContain(`Version ${compiler}.`);
});
