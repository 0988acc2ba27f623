/** Type-checks generated code as the strictest consumer would. */
import { spawnSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** All that generated code promises to pass, with neither Node's nor the browser's types at hand. */
const STRICT = {
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

/**
 * What the compiler says of everything below a folder; empty when all is well. The folder is made a package that has
 * the runtime installed.
 */
export async function typeErrors(folder: string): Promise<string> {
  const runtime = join(folder, "node_modules/@discogen/runtime");
  await mkdir(dirname(runtime), { recursive: true });
  await symlink(join(ROOT, "runtime"), runtime, "dir");
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: STRICT }));
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, "-p", folder], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return status === 0 ? "" : stdout + stderr;
}
