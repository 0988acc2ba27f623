/** Files → disk, with what keeps them from it as a diagnostic. */
import { dirname } from "node:path";
import { isDiskFull, removeLeftovers } from "@discogen/runtime/files";
import { diagnostic, InputError, reasonOf } from "./diagnostics.js";
import { type ChangedFile, changedFiles, type OutputFile, WriteError, writeFiles } from "./output/write.js";

/** What may be written, and how to report what could not. */
export interface WriteOptions {
  /** None of the files may leave it, not by a link in it either. */
  readonly folder?: string;
  /**
   * Whether a file of earlier runs is in the way, by its content: any other is an error. Default: whatever is in the
   * way is replaced. A file without content always is.
   */
  readonly isOurs?: ((path: string, content: Uint8Array) => boolean) | undefined;
  /** Permission bits of the files. */
  readonly mode?: number;
  /** Name of the API they are of. */
  readonly api?: string;
  /** What to do about a file that cannot be written. */
  readonly help?: string;
  /** What to do about a file that is in the way. */
  readonly existsHelp?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes those files that changed, all or none, and deletes temporary files that killed runs left beside them.
 *
 * @returns how many that were
 * @throws {InputError} with code OUTPUT_EXISTS, OUTPUT_UNWRITABLE or DISK_FULL, or the reason of `signal`
 */
export async function writeOutput(files: readonly OutputFile[], options: WriteOptions = {}): Promise<number> {
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await removeLeftovers(folder);
  const changed = await changedFiles(files);
  await writeAll(changed, options);
  return changed.length;
}

/**
 * Writes files, all or none.
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
        diagnostic("OUTPUT_EXISTS", path, "it exists, and Discogen did not write it", {
          ...at,
          ...(existsHelp !== undefined && { help: existsHelp }),
        }),
      ),
    );
  await writeFiles(files, { folder, mode, signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (!(error instanceof WriteError)) throw error;
    const { cause, path } = error;
    // A reader that has seen enough, such as `head` at the other end of a pipe, is no error.
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
