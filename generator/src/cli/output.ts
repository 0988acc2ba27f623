/** Files of a command → disk, with what keeps them from it as a diagnostic. */
import { diagnostic, InputError } from "../diagnostics.js";
import { changedFiles, type OutputFile, writeFiles } from "../output/write.js";

/**
 * Writes those that changed.
 *
 * @returns how many that were
 * @throws {InputError} with code OUTPUT_UNWRITABLE
 */
export async function writeOutput(place: string, files: readonly OutputFile[], signal: AbortSignal): Promise<number> {
  const changed = await changedFiles(files);
  signal.throwIfAborted();
  await writeFiles(changed).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    throw new InputError([diagnostic("OUTPUT_UNWRITABLE", place, message)]);
  });
  return changed.length;
}
