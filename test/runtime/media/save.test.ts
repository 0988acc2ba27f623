/** `saveTo` with every type of file that can exist at a path. */
import { execFileSync, spawn } from "node:child_process";
import { constants, existsSync } from "node:fs";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { openFile } from "../../../runtime/src/platform/file-writer.js";
import type { CallOptions } from "../../../runtime/src/index.js";
import { temporaryFolder } from "../../support/folders.js";
import { clientOf, failureOf } from "../support/library.js";
import { pattern } from "../support/pattern.js";
import { serve } from "../support/server.js";

const content = pattern(0, 300_000);
const isRoot = process.getuid?.() === 0;

async function download(options: CallOptions = {}) {
  const { url } = await serve((_request, response) => void response.end(content));
  return clientOf(url, { retry: false }).books.exportMedia({ book: "b" }, options);
}

async function save(path: string, options?: CallOptions): Promise<void> {
  return (await download(options)).saveTo(path);
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o7777;

function fifo(path: string): string {
  execFileSync("mkfifo", [path]);
  return path;
}

describe.skipIf(process.platform !== "linux")("saveTo", () => {
  it.each<[string, (folder: string) => Promise<void>, readonly string[]]>([
    ["a link to a file", (folder) => symlink("real", join(folder, "a")), ["a", "real"]],
    ["a dangling link", (folder) => symlink("new", join(folder, "a")), ["a", "new", "real"]],
    ["an absolute link", (folder) => symlink(join(folder, "real"), join(folder, "a")), ["a", "real"]],
    [
      "a chain of links",
      async (folder) => {
        await symlink("b", join(folder, "a"));
        await symlink("real", join(folder, "b"));
      },
      ["a", "b", "real"],
    ],
  ])("follows %s and keeps it", async (_, link, files) => {
    const folder = await temporaryFolder();
    const path = join(folder, "a");
    await writeFile(join(folder, "real"), "older");
    await link(folder);
    const target = await readlink(path);
    await save(path);
    expect(await readlink(path)).toBe(target);
    expect(content.equals(await readFile(path))).toBe(true);
    expect(await readdir(folder)).toEqual(files);
  });

  it("resolves a relative link in a linked folder from the folder's real parent", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "x/y"), { recursive: true });
    await symlink("x/y", join(folder, "short"), "dir");
    await symlink("../target", join(folder, "x/y/a"));
    await save(join(folder, "short/a"));
    expect(content.equals(await readFile(join(folder, "x/target")))).toBe(true);
    expect((await readdir(folder)).toSorted()).toEqual(["short", "x"]);
  });

  it.each([0o600, 0o640, 0o444, 0o755, 0o666])("keeps the mode %o of the file it replaces", async (mode) => {
    const path = join(await temporaryFolder(), "a");
    await writeFile(path, "older");
    await chmod(path, mode);
    await save(path);
    expect(await modeOf(path)).toBe(mode);
  });

  it("does not let other users read private content in the meantime", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "a");
    await writeFile(path, "older");
    await chmod(path, 0o600);
    const file = await openFile(path);
    onTestFinished(() => file.discard());
    const beside = (await readdir(folder)).find((name) => name !== "a") ?? "";
    expect(await modeOf(join(folder, beside))).toBe(0o600);
  });

  it.skipIf(!isRoot)("keeps the owner of the file it replaces (skipped unless root)", async () => {
    const path = join(await temporaryFolder(), "a");
    await writeFile(path, "older");
    await chown(path, 12, 34);
    await chmod(path, 0o4750);
    await save(path);
    expect(await stat(path)).toMatchObject({ uid: 12, gid: 34, size: content.length });
    expect(await modeOf(path)).toBe(0o4750);
  });

  it.each([
    ["255 bytes", "x".repeat(255)],
    ["255 bytes of letters beyond ASCII", "ü".repeat(127) + "x"],
    ["emoji", "🦕".repeat(63)],
    ["spaces and quotes", " a 'b' \"c\"\n"],
    ["a dash", "-rf"],
  ])("writes a name of %s", async (_, name) => {
    const folder = await temporaryFolder();
    await save(join(folder, name));
    await save(join(folder, name));
    expect(await readdir(folder)).toEqual([name]);
    expect(content.equals(await readFile(join(folder, name)))).toBe(true);
  });

  it("writes to a pipe and keeps it", async () => {
    const path = fifo(join(await temporaryFolder(), "a"));
    const saving = save(path);
    const child = spawn("cat", [path], { stdio: ["ignore", "pipe", "ignore"] });
    expect(content.equals(await buffer(child.stdout))).toBe(true);
    await saving;
    expect((await lstat(path)).isFIFO()).toBe(true);
  });

  it("writes to a pipe behind a link", async () => {
    const folder = await temporaryFolder();
    fifo(join(folder, "pipe"));
    await symlink("pipe", join(folder, "a"));
    const child = spawn("cat", [join(folder, "pipe")], { stdio: ["ignore", "pipe", "ignore"] });
    const [read] = await Promise.all([buffer(child.stdout), save(join(folder, "a"))]);
    expect(content.equals(read)).toBe(true);
  });

  it("writes to a socket and keeps it", async () => {
    const path = join(await temporaryFolder(), "a");
    const received = new Promise<Buffer>((resolve) => {
      const server = createServer((socket) => void buffer(socket).then(resolve));
      server.listen(path);
      onTestFinished(() => void server.close());
    });
    await expect.poll(() => existsSync(path)).toBe(true);
    await save(path);
    expect(content.equals(await received)).toBe(true);
    expect((await lstat(path)).isSocket()).toBe(true);
  });

  it("writes to a device and keeps it", async () => {
    const path = await device("null", 3);
    const before = await lstat(path);
    await save(path);
    expect(await lstat(path)).toMatchObject({ ino: before.ino, mode: before.mode });
  });

  it("writes to standard error behind a link and keeps it", async () => {
    const path = join(await temporaryFolder(), "a");
    await symlink("/dev/fd/2", path);
    const { url } = await serve((_request, response) => void response.end());
    await (await clientOf(url).books.exportMedia({ book: "b" })).saveTo(path);
    expect(await readlink(path)).toBe("/dev/fd/2");
  });

  it("appends to an open descriptor", async () => {
    const path = join(await temporaryFolder(), "a");
    await writeFile(path, "before ");
    const file = await open(path, "a");
    onTestFinished(() => file.close());
    await save(`/dev/fd/${String(file.fd)}`);
    await file.write(" after");
    const expected = Buffer.concat([Buffer.from("before "), content, Buffer.from(" after")]);
    expect(expected.equals(await readFile(path))).toBe(true);
  });

  it("throws an error with a code for a full device", async () => {
    const path = await device("full", 7);
    expect(await failureOf(save(path))).toMatchObject({
      code: "DISK_FULL",
      message: "saveTo: path cannot be written: no space left on device (ENOSPC). Free some space.",
    });
    expect((await lstat(path)).isCharacterDevice()).toBe(true);
  });

  it("throws an error with a code for a full disk, and keeps the old file", async (context) => {
    const folder = await mounted("size=128k");
    if (folder === undefined) return context.skip("cannot mount a file system");
    const path = join(folder, "a");
    await writeFile(path, "older");
    expect(await failureOf(save(path))).toMatchObject({ code: "DISK_FULL" });
    expect(await readdir(folder)).toEqual(["a"]);
    expect(await readFile(path, "utf8")).toBe("older");
  });

  it("reports a read-only file system", async (context) => {
    const folder = await mounted("ro");
    if (folder === undefined) return context.skip("cannot mount a file system");
    expect(await failureOf(save(join(folder, "a")))).toMatchObject({
      code: "INVALID_REQUEST",
      message: "saveTo: path cannot be written: read-only file system (EROFS)",
    });
  });

  it.each<[string, (folder: string) => string, RegExp]>([
    ["a missing folder", (folder) => join(folder, "no", "a"), /its folder does not exist \(ENOENT\)$/],
    ["a file as a folder", (folder) => join(folder, "file", "a"), /not a directory \(ENOTDIR\)$/],
    ["a link to a folder", (folder) => join(folder, "to-folder"), /it is a folder$/],
    ["a name that ends with a slash", (folder) => `${join(folder, "new")}/`, /it is a folder$/],
    ["links in a circle", (folder) => join(folder, "loop"), /too many symbolic links \S+ \(ELOOP\)$/],
    ["a link to itself", (folder) => join(folder, "self"), /too many symbolic links \S+ \(ELOOP\)$/],
    ["a name of 256 bytes", (folder) => join(folder, "x".repeat(256)), /name too long \(ENAMETOOLONG\)$/],
    ["a link into a missing folder", (folder) => join(folder, "lost"), /its folder does not exist/],
  ])("rejects %s before it reads the body", async (_, path, message) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "taken"));
    await writeFile(join(folder, "file"), "x");
    await symlink("taken", join(folder, "to-folder"));
    await symlink("loop2", join(folder, "loop"));
    await symlink("loop", join(folder, "loop2"));
    await symlink("self", join(folder, "self"));
    await symlink("no/a", join(folder, "lost"));
    const before = await readdir(folder);
    const error = await failureOf(save(path(folder)));
    expect(error).toMatchObject({ code: "INVALID_REQUEST", message: expect.stringMatching(message) });
    expect(String(error)).not.toContain(folder);
    expect(await readdir(folder)).toEqual(before);
  });

  it("ends with the signal while the pipe has no reader", async () => {
    const path = fifo(join(await temporaryFolder(), "a"));
    const controller = new AbortController();
    const saving = failureOf(save(path, { signal: controller.signal }));
    setTimeout(() => controller.abort(), 100);
    expect(await saving).toMatchObject({ code: "ABORTED" });
  });

  it("ends with the total timeout while the pipe has no reader", async () => {
    const path = fifo(join(await temporaryFolder(), "a"));
    expect(await failureOf(save(path, { totalTimeout: 300 }))).toMatchObject({ code: "TOTAL_TIMEOUT" });
  });

  it("ends with the signal while the reader of the pipe is stuck", async () => {
    const path = fifo(join(await temporaryFolder(), "a"));
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    onTestFinished(() => reader.close());
    const controller = new AbortController();
    const saving = failureOf(save(path, { signal: controller.signal }));
    setTimeout(() => controller.abort(), 200);
    expect(await saving).toMatchObject({ code: "ABORTED" });
  });

  it("reports that the reader closed the pipe", async () => {
    const path = fifo(join(await temporaryFolder(), "a"));
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const saving = failureOf(save(path));
    setTimeout(() => void reader.close(), 200);
    expect(await saving).toMatchObject({ code: "INVALID_REQUEST", message: expect.stringContaining("EPIPE") });
  });
});

/** A Linux device. Root gets a copy, since a bug could replace the real one. */
async function device(name: string, minor: number): Promise<string> {
  if (!isRoot) return `/dev/${name}`;
  const path = join(await temporaryFolder(), name);
  execFileSync("mknod", [path, "c", "1", String(minor)]);
  return path;
}

/** A small file system; `undefined` if this user may not mount one. */
async function mounted(options: string): Promise<string | undefined> {
  const folder = await temporaryFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", [folder]));
  return folder;
}
