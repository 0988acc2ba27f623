/**
 * `npm run test:platforms [-- ROW…]`: runs one program, with the packed packages and over real sockets, on every
 * platform, prints the table of `docs/platforms.md` and compares the rows that ran with it.
 *
 * Exit code 1 when a row fails or differs from the table, 2 when it cannot run.
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { startHarness } from "./harness.js";
import { createProject, DOCUMENT, type Project } from "./project.js";
import type { Result } from "./program/platform.js";
import { ROWS, type Row } from "./rows.js";
import { differencesOf, lineOf, printTable, writeTable } from "./table.js";
import { install } from "./tools.js";

const HELP = `Usage: npm run test:platforms [-- ROW…] [--list] [--json FILE] [--write]

  ROW          names of rows, * matches any text; ci: those that .ci/run runs (default: all)
  --list       print the names of the rows
  --json FILE  write every result to a file
  --write      update the table of docs/platforms.md

Example: npm run test:platforms -- 'node-*' chromium
`;

/** Milliseconds for one row. */
const LIMIT = 120_000;

/** Number of rows that run in parallel. They spend much of their time waiting. */
const WORKERS = availableParallelism() + 1;

interface Outcome {
  readonly row: Row;
  /** Reason if it cannot run on this machine. */
  readonly absent?: string;
  /** Error that ended it before its report. */
  readonly error?: string;
  readonly results: readonly Result[];
  readonly ms: number;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      list: { type: "boolean" },
      json: { type: "string" },
      write: { type: "boolean" },
    },
  });
  const rows = ROWS.filter((row) => positionals.length === 0 || positionals.some((glob) => isNamed(row, glob)));
  if (values.help === true || rows.length === 0) {
    (values.help === true ? process.stdout : process.stderr).write(HELP);
    return values.help === true ? 0 : 2;
  }
  if (values.list === true) {
    for (const { name, ci, title } of rows) console.log(`${name.padEnd(28)}${ci ? "ci  " : "    "}${title}`);
    return 0;
  }
  const absent = await install(new Set(rows.flatMap(({ tools }) => tools)), console.error);
  await using project = await createProject().catch((error: unknown) => {
    for (const { name } of rows) console.log(`not here  ${name}: the packages cannot be installed`);
    throw error;
  });
  const outcomes = await runAll(rows, project, absent);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(outcomes.map(toJson), null, 2)}\n`);
  return report(outcomes, project.typeErrors, values.write === true);
}

function isNamed({ name, ci }: Row, glob: string): boolean {
  if (glob === "ci") return ci;
  const pattern = glob.split("*").map((text) => text.replace(/[^\w-]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(name);
}

function toJson({ row, ...outcome }: Outcome): object {
  return { name: row.name, title: row.title, build: row.build, ...outcome };
}

async function runAll(
  rows: readonly Row[],
  project: Project,
  absent: ReadonlyMap<string, string>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const queue = rows.entries();
  const work = async () => {
    for (const [index, row] of queue) {
      const reason = row.tools.map((tool) => absent.get(tool)).find((text) => text !== undefined);
      const outcome = reason === undefined ? await runRow(row, project) : { row, absent: reason, results: [], ms: 0 };
      outcomes[index] = outcome;
      console.log(progress(outcome));
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return outcomes;
}

async function runRow(row: Row, project: Project): Promise<Outcome> {
  const started = performance.now();
  const folder = row.build === "web" ? undefined : await project.newFolder();
  await using harness = await startHarness(DOCUMENT, row.build, folder);
  let results: readonly Result[] | undefined;
  void harness.report.then((report) => (results = report));
  const end = (error?: string): Outcome => {
    const failure = error ?? (results === undefined ? "ended without a report" : undefined);
    const ms = Math.round(performance.now() - started);
    return { row, results: results ?? [], ms, ...(failure !== undefined && { error: failure }) };
  };
  try {
    await row.launch({ project, harness, signal: AbortSignal.timeout(LIMIT) });
    return end();
  } catch (error) {
    return end(messageOf(error));
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}

function failuresOf({ error, results }: Outcome): readonly string[] {
  const checks = results.filter(({ outcome }) => outcome === "failed");
  // Many checks can fail for the same reason.
  const reasons = new Set(checks.map((check) => check.error));
  const failed = [...reasons].map((reason) => {
    const names = checks.filter((check) => check.error === reason).map(({ area, name }) => `${area}, ${name}`);
    return `${names.slice(0, 3).join("; ")}${names.length > 3 ? `; ${names.length - 3} more` : ""}: ${reason}`;
  });
  return [...(error === undefined ? [] : [error]), ...failed];
}

function progress(outcome: Outcome): string {
  const { row, absent, results, ms } = outcome;
  if (absent !== undefined) return `not here  ${row.name}: ${absent}`;
  const failures = failuresOf(outcome);
  const passed = results.filter(({ outcome: kind }) => kind !== "failed" && kind !== "skipped").length;
  const head = `${failures.length === 0 ? "passed  " : "FAILED  "}  ${row.name} (${passed} checks, ${(ms / 1_000).toFixed(1)} s)`;
  return [head, ...failures.map((failure) => `          ${failure.replaceAll("\n", "\n          ")}`)].join("\n");
}

/** Prints the table and what differs from the committed one. */
async function report(outcomes: readonly Outcome[], typeErrors: Project["typeErrors"], isWriting: boolean) {
  const ran = outcomes.filter(({ absent }) => absent === undefined);
  const failed = ran.filter((outcome) => failuresOf(outcome).length > 0);
  const lines = new Map(ran.map(({ row, results }) => [row.title, lineOf(row, results)]));
  console.log(`\n${printTable([...lines.values()])}\n`);
  const wrong = Object.entries(typeErrors).filter(([, text]) => text !== "");
  for (const [format, text] of wrong) console.log(`FAILED  types of the ${format} program\n${text}`);
  if (isWriting && failed.length === 0) await writeTable(ROWS, lines);
  if (isWriting && failed.length > 0) console.log("docs/platforms.md was not written, because a row failed");
  const differing = await differencesOf(lines);
  for (const difference of differing) console.log(`differs from docs/platforms.md: ${difference}`);
  if (differing.length > 0) console.log("Update the table: npm run test:platforms -- --write");
  console.log(
    `${ran.length - failed.length} passed, ${failed.length} failed, ${outcomes.length - ran.length} not here`,
  );
  // If no row ran, nothing is verified.
  return ran.length > 0 && failed.length + wrong.length + differing.length === 0 ? 0 : 1;
}

// Exit handlers stop child processes and remove files, also after an interrupt.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
try {
  process.exitCode = await main();
} catch (error) {
  console.error(`The rows cannot run: ${messageOf(error)}`);
  process.exitCode = 2;
}
