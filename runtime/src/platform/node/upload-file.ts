/** Reads files to upload. Loaded with the first upload of a file. */
import { type Stats, constants, createReadStream, open as openDescriptor } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { InvalidRequestError, UploadError } from "../../errors.js";
import { codeOf } from "../../redact.js";
import { unreadable } from "../unreadable.js";

/** The size of a read in bytes. */
const chunkSize: number = 256 * 1024;

/**
 * Opening a FIFO blocks until it has a writer, in one of the few threads for Node's file and DNS functions. O_NONBLOCK
 * moves the wait to the first read. Only on Linux: other systems then report the end of a FIFO without a writer.
 */
const flags: number = constants.O_RDONLY | (process.platform === "linux" ? constants.O_NONBLOCK : 0);

/** A file that can be read at any offset. */
export interface OpenFile {
  /** The size in bytes when the file was opened. */
  readonly size: number;
  /**
   * Reads `length` bytes from `offset`, or fewer at the end. Reads into `memory`, by default into a new array.
   *
   * @throws UploadError if the file was changed since it was opened
   */
  read(offset: number, length: number, memory?: () => Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a file. Returns a stream if its size is unknown and it can be read only once, such as a pipe or device. */
export async function openFile(subject: string, parameter: string, path: string): Promise<OpenFile | Readable> {
  let file: FileHandle | undefined;
  try {
    // `open` below reports errors.
    const found = await stat(path).catch(() => undefined);
    if (found?.isFIFO() === true) return await pipe(path);
    file = await open(path, flags);
    const stats = await file.stat();
    if (stats.isDirectory()) throw new InvalidRequestError(subject, [{ parameter, message: "is a folder" }]);
    // Files in /proc have content but the size 0.
    if (stats.isFile() && (stats.size > 0 || (await isEmpty(file))))
      return regularFile(subject, parameter, path, file, stats);
    if (stats.isFile()) return file.createReadStream({ start: 0 });
    await file.close();
    return createReadStream(path);
  } catch (error) {
    await file?.close();
    throw unreadable(subject, parameter, error);
  }
}

/**
 * Opens a pipe as a socket, which waits in the event loop: a thread that blocks in `read` would prevent the process's
 * exit. Opened only once: Linux reports the end only to readers that opened the pipe before its writer closed it.
 */
async function pipe(path: string): Promise<Readable> {
  const fd = await promisify(openDescriptor)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

async function isEmpty(file: FileHandle): Promise<boolean> {
  return (await file.read(new Uint8Array(1), 0, 1, 0)).bytesRead === 0;
}

function regularFile(subject: string, parameter: string, path: string, file: FileHandle, opened: Stats): OpenFile {
  const { size } = opened;
  return {
    size,
    read: async (offset, length, memory) => {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const target = memory?.() ?? new Uint8Array(wanted);
      let change: string | undefined;
      let filled = 0;
      try {
        while (filled < wanted) {
          const { bytesRead } = await file.read(target, filled, wanted - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        // Checked before the last bytes are sent, because the server accepts the content as complete with them.
        if (filled < wanted || offset + filled >= size) change = await changeOf(path, file, opened);
      } catch (error) {
        throw unreadable(subject, parameter, error);
      }
      if (change === undefined && filled === wanted) return target.subarray(0, wanted);
      const problem = change ?? `ended after ${String(offset + filled)} of ${String(size)} bytes`;
      throw new UploadError(
        "UPLOAD_CONTENT_MISMATCH",
        `${subject}: ${parameter} ${problem}. Start the upload again when the file no longer changes`,
      );
    },
    close: () => file.close(),
  };
}

/** Describes how the file was changed since it was opened, as the end of a sentence. */
async function changeOf(path: string, file: FileHandle, opened: Stats): Promise<string | undefined> {
  const [now, there] = await Promise.all([file.stat(), statOf(path)]);
  const sizes = `${String(now.size)} instead of ${String(opened.size)} bytes`;
  if (now.size < opened.size) return `became shorter during the upload: ${sizes}`;
  if (now.size > opened.size) return `became longer during the upload: ${sizes}`;
  if (now.mtimeMs !== opened.mtimeMs) return "was changed during the upload";
  if (there === undefined) return "was deleted during the upload";
  return there.ino === opened.ino && there.dev === opened.dev ? undefined : "was replaced during the upload";
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Chunks of a file. */
export interface FileReader {
  next(): Promise<IteratorResult<Uint8Array, undefined>>;
  return(): Promise<IteratorReturnResult<undefined>>;
}

/**
 * Reads a file in chunks, for one request.
 *
 * @param isRepeated Another request has read the file before. A pipe or device cannot be read again.
 * @param chunksOf Reads a pipe or device.
 */
export async function readFile(
  subject: string,
  parameter: string,
  path: string,
  isRepeated: boolean,
  chunksOf: (stream: Readable) => FileReader & { open(): void },
): Promise<FileReader> {
  const file = await openFile(subject, parameter, path);
  if (!("size" in file)) {
    const chunks = chunksOf(file);
    chunks.open();
    if (!isRepeated) return chunks;
    await chunks.return();
    throw new InvalidRequestError(subject, [{ parameter, message: "is a pipe or device, which cannot be read again" }]);
  }
  let offset = 0;
  const end = { done: true, value: undefined } as const;
  const close = async (): Promise<typeof end> => {
    await file.close();
    return end;
  };
  return {
    next: async () => {
      const value = await file.read(offset, chunkSize);
      offset += value.length;
      return value.length > 0 ? { done: false, value } : close();
    },
    return: close,
  };
}
