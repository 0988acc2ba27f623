/** Runs the command in the background, for tests of its output over time, signals and its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { DISCOGEN } from "./discogen.js";

export interface Running {
  readonly child: ChildProcess;
  /** Resolves when the output since the last call, to both streams, matches all patterns. */
  readonly printed: (...patterns: readonly RegExp[]) => Promise<string>;
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>;
}

/** Starts the command in a folder. It is killed after the test. */
export function start(folder: string, ...args: readonly string[]): Running {
  return startWith({}, folder, ...args);
}

export function startWith(env: NodeJS.ProcessEnv, folder: string, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [DISCOGEN, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    // Its standard input stays open and empty.
    stdio: ["pipe", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  let check = () => {};
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      check();
    });
  const printed = (...patterns: readonly RegExp[]) =>
    new Promise<string>((resolve) => {
      check = () => {
        if (!patterns.every((pattern) => pattern.test(text))) return;
        const found = text;
        text = "";
        check = () => {};
        resolve(found);
      };
      check();
    });
  const ended = once(child, "close").then(([code, signal]) => [code, signal] as const);
  return { child, printed, ended };
}
