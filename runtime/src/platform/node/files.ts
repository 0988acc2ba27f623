/** Reads files of credentials, so that none of them can hold up a program or fill its memory. */
import type { promises } from "node:fs";
import { codeOf } from "../../redact.js";

/** The longest file that is read, in bytes. */
const limit: number = 1024 * 1024;

/** Milliseconds for what is no regular file: a pipe may have no writer, or one that never ends. */
const pipeTimeout = 5000;

/** Milliseconds between two looks into an empty pipe. */
const pipePause = 20;

/**
 * The text of a file of at most 1 MiB, or of a pipe that ends within 5 seconds.
 *
 * @param problem Makes the error from what is wrong, for instance `cannot be read (ENOENT)`, and the system's code.
 */
export async function readTextFile(path: string, problem: (message: string, code?: string) => Error): Promise<string> {
  const { constants, promises } = process.getBuiltinModule("node:fs");
  let bytes: Buffer | undefined;
  try {
    // Without O_NONBLOCK, which Windows lacks, opening a pipe without a writer blocks a thread for ever.
    const file = await promises.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    bytes = await readBounded(file).finally(() => file.close());
  } catch (error) {
    const code = codeOf(error);
    throw problem(`cannot be read (${code ?? "no reason given"})`, code);
  }
  if (bytes === undefined) throw problem(`is a pipe or device that did not end within ${String(pipeTimeout)} ms`);
  if (bytes.length > limit) throw problem("is longer than 1 MiB");
  return bytes.toString();
}

/** The bytes up to one more than the limit; `undefined` where they do not end in time. */
async function readBounded(file: promises.FileHandle): Promise<Buffer | undefined> {
  const isFile = (await file.stat()).isFile();
  const deadline = performance.now() + (isFile ? Number.POSITIVE_INFINITY : pipeTimeout);
  const buffer = Buffer.allocUnsafe(limit + 1);
  for (let size = 0; ;) {
    const count = await readSome(file, buffer, size);
    size += count ?? 0;
    // A pipe that nobody has opened for writing yet looks as if it had ended.
    const isOver = count === 0 && (size > 0 || !(await file.stat()).isFIFO());
    if (isOver || size > limit) return buffer.subarray(0, size);
    if (performance.now() > deadline) return undefined;
    if ((count ?? 0) === 0) await new Promise((resolve) => void setTimeout(resolve, pipePause));
  }
}

/** How many bytes were read; `undefined`: none are there yet. */
async function readSome(file: promises.FileHandle, buffer: Buffer, size: number): Promise<number | undefined> {
  try {
    return (await file.read(buffer, size, buffer.length - size, null)).bytesRead;
  } catch (error) {
    if (codeOf(error) === "EAGAIN") return undefined;
    throw error;
  }
}

/** Whether there is something at this path. */
export function exists(path: string): boolean {
  return process.getBuiltinModule("node:fs").existsSync(path);
}

/** Whether there may be something at this path: what cannot be looked at may be there. */
export async function mayExist(path: string): Promise<boolean> {
  try {
    await process.getBuiltinModule("node:fs").promises.access(path);
    return true;
  } catch (error) {
    return !["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "");
  }
}

/** Permission bits of a file. `undefined` where the file or the permissions do not exist. */
export async function modeOf(path: string): Promise<number | undefined> {
  if (process.platform === "win32") return undefined;
  const stats = await process
    .getBuiltinModule("node:fs")
    .promises.stat(path)
    .catch(() => undefined);
  return stats?.mode;
}
