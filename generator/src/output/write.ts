/** Files → disk: only what changes, whole files at a time. */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** One file of the output. */
export interface OutputFile {
  readonly path: string;
  /** Text, or what it is in UTF-8. */
  readonly text: string | Uint8Array;
}

/** Those of the files that are not already as they should be. */
export async function changedFiles(files: readonly OutputFile[]): Promise<readonly OutputFile[]> {
  const isCurrent = await Promise.all(files.map(({ path, text }) => isThere(path, text)));
  return files.filter((_, index) => isCurrent[index] !== true);
}

async function isThere(path: string, text: string | Uint8Array): Promise<boolean> {
  try {
    const found = await readFile(path);
    return found.equals(typeof text === "string" ? Buffer.from(text) : text);
  } catch {
    // Missing or unreadable: either way it has to be written, and that tells what is wrong.
    return false;
  }
}

/**
 * Writes files: all beside their places first, then each is moved to its own, so that a run which fails or is stopped
 * leaves what was there.
 *
 * @throws the error of the file system
 */
export async function writeFiles(files: readonly OutputFile[]): Promise<void> {
  const staged = files.map((file) => ({
    ...file,
    beside: join(dirname(file.path), `.${process.pid}-${nextStage()}.tmp`),
  }));
  try {
    for (const { path, text, beside } of staged) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(beside, text, { flag: "wx" });
    }
    for (const { path, beside } of staged) await rename(beside, path);
  } finally {
    await Promise.all(staged.map(({ beside }) => rm(beside, { force: true })));
  }
}

let stages = 0;

function nextStage(): number {
  stages += 1;
  return stages;
}
