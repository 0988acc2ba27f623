/** Browsers and workers run no programs. */
import type { Program } from "../node/subprocess.js";

/** Rejects. */
export async function runProgram(
  _program: Program,
  problem: (message: string, stdout: string) => Error,
): Promise<never> {
  throw problem("cannot be run: this platform runs no programs. Pass the option subjectToken", "");
}
