/** Links of the READMEs and the documentation lead somewhere, and their code compiles. */
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { node } from "./support/discogen.js";
import { ROOT } from "./support/folders.js";

/** Names that a page may use without a declaration. */
const KNOWN: Readonly<Record<string, string>> = {
  sqladmin: 'import("@discogen/generated/sqladmin/v1beta3").SQLAdminClient',
  firestore:
    '{ projects: { databases: { documents: { runQuery(params: object): import("@discogen/runtime").StreamPromise<{ document?: { name?: string } }> } } } }',
  project: "string",
  instance: "string",
  signal: "AbortSignal",
};

/** The TypeScript blocks of a page as one module: later blocks may use declarations of earlier ones. */
function moduleOf(page: string): string {
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join("\n");
  // Pages import clients that the reader generates. Here they are checked in.
  const code = blocks.replaceAll(/"\.\/google\/([^"]+)\/index\.js"/g, '"@discogen/generated/$1"');
  const declared = Object.entries(KNOWN).filter(
    ([name]) => new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`^const ${name} =`, "m").test(code),
  );
  return `${declared.map(([name, type]) => `declare const ${name}: ${type};\n`).join("")}${code}\nexport {};\n`;
}

const docs = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));

/** test/e2e/media-examples.test.ts compiles this page, as it generates the clients that the page uses. */
const elsewhere = "media.md";

it.each(["README.md", ...docs.map((name) => `docs/${name}`)])("all links of %s work", async (page) => {
  const text = await readFile(join(ROOT, page), "utf8");
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = ""]) =>
    join(ROOT, dirname(page), link),
  );
  expect(links.filter((link) => !existsSync(link))).toEqual([]);
});

describe("the code of", () => {
  const pages = [
    "README.md",
    "runtime/README.md",
    "generator/README.md",
    "generated/README.md",
    ...docs.filter((name) => name !== elsewhere).map((name) => `docs/${name}`),
  ];
  const fileOf = (page: string) => `${page.replaceAll("/", "-")}.ts`;
  let folder = "";
  let errors = "";

  // One run of the compiler for all pages.
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "discogen-test-"));
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    for (const page of pages)
      await writeFile(join(folder, fileOf(page)), moduleOf(await readFile(join(ROOT, page), "utf8")));
    const compilerOptions = {
      strict: true,
      target: "es2023",
      module: "nodenext",
      types: ["node"],
      noEmit: true,
      skipLibCheck: true,
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    errors = (await node([join(ROOT, "node_modules/typescript/bin/tsc"), "-p", "."], folder)).stdout;
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(pages)("%s compiles", (page) => {
    expect(errors.split("\n").filter((line) => line.startsWith(`${fileOf(page)}(`))).toEqual([]);
  });

  it("every page compiles: there are no other errors", () => {
    expect(errors).toBe("");
  });
});
