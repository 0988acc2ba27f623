/**
 * `npm run corpus [-- DIR…]`: generates all documents found, type-checks all output, sources and declarations, with
 * each TypeScript version and all strict flags that generated code supports, and prints the results.
 *
 * Exit code 1 if a document fails or there is a type error, 2 if it cannot run.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type ApiReport, formatDiagnostic, generate, loadModel } from "@discogen/generator";
import { type Facts, factsOf, type Finding } from "./corpus-facts.js";
import { type Compiler, emitDeclarations, EVERY_COMPILER, typeErrors } from "./type-check.js";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

const HELP = `Usage: npm run corpus [-- DIR…] [--typescript ${EVERY_COMPILER.join("|")}] [--details]

  DIR                 folders of Discovery documents (default: ../shared/discovery)
  --typescript V      check only with that TypeScript version
  --details           list the list methods without pages and the operations without wait()
`;

/** The result of generating all documents. */
interface Generated {
  readonly apis: readonly ApiReport[];
  readonly facts: readonly Facts[];
  readonly isFine: boolean;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h" }, typescript: { type: "string" }, details: { type: "boolean" } },
  });
  const compilers = EVERY_COMPILER.filter(
    (version) => values.typescript === undefined || version === values.typescript,
  );
  if (values.help === true || compilers.length === 0) {
    (values.help === true ? process.stdout : process.stderr).write(HELP);
    return values.help === true ? 0 : 2;
  }
  const roots = positionals.length === 0 ? [join(ROOT, "../shared/discovery")] : positionals.map((dir) => resolve(dir));
  const missing = roots.filter((folder) => !existsSync(folder));
  if (missing.length > 0) {
    console.error(
      `Folder not found: ${missing.join(", ")}. Pass folders of Discovery documents: npm run corpus -- DIR…`,
    );
    return 2;
  }
  const work = await mkdtemp(join(tmpdir(), "discogen-corpus-"));
  try {
    const generated = await generateAll(roots, join(work, "sources"));
    const errors = await checkAll(work, compilers);
    printFacts(generated.facts, values.details === true);
    console.log(worst(generated.apis, errors, join(work, "sources")));
    return generated.isFine && errors === "" ? 0 : 1;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function generateAll(roots: readonly string[], out: string): Promise<Generated> {
  const apis: ApiReport[] = [];
  const facts: Facts[] = [];
  let isFine = true;
  let ms = 0;
  for (const root of roots) {
    for (const [folder, documents] of await documentFolders(root)) {
      const report = await generate({ apis: documents, out: join(out, String(apis.length)) });
      isFine &&= report.ok;
      ms += report.ms;
      apis.push(...report.apis);
      for (const entry of report.diagnostics) console.error(formatDiagnostic(entry));
      for (const document of documents) {
        // Errors have been reported already.
        const loaded = await loadModel(document).catch(() => undefined);
        if (loaded !== undefined) facts.push(factsOf(loaded.model));
      }
      console.log(`${folder}: ${report.apis.length} of ${documents.length} documents, ${seconds(report.ms)}`);
    }
  }
  const total = (fact: "methods" | "schemas") => apis.reduce((sum, api) => sum + api[fact], 0);
  console.log(
    `\n${apis.length} documents, ${total("methods")} methods, ${total("schemas")} schemas, generated in ${seconds(ms)}`,
  );
  return { apis, facts, isFine };
}

/** Returns folders with documents. Each is generated in its own run, so that no id occurs twice in a run. */
async function documentFolders(folder: string): Promise<Map<string, string[]>> {
  const folders = new Map<string, string[]>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter(({ name }) => name.endsWith(".json")).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    folders.set(entry.parentPath, [...(folders.get(entry.parentPath) ?? []), join(entry.parentPath, entry.name)]);
  }
  return new Map([...folders].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Prints errors and time of each compiler. Returns all errors. */
async function checkAll(work: string, compilers: readonly Compiler[]): Promise<string> {
  const sources = join(work, "sources");
  const declarations = join(work, "declarations");
  const steps: readonly (readonly [name: string, run: () => Promise<string>])[] = [
    ["declarations emitted by TypeScript 7.0", () => emitDeclarations(sources, declarations)],
    ...compilers.flatMap((version) => [
      [`sources, TypeScript ${version}`, () => typeErrors(sources, version)] as const,
      [`declarations, TypeScript ${version}`, () => typeErrors(declarations, version)] as const,
    ]),
  ];
  let errors = "";
  for (const [name, run] of steps) {
    const start = performance.now();
    const found = await run();
    const time = seconds(performance.now() - start);
    console.log(`${name}: ${countOf(found)} type errors, ${time}`);
    process.stdout.write(found.slice(0, 10_000));
    errors += found;
  }
  return errors;
}

function printFacts(facts: readonly Facts[], isDetailed: boolean): void {
  const print = (findings: readonly Finding[], what: string) => {
    const rest = findings.filter(({ isServed }) => !isServed);
    const served = findings.length - rest.length;
    const share = ((100 * served) / Math.max(1, findings.length)).toFixed(1);
    console.log(`${served} of ${findings.length} ${what} (${share} %)`);
    if (isDetailed) for (const { id } of rest) console.log(`  not ${id}`);
  };
  const total = (fact: "dropped" | "inputs") => facts.reduce((sum, entry) => sum + entry[fact], 0);
  console.log("");
  print(
    facts.flatMap(({ lists }) => lists),
    "methods named list* have pages",
  );
  print(
    facts.flatMap(({ starters }) => starters),
    "methods that start an operation have wait()",
  );
  console.log(`${total("inputs")} input types leave out ${total("dropped")} read-only properties`);
}

/** Returns the document with the most type errors, or the slowest one if there are none. */
function worst(apis: readonly ApiReport[], errors: string, sources: string): string {
  const lines = errors.split("\n");
  const counts = apis.map((api) => {
    const path = `${api.dir.slice(sources.length + 1).replaceAll("\\", "/")}/`;
    return { api, count: countOf(lines.filter((line) => line.includes(path)).join("\n")) };
  });
  const first = counts.toSorted((a, b) => b.count - a.count || b.api.ms - a.api.ms)[0];
  if (first === undefined) return "no document was generated";
  const { api, count } = first;
  return `worst document: ${api.id}, revision ${api.revision}, ${count} type errors, generated in ${seconds(api.ms)}`;
}

function countOf(errors: string): number {
  return errors.split("\n").filter((line) => line.includes("error TS")).length;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  if (!isUsage) throw error;
  process.stderr.write(`corpus: ${error.message}\n${HELP}`);
  process.exitCode = 2;
}
