/** Measures candidates in turns, A B A B …, after one warm-up each. */
import { spawnSync } from "node:child_process";

/** Returns the measurements of one turn. */
export type Turn<Figures> = () => Figures | Promise<Figures>;

export async function inTurns<Figures>(
  rounds: number,
  turns: readonly Turn<Figures>[],
): Promise<readonly (readonly Figures[])[]> {
  const results: Figures[][] = turns.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, turn] of turns.entries()) {
      progress(`round ${round} of ${rounds}, candidate ${index + 1} of ${turns.length}`);
      const figures = await turn();
      if (round > 0) results[index]?.push(figures);
    }
  }
  progress("");
  return results;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
}

/** Returns the milliseconds of a process from start to exit. */
export function wallTime(command: string, args: readonly string[]): number {
  const start = performance.now();
  run(command, args);
  return performance.now() - start;
}

/** A module for Node processes that prints their peak memory in kilobytes. */
const PRINT_PEAK = `
  import { writeSync } from "node:fs";
  import { isMainThread } from "node:worker_threads";
  if (isMainThread) process.on("exit", () => writeSync(2, \`\\npeak \${process.resourceUsage().maxRSS}\`));
`;

/** Returns the peak memory of a Node process with all its threads, in megabytes (a million bytes). */
export function peakMemory(node: string, args: readonly string[]): number {
  const printed = run(node, ["--import", `data:text/javascript,${encodeURIComponent(PRINT_PEAK)}`, ...args]);
  return (Number(/\npeak (\d+)$/.exec(printed)?.[1]) * 1024) / 1e6;
}

/** Runs a process until it exits. Returns its standard error. */
function run(command: string, args: readonly string[]): string {
  const { status, error, stderr } = spawnSync(command, args, {
    stdio: ["ignore", "ignore", "pipe"],
    maxBuffer: 2 ** 26,
  });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(
      `${[command, ...args].join(" ").slice(0, 300)} exited with ${status}: ${stderr.toString().slice(-2000)}`,
    );
  return stderr.toString();
}
