/**
 * `npm run mock:clients [-- DIR]`: runs programs of Google's own clients against the mock, over real sockets, prints
 * the table of `docs/mock.md` and compares it with the committed one.
 *
 * Exit code 1 when a step fails, or when a step or a number differs from the page, 2 when it cannot run.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CLIENTS, type Client } from "./clients.js";
import { install } from "./install.js";
import { runProgram, type StepResult } from "./run.js";
import { differencesOf, printCounts, type Report, tablesOf, writeTables } from "./table.js";

const HELP = `Usage: npm run mock:clients [-- DIR] [--only NAME] [--list] [--write]

  DIR          folder of Discovery documents (default: ../shared/discovery)
  --only NAME  run only this client; can be repeated
  --list       print the names of the clients
  --write      update the tables of docs/mock.md

Example: npm run mock:clients -- --only drive --only python-drive
`;

const DOCUMENTS = fileURLToPath(new URL("../../../shared/discovery", import.meta.url));

/** What a client did, or why it did not run. */
type Outcome =
  | { readonly client: Client; readonly absent: string }
  | (Report & { readonly error?: string; readonly ms: number });

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      only: { type: "string", multiple: true },
      list: { type: "boolean" },
      write: { type: "boolean" },
    },
  });
  const names = new Set(CLIENTS.map(({ name }) => name));
  const unknown = (values.only ?? []).filter((name) => !names.has(name));
  if (values.help === true || unknown.length > 0 || positionals.length > 1) {
    if (unknown.length > 0) console.error(`Unknown client: ${unknown.join(", ")}. --list prints the names.`);
    (values.help === true ? process.stdout : process.stderr).write(HELP);
    return values.help === true ? 0 : 2;
  }
  if (values.list === true) {
    for (const { name, title } of CLIENTS) console.log(`${name.padEnd(24)}${title}`);
    return 0;
  }
  const documents = resolve(positionals[0] ?? DOCUMENTS);
  const outcomes: Outcome[] = [];
  // One after the other: programs with timers would disturb each other on two cores.
  for (const client of CLIENTS) {
    if (values.only !== undefined && !values.only.includes(client.name)) continue;
    const outcome = await outcomeOf(client, documents);
    outcomes.push(outcome);
    console.log(progress(outcome));
  }
  return report(outcomes, values.write === true);
}

async function outcomeOf(client: Client, folder: string): Promise<Outcome> {
  const documents = client.documents.map((path) => join(folder, `${path}.json`));
  const missing = documents.filter((path) => !existsSync(path));
  if (missing.length > 0) return { client, absent: `no document ${missing.join(", ")}` };
  const installed = await install(client, console.error);
  if ("absent" in installed) return { client, absent: installed.absent };
  const started = performance.now();
  const steps: StepResult[] = [];
  const onStep = (step: StepResult) => {
    steps.push(step);
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${client.name}: ${steps.length} steps`);
  };
  let error: string | undefined;
  try {
    await runProgram({ client, installed, documents, onStep });
    if (steps.length === 0) error = "ended without a step";
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
  const ms = Math.round(performance.now() - started);
  return { client, version: installed.version, steps, ms, ...(error !== undefined && { error }) };
}

function failuresOf(outcome: Outcome): readonly string[] {
  if ("absent" in outcome) return [];
  const unexpected = outcome.steps.filter((step) => step.outcome !== step.want);
  return [
    ...unexpected.map(({ name, want, outcome: is, message = "" }) => `${name}: ${is}, expected ${want}. ${message}`),
    ...(outcome.error === undefined ? [] : [outcome.error]),
  ];
}

function progress(outcome: Outcome): string {
  if ("absent" in outcome) return `not here  ${outcome.client.name}: ${outcome.absent}`;
  const { client, steps, ms } = outcome;
  const failures = failuresOf(outcome).map((text) => `\n          ${text.replaceAll("\n", "\n          ")}`);
  const verdict = failures.length === 0 ? "passed  " : "FAILED  ";
  return `${verdict}  ${client.name} (${steps.length} steps, ${(ms / 1_000).toFixed(1)} s)${failures.join("")}`;
}

/** Prints the table, what differs from the page, and the totals. */
async function report(outcomes: readonly Outcome[], isWriting: boolean): Promise<number> {
  const ran = outcomes.flatMap((outcome) => ("absent" in outcome ? [] : [outcome]));
  console.log(`\n${printCounts(tablesOf(ran))}\n`);
  const failures = ran.flatMap((outcome) => failuresOf(outcome));
  if (isWriting && failures.length === 0) await writeTables(CLIENTS, ran);
  if (isWriting && failures.length > 0) console.log("docs/mock.md was not written, because a step failed");
  const differing = await differencesOf(ran);
  for (const difference of differing) console.log(`differs from docs/mock.md: ${difference}`);
  if (differing.length > 0) console.log("Update the tables: npm run mock:clients -- --write");
  const steps = ran.flatMap((outcome) => outcome.steps);
  const unexpected = steps.filter((step) => step.outcome !== step.want).length;
  const absent = outcomes.length - ran.length;
  console.log(`${steps.length - unexpected} steps passed, ${failures.length} failed, ${absent} clients not here`);
  // If no client ran, nothing is verified.
  return ran.length > 0 && failures.length + differing.length === 0 ? 0 : 1;
}

// Exit handlers stop child processes, also after an interrupt.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
try {
  process.exitCode = await main();
} catch (error) {
  console.error(`The clients cannot run: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
