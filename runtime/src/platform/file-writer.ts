/**
 * Writes files in place of others, for this package and for `@discogen/generator`.
 *
 * A regular file is written beside its place and renamed when it is complete. Symbolic links are followed. Pipes,
 * sockets, devices and open descriptors such as `/dev/stdout` are written to, never replaced.
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

/** How to open a file. */
export interface FileOptions {
  /** Ends the wait for the reader of a pipe. Opening and writing then reject with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /** Permission bits, whatever the umask. Default: those of the file that is replaced, or 0o666 less the umask. */
  readonly mode?: number | undefined;
}

/** A file that is being written. Call `end` and then `commit`, or `discard`. */
export interface FileWriter {
  /** Appends chunks. */
  write(chunks: readonly Uint8Array[]): Promise<void>;
  /** Closes the file. It has its mode and owner then, and waits beside its place. */
  end(): Promise<void>;
  /** Moves a regular file to its place. */
  commit(): Promise<void>;
  /** Closes the file and deletes what is beside its place. Never rejects. */
  discard(): Promise<void>;
}

/** Opens a file for writing. Rejects with an error of the file system, or with an `AbortError`. */
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

/** Longest chain of links, as on Linux. */
const maxLinks: number = 40;

/** Where a path leads, which need not exist: the last link is followed, those of its folders are the system's. */
export async function followLinks(path: string): Promise<string> {
  let target = path;
  for (let links = 0; links < maxLinks; links++) {
    const link = descriptorOf(target) === undefined ? await readlink(target).catch(() => undefined) : undefined;
    if (link === undefined) return target;
    // Not normalized: `..` after a link is the parent of where the link leads.
    target = isAbsolute(link) ? link : `${dirname(target)}/${link}`;
  }
  throw Object.assign(new Error("ELOOP: too many symbolic links encountered, open"), { code: "ELOOP" });
}

/** The number of the open descriptor that a path names. It looks like a link, but what it says is no path. */
function descriptorOf(path: string): number | undefined {
  const [, number] = /^\/(?:dev|proc\/(?:self|thread-self|\d+))\/fd\/(\d+)$/.exec(path) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Writes beside the place; `found` is the file that is replaced. */
async function replacing(
  target: string,
  found: Stats | undefined,
  mode = found && found.mode & 0o7777,
): Promise<FileWriter> {
  const folder = dirname(target);
  await removeLeftovers(folder);
  // A short name: that of the file may be as long as the file system allows.
  const beside = join(folder, `.discogen-${await processSpace()}-${process.pid}-${randomBytes(6).toString("hex")}.tmp`);
  // Nobody may read what the file that is replaced keeps private.
  const file = await open(beside, "wx", mode === undefined ? 0o666 : 0o600);
  return {
    write: (chunks) => writeChunks(file, chunks),
    end: async () => {
      if (found !== undefined) await keepOwner(file, found);
      // Some file systems have no modes.
      if (mode !== undefined) await file.chmod(mode).catch(() => undefined);
      await file.close();
    },
    commit: () => rename(beside, target),
    discard: async () => {
      await file.close().catch(() => undefined);
      await rm(beside, { force: true }).catch(() => undefined);
    },
  };
}

async function keepOwner(file: FileHandle, { gid, uid }: Stats): Promise<void> {
  const made = await file.stat();
  if (made.uid === uid && made.gid === gid) return;
  // Only root may change the owner; others may change the group to another one of theirs.
  await file.chown(uid, gid).catch(() => file.chown(-1, gid).catch(() => undefined));
}

async function writeChunks(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  if (size === 0) return;
  const { bytesWritten } = await file.writev(chunks);
  if (bytesWritten === size) return;
  // A nearly full disk takes less; the rest is written or is an error.
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
    // Not awaited: a device that is stuck closes only when its write is over.
    discard: async () => void file.close().catch(() => undefined),
  };
}

/** Standard output or error, where that is what was found: only the stream keeps writes to it in order. */
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

/** Milliseconds between two looks for the reader of a pipe. */
const pollInterval: number = 50;

/** A pipe or a socket as a stream: a thread that waits in `open` or `write` would keep the process from its end. */
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
      // Nobody reads yet.
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

/** Names of temporary files: the {@link processSpace}, the process, and something random. */
const temporaryName: RegExp = /^\.discogen-([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{12}\.tmp$/;

/** Milliseconds after which a file that no process of this machine writes is abandoned: nothing was written to it. */
const abandonedAfter: number = 24 * 60 * 60 * 1000;

const cleaned: Set<string> = new Set();

/** Deletes the temporary files of processes that were killed. Looks into a folder once in the life of a process. */
export async function removeLeftovers(folder: string): Promise<void> {
  const key = resolve(folder);
  if (cleaned.has(key)) return;
  // A program that writes into ever new folders must not remember them all.
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

/** Names the machine and the container: process ids of others say nothing here, on a disk that they share. */
function processSpace(): Promise<string> {
  const namespace = readlink("/proc/self/ns/pid").catch(() => "");
  return (space ??= namespace.then((name) =>
    createHash("sha256").update(`${hostName()}\n${name}`).digest("hex").slice(0, 8),
  ));
}

/** Empty where Deno was not allowed to read it. */
function hostName(): string {
  try {
    return hostname();
  } catch {
    return "";
  }
}

/** Whether the disk, or the user's share of it, is full. */
export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOSPC" || code === "EDQUOT";
}
