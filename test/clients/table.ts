/** The tables of `docs/mock.md`: printed from results, compared with the committed ones, written. */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Client } from "./clients.js";
import type { StepResult } from "./run.js";

const PAGE = fileURLToPath(new URL("../../docs/mock.md", import.meta.url));

const COUNTS = ["client", "version", "steps", "pass", "refused", "failed"] as const;
const REFUSALS = ["client", "step", "message of the refusal"] as const;

type Line = readonly string[];

/** What a client did, if it ran. */
export interface Report {
  readonly client: Client;
  readonly version: string;
  readonly steps: readonly StepResult[];
}

export interface Tables {
  readonly counts: readonly Line[];
  readonly refusals: readonly Line[];
}

/** Returns the lines of clients that ran. */
export function tablesOf(reports: readonly Report[]): Tables {
  return { counts: reports.map(countsOf), refusals: reports.flatMap(refusalsOf) };
}

function countsOf({ client, version, steps }: Report): Line {
  const count = (outcome: StepResult["outcome"]) => String(steps.filter((step) => step.outcome === outcome).length);
  return [client.title, version, String(steps.length), count("passes"), count("refused"), count("fails")];
}

function refusalsOf({ client, steps }: Report): readonly Line[] {
  return steps
    .filter(({ outcome }) => outcome === "refused")
    .map(({ name, message = "" }) => [client.title, name, cellOf(message)]);
}

/** Returns the same text in each run: the mock makes ids at random. */
function cellOf(message: string): string {
  return message
    .replaceAll(/\b[0-9a-f]{16}\b/g, "ID")
    .replaceAll("|", "\\|")
    .replaceAll(/\s+/g, " ");
}

/** Prints a table whose columns are as wide as their longest cell, like the formatter. */
function print(head: Line, lines: readonly Line[]): string {
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(3, ...all.map((line) => line[column]?.length ?? 0)));
  const row = (line: Line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [row(head), rule, ...lines.map(row)].join("\n");
}

export function printCounts({ counts }: Tables): string {
  return print(COUNTS, counts);
}

/** Returns the tables of the page. */
export async function committedTables(): Promise<Tables> {
  const page = await readFile(PAGE, "utf8");
  return { counts: linesOf(split(page, COUNTS).table), refusals: linesOf(split(page, REFUSALS).table) };
}

function linesOf(table: string): readonly Line[] {
  const lines = table.split("\n").slice(2);
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Returns how the lines of clients differ from those of the page. The machine decides the versions
 * of what npm does not install. */
export async function differencesOf(reports: readonly Report[]): Promise<readonly string[]> {
  const committed = await committedTables();
  return reports.flatMap((report) => {
    const { title, language } = report.client;
    const without = (line: Line | undefined) => line?.filter((_, column) => language === "node" || column !== 1) ?? [];
    const before = committed.counts.find(([name]) => name === title);
    const after = countsOf(report);
    const isSame = without(before).join() === without(after).join();
    const refusals = refusalsOf(report).map((line) => line.join(": "));
    const known = committed.refusals.filter(([name]) => name === title).map((line) => line.join(": "));
    return [
      ...(isSame ? [] : [`${title}: was ${before?.slice(1).join(", ") ?? "missing"}, is ${after.slice(1).join(", ")}`]),
      ...refusals.filter((line) => !known.includes(line)).map((line) => `refused, but not in the table: ${line}`),
      ...known.filter((line) => !refusals.includes(line)).map((line) => `in the table, but not refused: ${line}`),
    ];
  });
}

/** Replaces the lines of the clients that ran, and does not change the others. */
export async function writeTables(clients: readonly Client[], reports: readonly Report[]): Promise<void> {
  const committed = await committedTables();
  const ran = tablesOf(reports);
  const isRun = new Set(reports.map(({ client }) => client.title));
  const merged = (before: readonly Line[], after: readonly Line[]) =>
    clients.flatMap(({ title }) => (isRun.has(title) ? after : before).filter(([name]) => name === title));
  let page = await readFile(PAGE, "utf8");
  page = replaced(page, COUNTS, merged(committed.counts, ran.counts));
  page = replaced(page, REFUSALS, merged(committed.refusals, ran.refusals));
  await writeFile(PAGE, page);
}

function replaced(page: string, head: Line, lines: readonly Line[]): string {
  const { before, after } = split(page, head);
  return before + print(head, lines) + after;
}

function split(page: string, head: Line): { readonly before: string; readonly table: string; readonly after: string } {
  const start = page.search(new RegExp(`^\\| ${head.map((name) => `${name} +\\|`).join(" ")}$`, "m"));
  if (start === -1) throw new Error(`${PAGE} has no table with the columns ${head.join(", ")}`);
  const length = /\n(?!\|)/.exec(page.slice(start))?.index ?? page.length - start;
  return { before: page.slice(0, start), table: page.slice(start, start + length), after: page.slice(start + length) };
}
