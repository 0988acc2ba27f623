/** The project that the programs run in: packed packages, a generated client, and the program in both module systems. */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { generate } from "@discogen/generator";
import { INSTALLED } from "./tools.js";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** An API with uploads and downloads. */
export const DOCUMENT = join(ROOT, "test/fixtures/media/storage.v1.json");

export type Format = "commonjs" | "esm";

const FORMATS: readonly Format[] = ["esm", "commonjs"];

/** A folder outside the repository, where only the packed packages and their dependencies are installed. */
export interface Project extends AsyncDisposable {
  /** Contains a folder for each format, with sources, JavaScript and clients. */
  readonly folder: string;
  /** Bundles of the program, by what they were made of. */
  readonly bundles: Map<string, Promise<{ readonly folder: string; readonly file: string }>>;
  /** Makes an empty folder where no packages are found. */
  readonly newFolder: () => Promise<string>;
  /** What the compiler reports for each format; empty for none. */
  readonly typeErrors: Readonly<Record<Format, string>>;
}

export async function createProject(): Promise<Project> {
  const root = await mkdtemp(join(tmpdir(), "discogen-platforms-"));
  process.on("exit", () => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, "project");
  await mkdir(folder);
  await installPacked(folder);
  const [esm, commonjs] = await Promise.all(FORMATS.map((format) => prepare(join(folder, format), format)));
  return {
    folder,
    bundles: new Map(),
    newFolder: () => mkdtemp(join(root, "folder-")),
    typeErrors: { esm: esm ?? "", commonjs: commonjs ?? "" },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function installPacked(folder: string): Promise<void> {
  const packages = ["runtime", "generated"].flatMap((name) => ["--workspace", name]);
  await run("npm", ["pack", ...packages, "--pack-destination", folder, "--ignore-scripts"], { cwd: ROOT });
  const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  // By default, Parcel does not read `exports` of packages.
  const manifest = { private: true, "@parcel/resolver-default": { packageExports: true } };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...tarballs.map((name) => `./${name}`)], {
    cwd: folder,
  });
  // Symbolic links, so that interceptors find their own dependencies.
  for (const name of ["nock", "nock-14", "msw"])
    await symlink(join(INSTALLED, "node_modules", name), join(folder, "node_modules", name));
}

/** @returns what the compiler reports */
async function prepare(folder: string, format: Format): Promise<string> {
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: format === "esm" ? "module" : "commonjs" }));
  await cp(fileURLToPath(new URL("./program/", import.meta.url)), folder, { recursive: true });
  const { ok } = await generate({ apis: [DOCUMENT], out: join(folder, "clients") });
  if (!ok) throw new Error(`${DOCUMENT} was not generated`);
  return compile(folder);
}

/** Writes JavaScript next to each source, in the format that `package.json` selects. */
async function compile(folder: string): Promise<string> {
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
    types: ["node"],
    typeRoots: [join(ROOT, "node_modules/@types")],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    erasableSyntaxOnly: true,
    rewriteRelativeImportExtensions: true,
    skipLibCheck: true,
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["**/*.ts"] }));
  try {
    await run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder]);
    return "";
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
  }
}
