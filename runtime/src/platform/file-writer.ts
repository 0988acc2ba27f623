/**
 * Writes and replaces files, for this package and for `@discogen/generator`.
 *
 * A regular file is written to a temporary file in the same folder, which is renamed when complete. Symbolic links are
 * followed. Pipes, sockets, devices and open descriptors such as `/dev/stdout` are written to, never replaced.
 */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { constants, fstatSync, openSync, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, readlink, rename, rm, stat } from "node:fs/promises";
import type { Socket } from "node:net";
import { hostname } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { addAbortSignal, type Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { AbortSignal } from "../platform-types.js";
import { codeOf } from "../redact.js";

/** Options of {@link openFile}. */
export interface FileOptions {
  /** Stops waiting for the reader of a pipe. Opening and writing then reject with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /** Permission bits. The umask does not apply. Default: those of the replaced file, or 0o666 minus the umask. */
  readonly mode?: number | undefined;
}

/** Writes one file. Call `end` and then `commit`, or `discard`. */
export interface FileWriter {
  /** Appends chunks. */
  write(chunks: readonly Uint8Array[]): Promise<void>;
  /** Sets mode and owner and closes the temporary file. */
  end(): Promise<void>;
  /** Renames the temporary file of a regular file to its path. */
  commit(): Promise<void>;
  /** Closes and deletes the temporary file. Never rejects. */
  discard(): Promise<void>;
}

/** Opens a file for writing. Rejects with a file system error or an `AbortError`. */
export async function openFile(path: string, { signal, mode }: FileOptions = {}): Promise<FileWriter> {
  const target = await followLinks(path);
  const found = await stat(target).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (found?.isDirectory() === true || /[/\\]$/.test(target)) throw new Error("it is a folder");
  if (
    found === undefined ||
    (found.isFile() && descriptorOf(target) === undefined && standardStream(found) === undefined)
  )
    return replacing(target, found, mode);
  return inPlace(target, found, signal);
}

/** The maximum number of symbolic links in a row, as on Linux. */
const maxLinks: number = 40;

/** Follows symbolic links at the end of a path. The target need not exist. The system follows those of folders. */
export async function followLinks(path: string): Promise<string> {
  let target = path;
  for (let links = 0; links < maxLinks; links++) {
    const link = descriptorOf(target) === undefined ? await readlink(target).catch(() => undefined) : undefined;
    if (link === undefined) return target;
    // Not normalized: `..` after a link is the parent of the link's target.
    target = isAbsolute(link) ? link : `${dirname(target)}/${link}`;
  }
  throw Object.assign(new Error("ELOOP: too many symbolic links encountered, open"), { code: "ELOOP" });
}

/** Returns the number of the open descriptor that a path names. It looks like a link, but its target is not a path. */
function descriptorOf(path: string): number | undefined {
  const [, number] = /^\/(?:dev|proc\/(?:self|thread-self|\d+))\/fd\/(\d+)$/.exec(path) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Writes to a temporary file in the same folder. `found`: the file to replace. */
async function replacing(
  target: string,
  found: Stats | undefined,
  mode = found && found.mode & 0o7777,
): Promise<FileWriter> {
  const folder = dirname(target);
  await removeLeftovers(folder);
  // The name does not contain that of the file, which may have the maximum length already.
  const name = `.discogen-${await processSpace()}-${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  const temporary = join(folder, name);
  // Until it has the mode of the replaced file, other users must not be able to read the new one.
  const file = await open(temporary, "wx", mode === undefined ? 0o666 : 0o600);
  return {
    write: (chunks) => writeChunks(file, chunks),
    end: async () => {
      if (found !== undefined) await keepOwner(file, found);
      // Some file systems have no modes.
      if (mode !== undefined) await file.chmod(mode).catch(() => undefined);
      await file.close();
    },
    commit: () => rename(temporary, target),
    discard: async () => {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true }).catch(() => undefined);
    },
  };
}

async function keepOwner(file: FileHandle, { gid, uid }: Stats): Promise<void> {
  const made = await file.stat();
  if (made.uid === uid && made.gid === gid) return;
  // Only root can change the owner. Other users can set the group to one of their groups.
  await file.chown(uid, gid).catch(() => file.chown(-1, gid).catch(() => undefined));
}

async function writeChunks(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  if (size === 0) return;
  const { bytesWritten } = await file.writev(chunks);
  if (bytesWritten === size) return;
  // A nearly full disk may accept a part only. Write the rest, or fail.
  await file.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
}

async function inPlace(target: string, found: Stats, signal: AbortSignal | undefined): Promise<FileWriter> {
  const standard = standardStream(found);
  if (standard !== undefined) return streaming(standard, false);
  const socket = await openSocket(target, found, signal);
  if (socket !== undefined) {
    if (signal !== undefined) addAbortSignal(signal, socket);
    return streaming(socket, true);
  }
  const file = await open(target, constants.O_WRONLY | constants.O_APPEND);
  return {
    write: (chunks) => writeChunks(file, chunks),
    end: () => file.close(),
    commit: async () => undefined,
    // Not awaited: a blocked device closes only after its write.
    discard: async () => void file.close().catch(() => undefined),
  };
}

/** Returns standard output or error if `found` is one of them. Writes must use the stream, which keeps their order. */
function standardStream(found: Stats): Writable | undefined {
  if (isOpenAs(1, found)) return process.stdout;
  return isOpenAs(2, found) ? process.stderr : undefined;
}

function isOpenAs(fd: number, { dev, ino }: Stats): boolean {
  try {
    const open = fstatSync(fd);
    return open.dev === dev && open.ino === ino;
  } catch {
    // It is closed.
    return false;
  }
}

/** Milliseconds between two attempts to open a pipe that has no reader. */
const pollInterval: number = 50;

/** Opens a pipe or a socket as a stream. A thread that blocks in `open` or `write` would prevent the process's exit. */
async function openSocket(path: string, found: Stats, signal: AbortSignal | undefined): Promise<Socket | undefined> {
  if (!found.isFIFO() && !found.isSocket()) return undefined;
  const { connect, Socket } = await import("node:net");
  const streamOf = (fd: number): Socket => new Socket({ fd, readable: false, writable: true });
  if (found.isSocket()) {
    const fd = descriptorOf(path);
    if (fd !== undefined) return streamOf(fd);
    const socket = connect(path);
    await once(socket, "connect", { signal });
    return socket;
  }
  for (;;) {
    try {
      return streamOf(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch (error) {
      // The pipe has no reader yet.
      if (codeOf(error) !== "ENXIO") throw error;
    }
    await pause(pollInterval, undefined, { signal });
  }
}

function streaming(stream: Writable, isOwn: boolean): FileWriter {
  const ignore = (): void => undefined;
  // Each write reports its own error.
  stream.on("error", ignore);
  const settled = (work: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      work((error) => {
        const failure = error ?? stream.errored;
        if (failure === null) resolve();
        else reject(failure);
      });
    });
  const close = async (): Promise<void> => {
    if (isOwn) stream.destroy();
    else setImmediate(() => stream.off("error", ignore));
  };
  return {
    write: (chunks) => settled((done) => stream.write(Buffer.concat(chunks), done)),
    end: async () => {
      if (isOwn) await settled((done) => stream.end(done));
      await close();
    },
    commit: async () => undefined,
    discard: close,
  };
}

/** Names of temporary files: the {@link processSpace}, the process id and a random part. */
const temporaryName: RegExp = /^\.discogen-([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{12}\.tmp$/;

/** Milliseconds without a write after which a temporary file is abandoned, even if its process cannot be checked. */
const abandonedAfter: number = 24 * 60 * 60 * 1000;

const cleaned: Set<string> = new Set();

/** Deletes the temporary files of killed processes. Checks each folder once per process. */
export async function removeLeftovers(folder: string): Promise<void> {
  const key = resolve(folder);
  if (cleaned.has(key)) return;
  // Limits the memory of a program that writes into many folders.
  if (cleaned.size >= 1000) cleaned.clear();
  cleaned.add(key);
  const names = (await readdir(folder).catch(() => [])).filter((name) => temporaryName.test(name));
  for (const name of names) {
    const path = join(folder, name);
    if (await isAbandoned(path, name)) await rm(path, { force: true }).catch(() => undefined);
  }
}

async function isAbandoned(path: string, name: string): Promise<boolean> {
  const [, space, pid] = temporaryName.exec(name) ?? [];
  const written = (await lstat(path).catch(() => undefined))?.mtimeMs;
  if (written === undefined) return false;
  if (Date.now() - written > abandonedAfter) return true;
  if (space !== (await processSpace())) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}

let space: Promise<string> | undefined;

/** Identifies machine and container. Process ids of others, on a shared disk, mean nothing here. */
function processSpace(): Promise<string> {
  const namespace = readlink("/proc/self/ns/pid").catch(() => "");
  return (space ??= namespace.then((name) =>
    createHash("sha256").update(`${hostName()}\n${name}`).digest("hex").slice(0, 8),
  ));
}

/** Returns the host name. Empty if Deno has no permission to read it. */
function hostName(): string {
  try {
    return hostname();
  } catch {
    return "";
  }
}

/** Returns whether an error means that the disk or the user's quota is full. */
export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOSPC" || code === "EDQUOT";
}
