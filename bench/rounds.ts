/** Measures candidates in turns, A B A B …, after one round that does not count. */
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

/** What one process took, with all its threads. */
export interface Usage {
  /** Milliseconds from start to end. */
  readonly time: number;
  /** Milliseconds of processor time. */
  readonly cpu: number;
  /** Peak memory in megabytes (a million bytes). */
  readonly memory: number;
}

/** Runs inside the measured process and prints its usage when it exits. */
const PRINT_USAGE = `
  import { writeSync } from "node:fs";
  import { isMainThread } from "node:worker_threads";
  if (isMainThread) process.on("exit", () => writeSync(2, "\\nusage " + JSON.stringify(process.resourceUsage())));
`;

/** Runs a program in Node and returns what its process took. */
export function measure(node: string, args: readonly string[]): Usage {
  const start = performance.now();
  const stderr = run(node, ["--import", `data:text/javascript,${encodeURIComponent(PRINT_USAGE)}`, ...args]);
  const time = performance.now() - start;
  // Printed by the code above.
  const usage = JSON.parse(/\nusage (.+)$/.exec(stderr)?.[1] ?? "{}") as NodeJS.ResourceUsage;
  return { time, cpu: (usage.userCPUTime + usage.systemCPUTime) / 1000, memory: (usage.maxRSS * 1024) / 1e6 };
}

/** Runs a process to its end and returns its standard error. */
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
