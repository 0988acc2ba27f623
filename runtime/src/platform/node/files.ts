/** Reads credential files with limits, so that no file can block a program or fill its memory. */
import type { promises } from "node:fs";
import { codeOf } from "../../redact.js";

/** The maximum file size in bytes. */
const limit: number = 1024 * 1024;

/** The timeout for other than regular files, in milliseconds. A pipe may have no writer, or one that never ends. */
const pipeTimeout = 5000;

/** Milliseconds between two reads from an empty pipe. */
const pipePause = 20;

/**
 * Returns the text of a file of at most 1 MiB, or of a pipe that ends within 5 seconds.
 *
 * @param problem Creates the error from a message, for example `cannot be read (ENOENT)`, and the system's code.
 */
export async function readTextFile(path: string, problem: (message: string, code?: string) => Error): Promise<string> {
  const { constants, promises } = process.getBuiltinModule("node:fs");
  let bytes: Buffer | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe that has no writer blocks a thread forever. Windows does not have this flag.
    const file = await promises.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    bytes = await readBounded(file).finally(() => file.close());
  } catch (error) {
    const code = codeOf(error);
    throw problem(`cannot be read (${code ?? "unknown error"})`, code);
  }
  if (bytes === undefined) throw problem(`is a pipe or device that did not end within ${String(pipeTimeout)} ms`);
  if (bytes.length > limit) throw problem("is longer than 1 MiB");
  return bytes.toString();
}

/** Returns the bytes, at most one more than the limit, or `undefined` on timeout. */
async function readBounded(file: promises.FileHandle): Promise<Buffer | undefined> {
  const isFile = (await file.stat()).isFile();
  const deadline = performance.now() + (isFile ? Infinity : pipeTimeout);
  const buffer = Buffer.allocUnsafe(limit + 1);
  for (let size = 0; ;) {
    const count = await readSome(file, buffer, size);
    size += count ?? 0;
    // A pipe that no writer has opened yet looks as if it had ended.
    const isEnd = count === 0 && (size > 0 || !(await file.stat()).isFIFO());
    if (isEnd || size > limit) return buffer.subarray(0, size);
    if (performance.now() > deadline) return undefined;
    if ((count ?? 0) === 0) await new Promise((resolve) => void setTimeout(resolve, pipePause));
  }
}

/** Returns the number of bytes read, or `undefined` if none are available yet. */
async function readSome(file: promises.FileHandle, buffer: Buffer, size: number): Promise<number | undefined> {
  try {
    return (await file.read(buffer, size, buffer.length - size, null)).bytesRead;
  } catch (error) {
    if (codeOf(error) === "EAGAIN") return undefined;
    throw error;
  }
}

/** Returns whether the path exists. */
export function exists(path: string): boolean {
  return process.getBuiltinModule("node:fs").existsSync(path);
}

/** Returns whether the path may exist: also if it cannot be accessed. */
export async function mayExist(path: string): Promise<boolean> {
  try {
    await process.getBuiltinModule("node:fs").promises.access(path);
    return true;
  } catch (error) {
    return !["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "");
  }
}

/** Returns the mode of a file. `undefined` if the file does not exist, or the system has no permission bits. */
export async function modeOf(path: string): Promise<number | undefined> {
  if (process.platform === "win32") return undefined;
  const stats = await process
    .getBuiltinModule("node:fs")
    .promises.stat(path)
    .catch(() => undefined);
  return stats?.mode;
}
