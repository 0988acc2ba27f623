/** Prints the figures of a benchmark as a table with medians, ranges, ratios and budgets. */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Repeated measurements of one figure. */
export interface Series {
  readonly name: string;
  /** One value per round. */
  readonly values: readonly number[];
}

/** Our figure and a peer's, measured in turns, so the values of one round belong together. */
export interface Comparison {
  readonly title: string;
  /** The unit of the values, such as `ms`. Less is better. */
  readonly unit: string;
  readonly ours: Series;
  readonly peer: Series;
  /** The maximum ratio of ours to the peer's. Without a budget the figures are only printed. */
  readonly budget?: number | undefined;
  /** Further figures, without a budget. */
  readonly others?: readonly (Series & { readonly unit: string })[];
}

/** One of our figures with a maximum. */
export interface Limit {
  readonly title: string;
  readonly unit: string;
  readonly ours: Series;
  readonly limit: number;
  /** Further figures, such as a peer's. */
  readonly others?: readonly (Series & { readonly unit: string })[];
}

export interface Benchmark {
  readonly name: string;
  /** How the figures are measured. */
  readonly notes: readonly string[];
  readonly comparisons: readonly Comparison[];
  readonly limits?: readonly Limit[];
}

/** Prints the table. Returns whether all budgets are met. */
export function show({ name, notes, comparisons, limits = [] }: Benchmark): boolean {
  const compared = comparisons.flatMap((comparison) => {
    const { title, unit, ours, peer, others = [], budget } = comparison;
    const ratio = ratios(comparison);
    const verdict = isWithin(comparison) ? "met" : "MISSED";
    const limit = budget === undefined ? "" : `  budget ${budget.toFixed(budget < 0.2 ? 3 : 2)}  ${verdict}`;
    return [
      "",
      title,
      row(peer.name, spread(peer.values, unit), ""),
      row(ours.name, spread(ours.values, unit), `ratio ${spread(ratio, "", 2)}${limit}`),
      ...others.map((series) => row(series.name, spread(series.values, series.unit), "")),
    ];
  });
  const limited = limits.flatMap(({ title, unit, ours, limit, others = [] }) => [
    "",
    title,
    row(ours.name, spread(ours.values, unit), `budget ${limit}  ${isBelow({ ours, limit }) ? "met" : "MISSED"}`),
    ...others.map((series) => row(series.name, spread(series.values, series.unit), "")),
  ]);
  const lines = [...compared, ...limited];
  const environment = `Node ${process.versions.node}, ${availableParallelism()} cores, ${process.platform} ${process.arch}`;
  process.stdout.write([`${name}: median (lowest–highest); ${environment}`, ...notes, ...lines, ""].join("\n"));
  return comparisons.every(isWithin) && limits.every(isBelow);
}

/** Writes the raw figures to a file, to compare runs. */
export function writeFigures(file: string, benchmark: Benchmark): void {
  const comparisons = benchmark.comparisons.map((comparison) => ({
    ...comparison,
    ratio: median(ratios(comparison)),
    met: isWithin(comparison),
  }));
  const limits = (benchmark.limits ?? []).map((limit) => ({ ...limit, met: isBelow(limit) }));
  const figures = { ...benchmark, node: process.versions.node, cores: availableParallelism(), comparisons, limits };
  writeFileSync(file, `${JSON.stringify(figures, undefined, 2)}\n`);
}

function isWithin(comparison: Comparison): boolean {
  return comparison.budget === undefined || median(ratios(comparison)) <= comparison.budget;
}

function isBelow({ ours, limit }: Pick<Limit, "limit" | "ours">): boolean {
  return median(ours.values) <= limit;
}

/** Returns the ratio of each round: a temporarily slow machine slows both. */
function ratios({ ours, peer }: Comparison): readonly number[] {
  return ours.values.map((value, round) => value / (peer.values[round] ?? Number.NaN));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

function row(name: string, figure: string, remark: string): string {
  return `  ${name.padEnd(44)} ${figure.padEnd(30)} ${remark}`.trimEnd();
}

function spread(values: readonly number[], unit: string, digits = 0): string {
  const shown = (value: number) => value.toFixed(value < 100 && digits === 0 ? 1 : digits);
  const space = unit === "" ? "" : " ";
  return `${shown(median(values))}${space}${unit} (${shown(Math.min(...values))}–${shown(Math.max(...values))})`;
}
