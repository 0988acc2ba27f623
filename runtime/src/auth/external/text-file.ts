/** Files that a configuration names, read so that none of them can hold up a program or fill its memory. */
import { readFile, stat } from "node:fs/promises";
import { AuthError } from "../../errors.js";
import { codeOf } from "../../redact.js";

/** The longest file that is read, in bytes. */
const limit: number = 1024 * 1024;

/** @param problem Makes the error out of what is wrong: `cannot be read`. */
export async function readTextFile(path: string, problem: (message: string) => AuthError): Promise<string> {
  try {
    const about = await stat(path);
    // To read a pipe could take for ever.
    if (!about.isFile()) throw problem("is no file");
    if (about.size > limit) throw problem("is too long");
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof AuthError) throw error;
    throw problem(`cannot be read (${codeOf(error) ?? "no reason given"})`);
  }
}
