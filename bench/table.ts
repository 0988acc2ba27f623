/** Figures of a benchmark → a table with medians, ranges and ratios, each budget beside its figure. */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** One thing measured again and again. */
export interface Series {
  readonly name: string;
  /** In the order of the rounds. */
  readonly values: readonly number[];
}

/** We and a peer, measured in turns, so that the values of one round belong together. */
export interface Comparison {
  readonly title: string;
  /** What the values are, such as `ms`. Less is better. */
  readonly unit: string;
  readonly ours: Series;
  readonly peer: Series;
  /** The ratio of ours to the peer's that must not be exceeded. Without one the figures are for information. */
  readonly budget?: number | undefined;
  /** Figures that have no budget. */
  readonly others?: readonly (Series & { readonly unit: string })[];
}

/** One thing of ours that must not exceed a figure. */
export interface Limit {
  readonly title: string;
  readonly unit: string;
  readonly ours: Series;
  readonly limit: number;
  /** Figures beside it, such as a peer's. */
  readonly others?: readonly (Series & { readonly unit: string })[];
}

export interface Benchmark {
  readonly name: string;
  /** What a reader needs to know to trust the figures. */
  readonly notes: readonly string[];
  readonly comparisons: readonly Comparison[];
  readonly limits?: readonly Limit[];
}

/** Prints the table; false when a budget is missed. */
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

/** Raw figures, for whoever wants to compare runs. */
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

/** Round by round: what slows the machine down for a while slows both. */
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
