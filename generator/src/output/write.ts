/** Files → disk: only what changes, whole files at a time. */
import { randomBytes } from "node:crypto";
import { lstat, mkdir, readFile, realpath, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";

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

/** A file that cannot be written; its cause tells why. */
export class WriteError extends Error {
  override readonly name = "WriteError";
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`cannot write ${path}`, { cause });
    this.path = path;
  }
}

/**
 * Writes files: all beside their places first, then each is moved to its own, so that a run which fails or is stopped
 * leaves what was there.
 *
 * @param folder that none of them may leave, not by a link in it either
 * @throws {WriteError} for the first file that cannot be written
 */
export async function writeFiles(files: readonly OutputFile[], folder?: string): Promise<void> {
  const ready = new Set<string>();
  const made: string[] = [];
  const staged: { readonly path: string; readonly beside: string }[] = [];
  let at = "";
  try {
    for (const { path, text } of files) {
      at = path;
      const parent = dirname(path);
      if (folder !== undefined && !ready.has(parent)) await refuseWayOut(folder, parent);
      if (!ready.has(parent)) await makeFolder(parent, made);
      ready.add(parent);
      await refuseFolder(path);
      // A name of its own: runs in containers that share a folder may share their process id.
      const beside = join(parent, `.${randomBytes(6).toString("hex")}.tmp`);
      staged.push({ path, beside });
      await writeFile(beside, text, { flag: "wx" });
    }
    for (const { path, beside } of staged) {
      at = path;
      await rename(beside, path);
    }
  } catch (error) {
    await Promise.all(staged.map(({ beside }) => rm(beside, { force: true }).catch(() => undefined)));
    // The innermost first; one that another run has put something into meanwhile stays.
    for (const empty of made.toReversed()) await rmdir(empty).catch(() => undefined);
    throw new WriteError(at, error);
  }
}

/** Makes a folder and those above it, each noted in `made` (mkdir's own way never ends where /proc is meant). */
async function makeFolder(folder: string, made: string[]): Promise<void> {
  const attempt = async () => {
    await mkdir(folder);
    made.push(folder);
  };
  try {
    await attempt();
  } catch (error) {
    const isThere = await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isThere) return;
    if (codeOf(error) !== "ENOENT" || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder), made);
    // Another run may have been faster.
    await attempt().catch((again: unknown) => {
      if (codeOf(again) !== "EEXIST") throw again;
    });
  }
}

/** A file cannot take its place, which should not turn out when others have taken theirs. */
async function refuseFolder(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw new Error("it is a folder");
}

async function refuseWayOut(folder: string, inner: string): Promise<void> {
  const top = resolve(folder);
  const root = await realpath(top).catch(() => undefined);
  // Where there is no folder yet, there are no links in it.
  if (root === undefined) return;
  const isInside = (real: string) => !relative(root, real).startsWith("..") && !isAbsolute(relative(root, real));
  for (let parent = resolve(inner); parent !== top && parent !== dirname(parent); parent = dirname(parent)) {
    const real = await realpath(parent).catch(() => undefined);
    if (real !== undefined && !isInside(real)) throw new Error(`${relative(top, parent)} is a link out of ${folder}`);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
