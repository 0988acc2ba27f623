/** The table of `docs/platforms.md`: printed from results, compared with the committed one, written. */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Result } from "./program/platform.js";
import type { Row } from "./rows.js";

const PAGE = fileURLToPath(new URL("../../docs/platforms.md", import.meta.url));

const AREAS = [
  "key",
  "key file",
  "environment",
  "calls",
  "operations",
  "batch",
  "errors",
  "uploads",
  "long streams",
  "downloads",
  "resume",
  "Node streams",
  "files",
  "identity",
] as const;

const HEAD: Line = ["platform", "build", ...AREAS];

type Line = readonly string[];

/** The line of a row: `yes`, `no` if the platform lacks it, `-` if there is nothing to check. */
export function lineOf({ title, build }: Row, results: readonly Result[]): Line {
  return [title, build, ...AREAS.map((area) => cellOf(area, results))];
}

function cellOf(area: string, all: readonly Result[]): string {
  // Without a report, nothing is verified.
  if (all.length === 0) return "failed";
  const results = all.filter((result) => result.area === area);
  const outcomes = new Set(results.map(({ outcome }) => outcome));
  if (outcomes.has("failed")) return "failed";
  if (outcomes.has("not possible")) return "no";
  return outcomes.has("passed") ? "yes" : "-";
}

/** Prints a table whose columns are as wide as their longest cell, like the formatter. */
export function printTable(lines: readonly Line[]): string {
  const all = [HEAD, ...lines];
  const widths = HEAD.map((_, column) => Math.max(3, ...all.map((line) => line[column]?.length ?? 0)));
  const print = (line: Line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [print(HEAD), rule, ...lines.map(print)].join("\n");
}

/** The lines of the committed table, by platform. */
export async function committedLines(): Promise<ReadonlyMap<string, Line>> {
  const { table } = split(await readFile(PAGE, "utf8"));
  const lines = table
    .split("\n")
    .slice(2)
    .filter((line) => line.startsWith("|"));
  return new Map(
    lines.map((line) => {
      const cells = line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [cells[0] ?? "", cells] as const;
    }),
  );
}

/** How lines differ from those of the committed table. */
export async function differencesOf(lines: ReadonlyMap<string, Line>): Promise<readonly string[]> {
  const committed = await committedLines();
  return [...lines].flatMap(([title, line]) => {
    const before = committed.get(title);
    if (before === undefined) return [`${title}: the line is missing`];
    const cells = HEAD.flatMap((name, column) =>
      line[column] === before[column] ? [] : [`${name} was ${before[column] ?? "missing"}, is ${line[column]}`],
    );
    return cells.length === 0 ? [] : [`${title}: ${cells.join(", ")}`];
  });
}

/** Replaces the lines of the rows that ran, and does not change the others. */
export async function writeTable(rows: readonly Row[], ran: ReadonlyMap<string, Line>): Promise<void> {
  const committed = await committedLines();
  const lines = rows.map(({ title }) => ran.get(title) ?? committed.get(title)).filter((line) => line !== undefined);
  const { before, after } = split(await readFile(PAGE, "utf8"));
  await writeFile(PAGE, before + printTable(lines) + after);
}

function split(page: string): { readonly before: string; readonly table: string; readonly after: string } {
  const start = page.indexOf("| platform");
  const length = /\n(?!\|)/.exec(page.slice(start))?.index ?? page.length - start;
  if (start === -1) throw new Error(`${PAGE} has no table that begins with "| platform"`);
  return { before: page.slice(0, start), table: page.slice(start, start + length), after: page.slice(start + length) };
}
