/** Files → disk: writes only files that change, and never leaves partial files. */
import { mkdir, readFile, rmdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type FileWriter, openFile } from "@discogen/runtime/files";
import { linkOut } from "../links.js";

/** One file of the output. */
export interface OutputFile {
  readonly path: string;
  /** Text, or its UTF-8 bytes. */
  readonly text: string | Uint8Array;
}

/** A file whose content on disk is missing or different. */
export interface ChangedFile extends OutputFile {
  /** The bytes of the existing regular file, or `unknown` if they cannot be read. */
  readonly found: Uint8Array | "unknown" | undefined;
}

/** Generated files are smaller than this. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Returns the files whose content on disk is missing or different. */
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

/** Returns the UTF-8 bytes. Bytes are not copied. */
function bytesOf(text: string | Uint8Array): Buffer {
  return typeof text === "string" ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}

async function bytesAt(path: string): Promise<Uint8Array | "unknown" | undefined> {
  const found = await stat(path).catch(() => undefined);
  // Reading a pipe waits for its writer, and some devices never end.
  if (found?.isFile() !== true) return undefined;
  return found.size > MAX_BYTES ? "unknown" : readFile(path).catch(() => "unknown");
}

/** A file cannot be written. `cause` has the reason. */
export class WriteError extends Error {
  override readonly name = "WriteError";
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`cannot write ${path}`, { cause });
    this.path = path;
  }
}

/** Options of {@link writeFiles}. */
export interface WriteFilesOptions {
  /** All files must be inside this folder, and must be regular files. */
  readonly folder?: string | undefined;
  /** Permission bits. Default: those of the existing file, or of the umask for a new file. */
  readonly mode?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes all files to temporary files first, then renames each to its path. A run that fails or is stopped before that
 * leaves the existing files unchanged.
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
    // The innermost folder first. A folder that another run has written to in the meantime is not empty and stays.
    for (const empty of made.toReversed()) await rmdir(empty).catch(() => undefined);
    throw new WriteError(at, error);
  }
}

/**
 * Creates a folder and its missing parents, and adds each to `made`. Node's own `recursive` option never returns for
 * some paths under /proc.
 */
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
    // Another run may have created it in the meantime.
    await attempt().catch((again: unknown) => {
      if (codeOf(again) !== "EEXIST") throw again;
    });
  }
}

async function refuseOutside(folder: string, path: string): Promise<void> {
  const link = await linkOut(folder, path);
  if (link !== undefined)
    throw new Error(`${link} is a link that points outside ${folder === "." ? "this folder" : folder}`);
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isFile() && !found.isDirectory())
    throw new Error("the path is a pipe, a socket, or a device");
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
