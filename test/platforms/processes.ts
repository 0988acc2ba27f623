/** Processes of rows. */
import { type ChildProcess, spawn } from "node:child_process";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Maximum number of characters of the output in an error. */
const TAIL = 1_500;

/** Variables that are not inherited. A row sets those that it needs. */
const UNSET = new Set([
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "NODE_OPTIONS",
  "CI",
]);

/**
 * Runs a program to its end, with all processes that it started.
 *
 * @throws with the end of its output, for another exit code than 0 and when `signal` aborts
 */
export async function run(command: Command, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await using started = start(command);
  const stop = () => started.stop();
  signal.addEventListener("abort", stop);
  const code = await started.code.finally(() => signal.removeEventListener("abort", stop));
  if (signal.aborted) throw new Error(`did not end. ${started.output()}`);
  if (code !== 0) throw new Error(`exit code ${String(code)}. ${started.output()}`);
}

export interface Started extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Resolves with the exit code when the program ends. */
  readonly code: Promise<number | null>;
  /** Ends the program and its child processes. */
  readonly stop: () => void;
  /** Returns the end of its output. */
  readonly output: () => string;
}

const running = new Set<Started>();

process.on("exit", () => {
  for (const { stop } of running) stop();
});

/** Starts a program, which ends with its processes when it is disposed of. */
export function start({ file, args, cwd, env = {} }: Command): Started {
  const inherited = Object.entries(process.env).filter(([name]) => !UNSET.has(name));
  const child = spawn(file, args, {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // A separate process group, so that child processes of browsers end too.
    detached: true,
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-TAIL);
    });
  const code = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  // The caller may read the error later, or not at all.
  code.catch(() => {});
  const stop = () => {
    // After its end, the process id can belong to another group.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, "SIGKILL");
  };
  const started: Started = {
    child,
    code,
    stop,
    output: () => printed.trim(),
    [Symbol.asyncDispose]: async () => {
      stop();
      await code.catch(() => {});
      running.delete(started);
    },
  };
  running.add(started);
  return started;
}
