/** The files of the project agree with each other. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packed, pathsOf } from "./support/packed.js";
import { ROOT } from "./support/folders.js";

const PACKAGES = ["runtime", "generator", "generated"];

const textOf = (...path: readonly string[]) => readFile(join(ROOT, ...path), "utf8");

interface Manifest {
  readonly version?: string;
  readonly license?: string;
  readonly keywords?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly engines?: object;
}

async function manifestOf(...folder: readonly string[]): Promise<Manifest> {
  return JSON.parse(await textOf(...folder, "package.json")); // our own package.json
}

describe.each(PACKAGES)("the package %s", (name) => {
  it("has the license of the repository, also in package.json", async () => {
    const root = await textOf("LICENSE");
    expect(root).toContain("SPDX-License-Identifier: Apache-2.0");
    expect(root).toContain("Copyright The Discogen authors");
    expect(await textOf(name, "LICENSE")).toBe(root);
    const { engines, keywords, license, version } = await manifestOf(name);
    const runtime = await manifestOf("runtime");
    expect({ license, engines, version }).toEqual({
      license: "Apache-2.0",
      engines: runtime.engines,
      version: runtime.version,
    });
    expect(keywords?.length).toBeGreaterThan(4);
  });

  it("has a README that links to packed files and absolute addresses only", async () => {
    const found = await packed(name);
    const readme = found.readFile(`/node_modules/${found.packageName}/README.md`);
    const links = [...readme.matchAll(/\]\((?!https:\/\/)([^)#]+)/g)].map(([, link = ""]) => link.replace(/^\.\//, ""));
    expect(links.filter((link) => !pathsOf(found).includes(link))).toEqual([]);
    expect(pathsOf(found)).toContain("LICENSE");
  });
});

it.each(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"])(
  "links of %s lead to files",
  async (page) => {
    const text = await textOf(page);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = ""]) => link);
    expect(links).not.toEqual([]);
    expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
  },
);

it.each(["README.md", "CONTRIBUTING.md"])("npm scripts that %s names exist", async (page) => {
  const { scripts = {} } = await manifestOf();
  const text = await textOf(page);
  const named = [
    ...text.matchAll(
      /`?npm (?:run )?(lint|format|test:\w+|test|start|dev|build|corpus|faults|golden|bench|release)\b/g,
    ),
  ];
  expect(named).not.toEqual([]);
  expect(named.map(([, script = ""]) => script).filter((script) => scripts[script] === undefined)).toEqual([]);
});

it.each([
  ["ARCHITECTURE.md", "runtime/src"],
  ["ARCHITECTURE.md", "generator/src"],
])("%s lists every folder of %s", async (page, folder) => {
  const text = await textOf(page);
  const folders = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).filter((name) => !text.includes(`\`${name}/\``))).toEqual([]);
});

describe("hosted workflows", () => {
  const folder = join(ROOT, ".github/workflows");
  const files = readdirSync(folder);

  it.each(files)("%s runs scripts that exist", async (file) => {
    const { scripts = {} } = await manifestOf();
    const text = await textOf(".github/workflows", file);
    const run = [...text.matchAll(/\bnpm (?:run )?(lint|test|start|test:[\w:]+|bench|corpus|release)\b/g)];
    expect(run).not.toEqual([]);
    expect(run.map(([, script = ""]) => script).filter((script) => scripts[script] === undefined)).toEqual([]);
    const programs = [...text.matchAll(/\btsx (\S+\.ts)/g)].map(([, path = ""]) => path);
    for (const program of programs) expect(await textOf(program)).not.toBe("");
  });

  const actionlint = spawnSync("actionlint", ["--version"]).status === 0;
  it.skipIf(!actionlint)(`pass actionlint${actionlint ? "" : " (skipped: actionlint is not installed)"}`, () => {
    const { stdout, status } = spawnSync(
      "actionlint",
      files.map((file) => join(folder, file)),
      { encoding: "utf8" },
    );
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  });

  it("ci.yml tests every Node.js version that CONTRIBUTING.md names, on three systems", async () => {
    const text = await textOf(".github/workflows/ci.yml");
    expect(text).toContain("os: [ubuntu, macos, windows]");
    expect(text).toContain("node: [20, 22, 24]");
  });

  it.each(files)("%s has read permissions by default, timeouts, and pinned major versions of actions", async (file) => {
    const text = await textOf(".github/workflows", file);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
    const jobs = text.slice(text.indexOf("\njobs:")).match(/^ {2}\w+:$/gm) ?? [];
    expect(text.match(/^ {4}timeout-minutes: \d+$/gm)).toHaveLength(jobs.length);
    for (const [, action = ""] of text.matchAll(/uses: (\S+)/g)) expect(action).toMatch(/^actions\/[\w-]+@v\d+$/);
  });
});
