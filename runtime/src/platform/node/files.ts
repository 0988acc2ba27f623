/** Reads credential files with limits, so that no file can block a program or fill its memory. */
import type { promises } from "node:fs";
import { codeOf, shownName } from "../../redact.js";

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
  return decode(bytes);
}

/** Decodes UTF-8, and the UTF-16 that redirections of PowerShell write, which a byte order mark or `{` shows. */
function decode(bytes: Buffer): string {
  const start = bytes.toString("hex", 0, 2);
  if (start === "fffe" || start === "7b00") return bytes.toString("utf16le");
  if (start !== "feff" && start !== "007b") return bytes.toString();
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString("utf16le");
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

/** Returns whether the path may exist: also if it cannot be accessed, or is a symbolic link to a missing file. */
export async function mayExist(path: string): Promise<boolean> {
  try {
    await process.getBuiltinModule("node:fs").promises.lstat(path);
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

/** Returns why a key file cannot be read, for messages. `undefined` if the code says it all. */
export function unreadableReason(path: string, code: string | undefined): string | undefined {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return whyMissing(path);
    case "EACCES":
    case "EPERM":
      return "the current user may not read the key file";
    case "EISDIR":
      return `it is ${describeFolder(path)}`;
    case "ELOOP":
      return "its symbolic links form a loop";
    case "ENAMETOOLONG":
      return "the path is too long";
    case "ERR_INVALID_ARG_VALUE":
      return "the path contains a zero byte";
    default:
      return undefined;
  }
}

function whyMissing(path: string): string {
  const { lstatSync, readlinkSync } = process.getBuiltinModule("node:fs");
  try {
    if (lstatSync(path).isSymbolicLink())
      return `it is a symbolic link to ${shownName(readlinkSync(path))}, which does not exist`;
  } catch {
    // The path itself does not exist.
  }
  const missing = "the key file does not exist";
  if (/^(["'`]).*\1$/.test(path)) return `${missing}. The path has quotation marks around it: remove them`;
  if (path.trim() !== path) return `${missing}. The path begins or ends with white space: remove it`;
  if (/^[a-z][a-z+.-]+:\/\//i.test(path)) return `${missing}. Pass the path of a file, not a URL`;
  if (path.startsWith("~")) return `${missing}. Only shells replace ~: write the complete path`;
  if (/\$\{?\w|%\w+%/.test(path)) return `${missing}. Only shells replace variables in a path: write the complete path`;
  const { isAbsolute } = process.getBuiltinModule("node:path");
  return isAbsolute(path) ? missing : `${missing}. The path is relative to ${shownName(process.cwd())}`;
}

function describeFolder(path: string): string {
  let names: readonly string[];
  try {
    names = process.getBuiltinModule("node:fs").readdirSync(path);
  } catch {
    return "a folder, not a key file";
  }
  if (names.length === 0)
    return "an empty folder, not a key file. Docker creates one if the file of a volume does not exist on the host";
  const [file, ...others] = names.filter((name) => /\.json$/i.test(name));
  if (file === undefined || others.length > 0) return "a folder, not a key file. Add the name of the file to the path";
  return `a folder, not a key file. It contains one JSON file: add ${shownName(file)} to the path`;
}
