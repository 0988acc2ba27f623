/** Files → disk: only what changes, complete files at a time. */
import { mkdir, readFile, rmdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type FileWriter, openFile } from "@discogen/runtime/files";
import { linkOut } from "../links.js";

/** One file of the output. */
export interface OutputFile {
  readonly path: string;
  /** Text, or what it is in UTF-8. */
  readonly text: string | Uint8Array;
}

/** A file that is not as it should be. */
export interface ChangedFile extends OutputFile {
  /** What is in the way: the bytes of a regular file, or `unknown` where they cannot be read. */
  readonly found: Uint8Array | "unknown" | undefined;
}

/** What is larger than this is nothing of ours. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Those of the files that are not already as they should be. */
export async function changedFiles(files: readonly OutputFile[]): Promise<readonly ChangedFile[]> {
  const changed = await Promise.all(
    files.map(async ({ path, text }): Promise<ChangedFile | undefined> => {
      const found = await bytesAt(path);
      const isCurrent = found instanceof Uint8Array && bytesOf(text).equals(found);
      return isCurrent ? undefined : { path, text, found };
    }),
  );
  return changed.filter((file) => file !== undefined);
}

/** The same memory, where it is bytes already. */
function bytesOf(text: string | Uint8Array): Buffer {
  return typeof text === "string" ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}

async function bytesAt(path: string): Promise<Uint8Array | "unknown" | undefined> {
  const found = await stat(path).catch(() => undefined);
  // To read a pipe would wait for its writer, and some devices have no end.
  if (found?.isFile() !== true) return undefined;
  return found.size > MAX_BYTES ? "unknown" : readFile(path).catch(() => "unknown");
}

/** A file that cannot be written. Its cause has the reason. */
export class WriteError extends Error {
  override readonly name = "WriteError";
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`cannot write ${path}`, { cause });
    this.path = path;
  }
}

/** Where files may be, and what they are like. */
export interface WriteFilesOptions {
  /** None of the files may leave it, nor be anything but a regular file. */
  readonly folder?: string | undefined;
  /** Permission bits. Default: those of the file that is replaced, or what the umask allows. */
  readonly mode?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes files: all beside their places first, then each is moved to its own, so that a run which fails or is stopped
 * leaves what was there.
 *
 * @throws {WriteError} for the first file that cannot be written
 */
export async function writeFiles(
  files: readonly OutputFile[],
  { folder, mode, signal }: WriteFilesOptions = {},
): Promise<void> {
  const ready = new Set<string>();
  const made: string[] = [];
  const staged: { readonly path: string; readonly writer: FileWriter }[] = [];
  let at = "";
  try {
    for (const { path, text } of files) {
      at = path;
      if (folder !== undefined) await refuseOutside(folder, path);
      const parent = dirname(path);
      if (!ready.has(parent)) await makeFolder(parent, made);
      ready.add(parent);
      const writer = await openFile(path, { mode, signal });
      staged.push({ path, writer });
      await writer.write([bytesOf(text)]);
      await writer.end();
    }
    for (const { path, writer } of staged) {
      at = path;
      await writer.commit();
    }
  } catch (error) {
    await Promise.all(staged.map(({ writer }) => writer.discard()));
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
    if (codeOf(error) === "EEXIST") throw new Error(`${folder} is not a folder`, { cause: error });
    if (codeOf(error) !== "ENOENT" || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder), made);
    // Another run may have been faster.
    await attempt().catch((again: unknown) => {
      if (codeOf(again) !== "EEXIST") throw again;
    });
  }
}

async function refuseOutside(folder: string, path: string): Promise<void> {
  const link = await linkOut(folder, path);
  if (link !== undefined) throw new Error(`${link} is a link out of ${folder === "." ? "this folder" : folder}`);
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isFile() && !found.isDirectory())
    throw new Error("it is a pipe, a socket or a device");
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
