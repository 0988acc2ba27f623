/** The code in READMEs and documentation compiles. */
import { existsSync, readdirSync } from "node:fs";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { node } from "./support/discogen.js";
import { ROOT, temporaryFolder } from "./support/folders.js";

/** Names that a README may use without declaring them. */
const KNOWN: Readonly<Record<string, string>> = {
  sqladmin: 'import("@discogen/generated/sqladmin/v1beta3").SQLAdminClient',
  firestore:
    '{ projects: { databases: { documents: { runQuery(params: object): import("@discogen/runtime").StreamPromise<{ document?: { name?: string } }> } } } }',
  project: "string",
  instance: "string",
  signal: "AbortSignal",
};

/** Returns the TypeScript blocks of a page as one module: later blocks may use names of earlier ones. */
function moduleOf(page: string): string {
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join("\n");
  // Pages import newly generated clients. The repository contains the same clients.
  const code = blocks.replaceAll(/"\.\/google\/([^"]+)\/index\.js"/g, '"@discogen/generated/$1"');
  const declared = Object.entries(KNOWN).filter(
    ([name]) => new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`^const ${name} =`, "m").test(code),
  );
  return `${declared.map(([name, type]) => `declare const ${name}: ${type};\n`).join("")}${code}\nexport {};\n`;
}

const docs = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));

/** Compiled by test/e2e/media-examples.test.ts, together with its clients. */
const elsewhere = "media.md";

it.each(["README.md", ...docs.map((name) => `docs/${name}`)])("links of %s exist", async (page) => {
  const text = await readFile(join(ROOT, page), "utf8");
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = ""]) =>
    join(ROOT, dirname(page), link),
  );
  expect(links.filter((link) => !existsSync(link))).toEqual([]);
});

describe("the code of", () => {
  it.each([
    "README.md",
    "runtime/README.md",
    "generator/README.md",
    "generated/README.md",
    ...docs.filter((name) => name !== elsewhere).map((name) => `docs/${name}`),
  ])("%s compiles", async (page) => {
    const folder = await temporaryFolder();
    const text = moduleOf(await readFile(join(ROOT, page), "utf8"));
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    await writeFile(join(folder, "page.ts"), text);
    const compilerOptions = {
      strict: true,
      target: "es2023",
      module: "nodenext",
      types: ["node"],
      noEmit: true,
      skipLibCheck: true,
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    const { stdout } = await node([join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder]);
    expect(stdout).toBe("");
  });
});
