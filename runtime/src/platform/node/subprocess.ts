/** Runs programs. */
import type { ExecFileException } from "node:child_process";
import { codeOf } from "../../redact.js";
import type { AbortSignal } from "../../platform-types.js";

/** A program to run, and its limits. */
export interface Program {
  readonly command: readonly [file: string, ...parameters: string[]];
  /** Variables to add to those of this process. */
  readonly env: { readonly [name: string]: string };
  /** Milliseconds after which the program is killed. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

/** The maximum size of the output in bytes. */
const outputLimit: number = 1024 * 1024;

/**
 * Runs a program and resolves to its output. The program runs without a shell and has an empty standard input.
 *
 * @param problem Creates the error from a message and the output up to the error.
 */
export function runProgram(
  { command, env, signal, timeout }: Program,
  problem: (message: string, stdout: string) => Error,
): Promise<string> {
  const { execFile } = process.getBuiltinModule("node:child_process");
  const [file, ...parameters] = command;
  return new Promise((resolve, reject) => {
    const done = (error: ExecFileException | null, stdout: string): void => {
      if (error === null) resolve(stdout);
      else reject(problem(reasonOf(error, timeout), typeof error.code === "string" || error.killed ? "" : stdout));
    };
    const limits = { timeout, signal, killSignal: "SIGKILL", maxBuffer: outputLimit, windowsHide: true } as const;
    try {
      execFile(file, parameters, { ...limits, env: { ...process.env, ...env } }, done).stdin?.end();
    } catch (error) {
      // Some errors are thrown, most are passed to the callback.
      reject(problem(`cannot be run (${codeOf(error) ?? "unknown error"})`, ""));
    }
  });
}

function reasonOf({ code, killed, signal }: ExecFileException, timeout: number): string {
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "prints more than 1 MiB";
  if (killed === true) return `did not end within ${String(timeout)} ms`;
  if (typeof code === "string") return `cannot be run (${code})`;
  return `failed with exit code ${String(code ?? signal)}`;
}
