/** Output to pipes, devices and standard output, and the temporary files of runs that were killed. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { lstat, mkdir, open, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { serve } from "../../runtime/support/server.js";
import { DISCOGEN, discogen, discogenProcess } from "../../support/discogen.js";
import { filesOf, ROOT, temporaryFolder } from "../../support/folders.js";
import { start } from "../../support/running.js";

const API = "sqladmin:v1beta3";
const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");

async function folderWithPipe(): Promise<string> {
  const folder = await temporaryFolder();
  execFileSync("mkfifo", [join(folder, "pipe")]);
  return folder;
}

/** A device of Linux. For root it is a copy, as a bug could replace the device of the machine. */
function device(folder: string, name: string, minor: number): string {
  if (process.getuid?.() !== 0) return `/dev/${name}`;
  execFileSync("mknod", [join(folder, name), "c", "1", String(minor)]);
  return join(folder, name);
}

/** Writes the document of an API without scopes. Its only method downloads content. */
async function writeFilm(folder: string, rootUrl: string): Promise<void> {
  const get = { id: "film.get", httpMethod: "GET", path: "film", supportsMediaDownload: true };
  const document = { kind: "discovery#restDescription", name: "film", version: "v1", rootUrl, methods: { get } };
  await writeFile(join(folder, "film.json"), JSON.stringify(document));
}

describe.skipIf(process.platform !== "linux")("output", () => {
  it.each<[string, NodeJS.Signals, readonly string[]]>([
    ["openapi", "SIGTERM", ["openapi", API, "--out", "pipe"]],
    ["openapi", "SIGINT", ["openapi", API, "--out", "pipe"]],
    ["mock", "SIGTERM", ["mock", API, "--key-file", "pipe"]],
    ["call", "SIGTERM", ["call", "film.json", "getMedia", "--out", "pipe"]],
  ])("of %s to a pipe without a reader ends with 130 on %s", async (_, signal, args) => {
    const folder = await folderWithPipe();
    const { url } = await serve((_request, response) => void response.end("x"));
    await writeFilm(folder, url);
    const { child, ended, printed } = start(folder, ...args);
    await pause(1500);
    expect(child.exitCode).toBe(null);
    child.kill(signal);
    expect(await ended).toEqual([130, null]);
    await printed(/interrupted/);
    expect(await readdir(folder)).toEqual(["film.json", "pipe"]);
  });

  it("to a pipe reaches its reader", async () => {
    const folder = await folderWithPipe();
    const { ended } = start(folder, "openapi", API, "--out", "pipe");
    const reader = spawn("cat", ["pipe"], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
    expect(JSON.parse(await text(reader.stdout))).toMatchObject({ openapi: "3.1.0" });
    expect(await ended).toEqual([0, null]);
    expect((await lstat(join(folder, "pipe"))).isFIFO()).toBe(true);
  });

  it("to a pipe whose reader closes it is not an error", async () => {
    const folder = await folderWithPipe();
    const { ended, printed } = start(folder, "openapi", API, "--out", "pipe");
    const reader = await open(join(folder, "pipe"), "r");
    await reader.read(Buffer.alloc(10));
    await reader.close();
    expect(await ended).toEqual([0, null]);
    expect(await printed(/written/)).not.toMatch(/EPIPE|error/);
  });

  // Not /dev/stdout itself: for root, a bug could replace it.
  it.each(["/dev/fd/1", "/proc/self/fd/1", "link"])("to %s contains only the document", async (out) => {
    const folder = await temporaryFolder();
    await symlink("/dev/stdout", join(folder, "link"));
    const { code, stdout, stderr } = await discogenProcess(["openapi", API, "--out", out], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ openapi: "3.1.0" });
  });

  it("to a standard output that is a file is written to that file", async () => {
    const folder = await temporaryFolder();
    const file = await open(join(folder, "a"), "w");
    const child = spawn(process.execPath, [DISCOGEN, "openapi", API, "--out", "/dev/fd/1"], {
      stdio: ["ignore", file.fd, "inherit"],
    });
    expect(await once(child, "close")).toEqual([0, null]);
    await file.close();
    expect(JSON.parse(await readFile(join(folder, "a"), "utf8"))).toMatchObject({ openapi: "3.1.0" });
    expect(await readdir(folder)).toEqual(["a"]);
  });

  it("to a descriptor of the caller is written there", async () => {
    const child = spawn(process.execPath, [DISCOGEN, "openapi", API, "--out", "/dev/fd/3"], {
      stdio: ["ignore", "ignore", "inherit", "pipe"],
    });
    const ended = once(child, "close");
    const pipe = child.stdio[3] as NodeJS.ReadableStream; // "pipe" above
    expect(JSON.parse(await text(pipe))).toMatchObject({ openapi: "3.1.0" });
    expect(await ended).toEqual([0, null]);
  });

  it.each([
    ["openapi", (out: string) => ["openapi", API, "--out", out]],
    ["mock", (out: string) => ["mock", API, "--key-file", out]],
    ["call", (out: string) => ["call", "film.json", "getMedia", "--out", out]],
  ])("of %s to a full device is DISK_FULL", async (_, args) => {
    const folder = await temporaryFolder();
    const { url } = await serve((_request, response) => void response.end("x"));
    await writeFilm(folder, url);
    const full = device(folder, "full", 7);
    const { code, stdout, stderr } = await discogen(args(full), folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error DISK_FULL .*: no space left on device \(ENOSPC\).*\n {2}help: /);
    expect((await lstat(full)).isCharacterDevice()).toBe(true);
  });

  it("to a device does not replace the device", async () => {
    const folder = await temporaryFolder();
    const nowhere = device(folder, "null", 3);
    const { code, stderr } = await discogen(["openapi", API, "--out", nowhere], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect((await lstat(nowhere)).isCharacterDevice()).toBe(true);
  });

  it.each([
    ["generate", (out: string) => ["generate", API, "--out", out]],
    ["docs", (out: string) => ["docs", API, "--out", out]],
  ])("of %s to a full disk is DISK_FULL, and leaves nothing", async (_, args) => {
    const folder = await temporaryFolder();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", folder], { stdio: "ignore" });
    } catch {
      // Only root can mount. The test of a full device covers this case.
      return;
    }
    onTestFinished(() => void execFileSync("umount", [folder]));
    const { code, stderr } = await discogen(args(join(folder, "out")));
    expect(stderr).toMatch(/^error DISK_FULL \S+: no space left on device \(ENOSPC\)\n {2}help: /);
    expect(code).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ["generate", "shelves/v1/index.ts"],
    ["docs", "index.html"],
  ])("of %s is not written to a pipe", async (command, file) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, file, ".."), { recursive: true });
    execFileSync("mkfifo", [join(folder, file)]);
    const { code, stderr } = await discogen([command, FIXTURE, "--out", folder]);
    expect(stderr).toMatch(/^error OUTPUT_UNWRITABLE \S+: the path is a pipe, a socket, or a device$/m);
    expect(code).toBe(2);
  });
});

describe("temporary files of a killed run", () => {
  it("are deleted by the next one", async () => {
    const folder = await temporaryFolder();
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "1000000" }).write("x".repeat(100_000));
    });
    await writeFilm(folder, url);
    const { child, ended } = start(folder, "call", "film.json", "getMedia", "--root-url", url, "--out", "a");
    await expect.poll(() => filesOf(folder), { timeout: 30_000 }).toHaveLength(2);
    child.kill("SIGKILL");
    await ended;
    expect(await filesOf(folder)).toEqual([expect.stringMatching(/^\.discogen-.*\.tmp$/), "film.json"]);
    expect(await discogen(["openapi", "film.json", "--out", "b.json"], folder)).toMatchObject({ code: 0 });
    expect(await filesOf(folder)).toEqual(["b.json", "film.json"]);
  });

  it("are deleted if nothing changed since, but not by check", async () => {
    const folder = await temporaryFolder();
    await discogen(["generate", FIXTURE, "--out", "out"], folder);
    const { child, ended } = start(folder, "--version");
    await ended;
    const sample = await temporaryFolder();
    const { openFile } = await import("@discogen/runtime/files");
    const file = await openFile(join(sample, "x"));
    const [name = ""] = await readdir(sample);
    await file.discard();
    const left = name.replace(`-${process.pid}-`, `-${String(child.pid)}-`);
    for (const below of ["out", "out/shelves/v1"]) await writeFile(join(folder, below, left), "part");
    await discogen(["check", FIXTURE, "--out", "out"], folder);
    expect((await filesOf(folder)).filter((path) => path.endsWith(".tmp"))).toHaveLength(2);
    // A process looks for such files once in a folder.
    expect((await discogenProcess(["generate", FIXTURE, "--out", "out"], folder)).stdout).toContain("(unchanged)");
    expect((await filesOf(folder)).filter((path) => path.endsWith(".tmp"))).toEqual([]);
  });
});

describe.skipIf(process.platform === "win32")("a project", () => {
  const CONFIG = JSON.stringify({ output: "src", apis: [API] });

  it.each<[string, (folder: string, elsewhere: string) => Promise<void>, RegExp]>([
    [
      "discovery/",
      (folder, elsewhere) => symlink(elsewhere, join(folder, "discovery"), "dir"),
      /error OUTPUT_UNWRITABLE discovery\/\S+: discovery is a link that points outside this folder/,
    ],
    [
      "a document",
      async (folder, elsewhere) => {
        await mkdir(join(folder, "discovery"));
        await symlink(join(elsewhere, "x.json"), join(folder, "discovery/sqladmin.v1beta3.json"));
      },
      /error OUTPUT_UNWRITABLE discovery\/\S+: discovery\/\S+ is a link that points outside this folder/,
    ],
    [
      "the lock",
      (folder, elsewhere) => symlink(join(elsewhere, "lock.json"), join(folder, "discogen.lock.json")),
      /error LOCK_INVALID discogen\.lock\.json: the lock is a link that points outside its folder/,
    ],
  ])("is not written if %s is a link out of its folder", async (_, make, message) => {
    const [folder, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
    await writeFile(join(folder, "discogen.config.json"), CONFIG);
    await make(folder, elsewhere);
    const { code, stderr } = await discogen(["generate"], folder);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(await filesOf(elsewhere)).toEqual([]);
    expect(existsSync(join(folder, "src"))).toBe(false);
  });

  it("is not read if discovery/ is a link out of its folder", async () => {
    const [folder, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
    await writeFile(join(folder, "discogen.config.json"), CONFIG);
    expect(await discogen(["generate"], folder)).toMatchObject({ code: 0 });
    execFileSync("mv", [join(folder, "discovery"), join(elsewhere, "discovery")]);
    await symlink(join(elsewhere, "discovery"), join(folder, "discovery"), "dir");
    const { code, stderr } = await discogen(["scopes", API], folder);
    expect(stderr).toMatch(/error LOCK_MISMATCH discovery\/\S+: discovery is a link that points outside the folder of/);
    expect(code).toBe(2);
  });

  it("can be a link, and discovery/ can be a link inside it", async () => {
    const [folder, outer] = [await temporaryFolder(), await temporaryFolder()];
    await writeFile(join(folder, "discogen.config.json"), CONFIG);
    await mkdir(join(folder, "documents"));
    await symlink("documents", join(folder, "discovery"), "dir");
    await symlink(folder, join(outer, "project"), "dir");
    expect(await discogen(["generate"], join(outer, "project"))).toMatchObject({ code: 0, stderr: "" });
    expect(await discogen(["check"], join(outer, "project"))).toMatchObject({ code: 0, stderr: "" });
    expect(await readdir(join(folder, "documents"))).toEqual(["sqladmin.v1beta3.json"]);
  });

  it("keeps documents in discovery/ that the lock does not pin", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "discogen.config.json"), CONFIG);
    await mkdir(join(folder, "discovery"));
    await writeFile(join(folder, "discovery/sqladmin.v1beta3.json"), "mine");
    const { code, stderr } = await discogen(["generate"], folder);
    expect(stderr).toMatch(/^error OUTPUT_EXISTS discovery\/sqladmin\.v1beta3\.json: .*\n {2}help: .*--force/);
    expect(code).toBe(2);
    expect(await filesOf(folder)).toEqual(["discogen.config.json", "discovery/sqladmin.v1beta3.json"]);
    expect(await discogen(["generate", "--force"], folder)).toMatchObject({ code: 0 });
  });
});
