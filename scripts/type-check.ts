/** Type-checks generated code with the strictest settings and all supported TypeScript versions. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** The path of each `tsc`. */
export const COMPILERS = {
  // The version that the generator depends on.
  "5.9": tscOf("typescript", join(ROOT, "generator/package.json")),
  "6.0": tscOf("typescript-6.0", join(ROOT, "package.json")),
  "7.0": tscOf("typescript", join(ROOT, "package.json")),
} as const;

export type Compiler = keyof typeof COMPILERS;

export const EVERY_COMPILER: readonly Compiler[] = ["5.9", "6.0", "7.0"];

/** All strict flags that generated code supports, without the types of Node and browsers. */
export const STRICT = {
  target: "es2022",
  lib: ["es2022"],
  types: [],
  module: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  verbatimModuleSyntax: true,
  isolatedDeclarations: true,
  erasableSyntaxOnly: true,
  declaration: true,
  noEmit: true,
  skipLibCheck: false,
};

/** Returns the compiler's errors for all files below a folder, sources and declarations. Empty if there are none. */
export async function typeErrors(folder: string, compiler: Compiler = "7.0"): Promise<string> {
  await install(folder, { "@discogen/runtime": join(ROOT, "runtime") });
  return compile(folder, STRICT, compiler);
}

/** Writes the declarations of all files below a folder to another one. Returns the compiler's errors. */
export async function emitDeclarations(folder: string, out: string): Promise<string> {
  await install(folder, { "@discogen/runtime": join(ROOT, "runtime") });
  return compile(folder, { ...STRICT, noEmit: false, emitDeclarationOnly: true, rootDir: folder, outDir: out }, "7.0");
}

/** Creates a package in a folder and links other packages into it, by name and path. */
export async function install(folder: string, packages: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, path] of Object.entries(packages)) {
    const link = join(folder, "node_modules", name);
    if (existsSync(link)) continue;
    await mkdir(dirname(link), { recursive: true });
    await symlink(path, link, "dir");
  }
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
}

async function compile(folder: string, compilerOptions: object, compiler: Compiler): Promise<string> {
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const { stdout, stderr, status } = spawnSync(process.execPath, [COMPILERS[compiler], "-p", folder], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return status === 0 ? "" : stdout + stderr;
}

/** Returns the path of a `tsc`. Not from `node_modules/.bin`, where packages replace each other's commands. */
function tscOf(name: string, from: string): string {
  return join(dirname(createRequire(from).resolve(`${name}/package.json`)), "bin/tsc");
}
