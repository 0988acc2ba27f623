/** Contenders measured in turns, A B A B …, each once unmeasured before. */
import { spawnSync } from "node:child_process";

/** Gives the measurements of one turn. */
export type Turn<Figures> = () => Figures | Promise<Figures>;

export async function inTurns<Figures>(
  rounds: number,
  turns: readonly Turn<Figures>[],
): Promise<readonly (readonly Figures[])[]> {
  const results: Figures[][] = turns.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, turn] of turns.entries()) {
      progress(`round ${round} of ${rounds}, contender ${index + 1} of ${turns.length}`);
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

/** Milliseconds that a whole process takes, from its start to its end. */
export function wallTime(command: string, args: readonly string[]): number {
  const start = performance.now();
  run(command, args);
  return performance.now() - start;
}

/** Run in a process of Node, it tells the most memory that the process had, in kilobytes. */
const TELL_PEAK = `
  import { writeSync } from "node:fs";
  import { isMainThread } from "node:worker_threads";
  if (isMainThread) process.on("exit", () => writeSync(2, \`\\npeak \${process.resourceUsage().maxRSS}\`));
`;

/** Megabytes (a million bytes) that a process of Node had in memory at most, with all its threads. */
export function peakMemory(node: string, args: readonly string[]): number {
  const told = run(node, ["--import", `data:text/javascript,${encodeURIComponent(TELL_PEAK)}`, ...args]);
  return (Number(/\npeak (\d+)$/.exec(told)?.[1]) * 1024) / 1e6;
}

/** Runs a process to its end. @returns what it wrote to standard error */
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
