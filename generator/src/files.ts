/** Files → disk. Problems become diagnostics. */
import { dirname } from "node:path";
import { isDiskFull, removeLeftovers } from "@discogen/runtime/files";
import { diagnostic, InputError, reasonOf } from "./diagnostics.js";
import { type ChangedFile, changedFiles, type OutputFile, WriteError, writeFiles } from "./output/write.js";

/** Which files may be written, and how to report a file that cannot be written. */
export interface WriteOptions {
  /** All files must be inside this folder. A link in it must not point outside. */
  readonly folder?: string;
  /**
   * Returns whether an earlier run wrote the existing file. If not, the file is an error. Empty files are always
   * replaced. Default: every existing file is replaced.
   */
  readonly isOurs?: ((path: string, content: Uint8Array) => boolean) | undefined;
  /** Permission bits of the files. */
  readonly mode?: number;
  /** Id of the API that the files belong to. */
  readonly api?: string;
  /** Help of the diagnostic for a file that cannot be written. */
  readonly help?: string;
  /** Help of the diagnostic for an existing file that must not be replaced. */
  readonly existsHelp?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the files that changed: either all or none. Deletes temporary files that killed runs left next to them.
 *
 * @returns the number of files written
 * @throws {InputError} with code OUTPUT_EXISTS, OUTPUT_UNWRITABLE or DISK_FULL, or the reason of `signal`
 */
export async function writeOutput(files: readonly OutputFile[], options: WriteOptions = {}): Promise<number> {
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await removeLeftovers(folder);
  const changed = await changedFiles(files);
  await writeAll(changed, options);
  return changed.length;
}

/**
 * Writes files: either all or none.
 *
 * @throws {InputError} with code OUTPUT_EXISTS, OUTPUT_UNWRITABLE or DISK_FULL, or the reason of `signal`
 */
export async function writeAll(
  files: readonly ChangedFile[],
  { folder, isOurs, mode, signal, help, existsHelp, api }: WriteOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  const at = { ...(api !== undefined && { api }) };
  const others = isOurs === undefined ? [] : files.filter((file) => isForeign(file, isOurs));
  if (others.length > 0)
    throw new InputError(
      others.map(({ path }) =>
        diagnostic("OUTPUT_EXISTS", path, "the file exists, and Discogen did not write it", {
          ...at,
          ...(existsHelp !== undefined && { help: existsHelp }),
        }),
      ),
    );
  await writeFiles(files, { folder, mode, signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (!(error instanceof WriteError)) throw error;
    const { cause, path } = error;
    // It is not an error if the reader of a pipe, such as `head`, closes it early.
    if (cause instanceof Error && "code" in cause && cause.code === "EPIPE") return;
    throw new InputError([
      isDiskFull(cause)
        ? diagnostic("DISK_FULL", path, reasonOf(cause), at)
        : diagnostic("OUTPUT_UNWRITABLE", path, reasonOf(cause), { ...at, ...(help !== undefined && { help }) }),
    ]);
  });
}

function isForeign({ path, found }: ChangedFile, isOurs: NonNullable<WriteOptions["isOurs"]>): boolean {
  if (found === undefined || found.length === 0) return false;
  return found === "unknown" || !isOurs(path, found);
}
