/** Browsers and workers cannot run programs. */
import type { Program } from "../node/subprocess.js";

/** Always rejects. */
export async function runProgram(
  _program: Program,
  problem: (message: string, stdout: string) => Error,
): Promise<never> {
  throw problem("cannot be run: this platform cannot run programs. Pass the option subjectToken", "");
}
