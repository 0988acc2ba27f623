/** A download to a file, without a stream in between: the next pieces come while those before are written. */
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { InvalidRequestError } from "../errors.js";
import { fileProblem } from "../redact.js";

/** Bytes that are written at a time: fewer, larger writes leave the processor to the network. */
const batchSize: number = 1024 * 1024;

export async function saveBody(pieces: AsyncIterator<Uint8Array>, path: string): Promise<void> {
  const beside = `${path}.${crypto.randomUUID()}.part`;
  let file: FileHandle | undefined;
  try {
    if (typeof path !== "string" || path === "") throw unwritable("must be a file name");
    file = await orUnwritable(open(beside, "wx"));
    await writeAll(pieces, file);
    await orUnwritable(file.close());
    await orUnwritable(rename(beside, path));
  } catch (error) {
    await pieces.return?.();
    await file?.close().catch(() => undefined);
    if (file !== undefined) await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeAll(pieces: AsyncIterator<Uint8Array>, file: FileHandle): Promise<void> {
  let batch: Uint8Array[] = [];
  let size = 0;
  let writing: Promise<void> | undefined;
  for (;;) {
    const { done, value } = await pieces.next();
    if (done !== true) {
      batch.push(value);
      size += value.length;
    }
    if (size >= batchSize || done === true) {
      await writing;
      writing = orUnwritable(write(file, batch, size));
      // It is awaited above or below; until then its failure is no unhandled one.
      writing.catch(() => undefined);
      batch = [];
      size = 0;
    }
    if (done === true) return writing;
  }
}

async function write(file: FileHandle, batch: readonly Uint8Array[], size: number): Promise<void> {
  if (size === 0) return;
  const { bytesWritten } = await file.writev(batch);
  if (bytesWritten === size) return;
  // A nearly full disk takes less; what it does with the rest is an error or the rest.
  await file.writeFile(Buffer.concat(batch).subarray(bytesWritten));
}

async function orUnwritable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw unwritable(`cannot be written: ${fileProblem(error)}`);
  }
}

function unwritable(message: string): InvalidRequestError {
  return new InvalidRequestError("saveTo", [{ parameter: "path", message }]);
}
