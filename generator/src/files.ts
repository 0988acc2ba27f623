/** Files → disk, with what keeps them from it as a diagnostic. */
import { diagnostic, InputError, reasonOf } from "./diagnostics.js";
import { changedFiles, type OutputFile, WriteError, writeFiles } from "./output/write.js";

/** How to tell who could not write. */
export interface WriteOptions {
  /** None of the files may leave it, not by a link in it either. */
  readonly folder?: string;
  /** Name of the API they are of. */
  readonly api?: string;
  /** The way out. */
  readonly help?: string;
  readonly signal?: AbortSignal;
}

/**
 * Writes those files that changed, all or none.
 *
 * @returns how many that were
 * @throws {InputError} with code OUTPUT_UNWRITABLE, or the reason of `signal`
 */
export async function writeOutput(files: readonly OutputFile[], options: WriteOptions = {}): Promise<number> {
  const changed = await changedFiles(files);
  await writeAll(changed, options);
  return changed.length;
}

/**
 * Writes files, all or none.
 *
 * @throws {InputError} with code OUTPUT_UNWRITABLE, or the reason of `signal`
 */
export async function writeAll(
  files: readonly OutputFile[],
  { folder, signal, ...at }: WriteOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  await writeFiles(files, folder).catch((error: unknown) => {
    if (!(error instanceof WriteError)) throw error;
    throw new InputError([diagnostic("OUTPUT_UNWRITABLE", error.path, reasonOf(error.cause), at)]);
  });
}
