/** Runs the command like a user: the real binary in a separate process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { ROOT } from "./folders.js";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const DISCOGEN = join(ROOT, "generator/bin/discogen.js");

export async function discogen(
  args: readonly string[],
  cwd: string = ROOT,
  env: NodeJS.ProcessEnv = {},
  input?: string,
): Promise<Outcome> {
  return node([DISCOGEN, ...args], cwd, env, input);
}

export async function node(
  args: readonly string[],
  cwd: string = ROOT,
  env: NodeJS.ProcessEnv = {},
  input = "",
): Promise<Outcome> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A command that does not read its input may exit before the input is written.
  child.stdin.on("error", () => {}).end(input);
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** The output of a mock at its start. */
export interface RunningMock {
  readonly url: string;
  /** The path as on the command line. */
  readonly keyFile: string;
}

/** Starts `discogen mock` in a separate process, which ends with the test. */
export async function runningMock(
  args: readonly string[],
  { cwd = ROOT, bin = DISCOGEN }: { readonly cwd?: string; readonly bin?: string } = {},
): Promise<RunningMock> {
  const child = spawn(process.execPath, [bin, "mock", ...args, "--reporter", "json"], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const started: RunningMock = JSON.parse(line); // the only line
    return started;
  }
  throw new Error("the mock exited before it was listening");
}
