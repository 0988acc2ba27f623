/** Saves a download to a file. The next chunks arrive while the previous ones are written, without a stream between. */
import { AbortError, DiscogenError, type InvalidRequestError, invalidRequest } from "../../errors.js";
import { type FileWriter, isDiskFull, openFile } from "../../platform/file-writer.js";
import { type Limits, within } from "../../policy/wait.js";
import { fileProblem, printable } from "../../redact.js";

/** The size of a write in bytes. A few large writes take less CPU time. */
const batchSize: number = 1024 * 1024;

/** @param limits End the wait for a file that accepts no bytes, such as a pipe without a reader. */
export async function saveBody(chunks: AsyncIterator<Uint8Array>, path: string, limits: Limits): Promise<void> {
  const stop = new AbortController();
  const bounded = <T>(work: Promise<T>): Promise<T> => within(work.catch(rethrow), limits);
  let opening: Promise<FileWriter> | undefined;
  try {
    if (typeof path !== "string" || path === "") throw unwritable("must be a file name");
    opening = openFile(path, { signal: stop.signal });
    const file = await bounded(opening);
    await writeAll(chunks, (batch) => bounded(file.write(batch)));
    await bounded(file.end());
    await bounded(file.commit());
  } catch (error) {
    stop.abort();
    await chunks.return?.();
    await opening?.then((file) => file.discard()).catch(() => undefined);
    throw error;
  }
}

async function writeAll(
  chunks: AsyncIterator<Uint8Array>,
  write: (batch: readonly Uint8Array[]) => Promise<void>,
): Promise<void> {
  let batch: Uint8Array[] = [];
  let size = 0;
  let writing: Promise<void> | undefined;
  for (;;) {
    const { done, value } = await chunks.next();
    if (done !== true) {
      batch.push(value);
      size += value.length;
    }
    if (size >= batchSize || done === true) {
      await writing;
      writing = write(batch);
      // Awaited above or below. Until then, a rejection must not count as unhandled.
      writing.catch(() => undefined);
      batch = [];
      size = 0;
    }
    if (done === true) return writing;
  }
}

function rethrow(error: unknown): never {
  // Callers do not see this error: the limits throw theirs.
  if (error instanceof Error && error.name === "AbortError") throw new AbortError("saveTo: aborted", { cause: error });
  const problem = `cannot be written: ${reasonOf(error)}`;
  if (isDiskFull(error)) throw new DiscogenError("DISK_FULL", `saveTo: path ${problem}. Free some space.`);
  throw unwritable(problem);
}

/** Returns the reason of a file system error without its system call and path. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const [, code, text = ""] = /^([A-Z0-9]+): (.+?), [a-z]+(?: |$)/.exec(message) ?? [];
  if (code === undefined) return fileProblem(error);
  return `${code === "ENOENT" ? "its folder does not exist" : printable(text, 200)} (${code})`;
}

function unwritable(message: string): InvalidRequestError {
  return invalidRequest("saveTo", "path", message);
}
