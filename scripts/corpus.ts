/**
 * `npm run corpus [-- DIR…]`: generates every document found, type-checks all output under the strict flags that
 * generated code promises to pass, and prints what it saw. Exit code 1 when a document fails or a type is wrong.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type ApiReport, formatDiagnostic, generate } from "@discogen/generator";
import { typeErrors } from "./type-check.js";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Folders that hold documents, each of them one run: two documents of one id must not meet. */
async function documentFolders(folder: string): Promise<Map<string, string[]>> {
  const folders = new Map<string, string[]>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter(({ name }) => name.endsWith(".json")).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    folders.set(entry.parentPath, [...(folders.get(entry.parentPath) ?? []), join(entry.parentPath, entry.name)]);
  }
  return new Map([...folders].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function main(given: readonly string[]): Promise<number> {
  const roots = given.length === 0 ? [join(ROOT, "../shared/discovery")] : given.map((folder) => resolve(folder));
  const missing = roots.filter((folder) => !existsSync(folder));
  if (missing.length > 0) {
    console.error(
      `There is no folder ${missing.join(", ")}. Name folders of Discovery documents: npm run corpus -- DIR…`,
    );
    return 2;
  }
  const work = await mkdtemp(join(tmpdir(), "discogen-corpus-"));
  try {
    const apis: ApiReport[] = [];
    let isFine = true;
    for (const root of roots) {
      for (const [folder, documents] of await documentFolders(root)) {
        const report = await generate({ apis: documents, out: join(work, String(apis.length)) });
        isFine &&= report.ok;
        apis.push(...report.apis);
        for (const entry of report.diagnostics) console.error(formatDiagnostic(entry));
        console.log(
          `${folder}: ${report.apis.length} of ${documents.length} documents, ${(report.ms / 1000).toFixed(1)} s`,
        );
      }
    }
    const start = performance.now();
    const errors = await typeErrors(work);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(errors.slice(0, 10_000));
    const count = errors.split("\n").filter((line) => line.includes("error TS")).length;
    const total = (fact: "methods" | "schemas") => apis.reduce((sum, api) => sum + api[fact], 0);
    const slowest = apis.toSorted((a, b) => b.ms - a.ms)[0];
    console.log(`${apis.length} documents, ${total("methods")} methods, ${total("schemas")} schemas`);
    console.log(`${count} type errors, found in ${seconds} s`);
    if (slowest !== undefined) console.log(`slowest: ${slowest.id}, ${slowest.ms} ms`);
    return isFine && errors === "" ? 0 : 1;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

process.exitCode = await main(process.argv.slice(2));
