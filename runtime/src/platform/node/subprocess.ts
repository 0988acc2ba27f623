/** Programs that are run. */
import type { ExecFileException } from "node:child_process";
import { codeOf } from "../../redact.js";
import type { AbortSignal } from "../../platform-types.js";

/** What to run, and within which limits. */
export interface Program {
  readonly command: readonly [file: string, ...parameters: string[]];
  /** Set besides the variables of this process. */
  readonly env: { readonly [name: string]: string };
  /** In milliseconds. The program is killed then. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

/** The longest output that is read, in bytes. */
const outputLimit: number = 1024 * 1024;

/**
 * Resolves to what the program prints. It is not run by a shell and has an empty standard input.
 *
 * @param problem Makes the error from what is wrong and from what was printed before.
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
      // Most reasons come by the callback, some do not.
      reject(problem(`cannot be run (${codeOf(error) ?? "no reason given"})`, ""));
    }
  });
}

function reasonOf({ code, killed, signal }: ExecFileException, timeout: number): string {
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "prints too much";
  if (killed === true) return `did not end within ${String(timeout)} ms`;
  if (typeof code === "string") return `cannot be run (${code})`;
  return `failed with exit code ${String(code ?? signal)}`;
}
