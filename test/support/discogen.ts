/** Runs the command in this process, which is fast, or as the binary in its own process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { ROOT } from "./folders.js";
import { testTerminal } from "./terminal.js";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const DISCOGEN = join(ROOT, "generator/bin/discogen.js");

/**
 * Runs a command in this process: `main` of the built package, with streams that collect the output. The working folder
 * and the environment belong to the process, so runs wait for each other.
 */
export function discogen(
  args: readonly string[],
  cwd: string = ROOT,
  env: NodeJS.ProcessEnv = {},
  input = "",
): Promise<Outcome> {
  const outcome = previous.then(() => runInProcess(args, cwd, env, input));
  previous = outcome.catch(() => undefined);
  return outcome;
}

let previous: Promise<unknown> = Promise.resolve();

async function runInProcess(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  input: string,
): Promise<Outcome> {
  const { main } = await import("../../generator/dist/cli/main.js");
  const { terminal, printed } = testTerminal({}, input);
  const [folder, environment] = [process.cwd(), { ...process.env }];
  process.chdir(cwd);
  Object.assign(process.env, env);
  try {
    const code = await main(args, terminal);
    return { code, ...(await printed()) };
  } finally {
    process.chdir(folder);
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
  }
}

/** Runs the binary in its own process, as a user does. */
export async function discogenProcess(
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
  // A command that does not read its input can end before it is written.
  child.stdin.on("error", () => {}).end(input);
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** The output of a mock when it starts. */
export interface RunningMock {
  readonly url: string;
  /** The path on the command line. */
  readonly keyFile: string;
}

/** Starts `discogen mock` in its own process. It ends with the test. */
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
