/** Files to send. Loaded with the first one. */
import { type Stats, constants, createReadStream, open as openDescriptor } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { InvalidRequestError, UploadError } from "../../errors.js";
import { codeOf } from "../../redact.js";
import { unreadable } from "../unreadable.js";

/**
 * Opening a FIFO waits for its writer, in one of the few threads that Node opens files and looks up hosts with; this
 * flag moves the wait to the first read. Other systems than Linux report the end of a FIFO that has no writer yet.
 */
const flags: number = constants.O_RDONLY | (process.platform === "linux" ? constants.O_NONBLOCK : 0);

/** A file that can be read at any offset. */
export interface OpenFile {
  /** In bytes, when it was opened. */
  readonly size: number;
  /**
   * `length` bytes from `offset` on; fewer only at the end. They are read into `memory`, by default new.
   *
   * @throws UploadError where the file is no longer what was opened
   */
  read(offset: number, length: number, memory?: () => Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a file: a stream where its size is not known and its bytes can be read only once, as of pipes and devices. */
export async function openFile(subject: string, parameter: string, path: string): Promise<OpenFile | Readable> {
  let file: FileHandle | undefined;
  try {
    // A path that cannot be read fails below.
    const found = await stat(path).catch(() => undefined);
    if (found?.isFIFO() === true) return await pipe(path);
    file = await open(path, flags);
    const stats = await file.stat();
    if (stats.isDirectory()) throw new InvalidRequestError(subject, [{ parameter, message: "is a folder" }]);
    // Files of /proc have content, but no size.
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
 * A thread that waits in `read` for a pipe would keep the program from ending, so the event loop waits. Opened once: Linux
 * reports the end of a pipe only to those that opened it before its writer closed it.
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
        // Before the last bytes are sent, since the server takes the content as complete with them.
        if (filled < wanted || offset + filled >= size) change = await changeOf(path, file, opened);
      } catch (error) {
        throw unreadable(subject, parameter, error);
      }
      if (change === undefined && filled === wanted) return target.subarray(0, wanted);
      const problem = change ?? `ended after ${String(offset + filled)} of ${String(size)} bytes`;
      throw new UploadError(
        "UPLOAD_CONTENT_MISMATCH",
        `${subject}: ${parameter} ${problem}. Send it again when nothing changes it`,
      );
    },
    close: () => file.close(),
  };
}

/** How the file differs from what was opened, as the end of a sentence. */
async function changeOf(path: string, file: FileHandle, opened: Stats): Promise<string | undefined> {
  const [now, there] = await Promise.all([file.stat(), statOf(path)]);
  const sizes = `${String(now.size)} instead of ${String(opened.size)} bytes`;
  if (now.size < opened.size) return `became shorter while it was sent: ${sizes}`;
  if (now.size > opened.size) return `became longer while it was sent: ${sizes}`;
  if (now.mtimeMs !== opened.mtimeMs) return "was changed while it was sent";
  if (there === undefined) return "was deleted while it was sent";
  return there.ino === opened.ino && there.dev === opened.dev ? undefined : "was replaced while it was sent";
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
