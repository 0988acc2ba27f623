/** Reading a file of credentials is limited in size and time. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { ServiceAccountCredentials } from "../../../runtime/src/auth.js";
import { readTextFile } from "../../../runtime/src/platform/node/files.js";
import { keyFor } from "../support/keys.js";
import { failureOf } from "../support/library.js";

const isWindows = process.platform === "win32";
const limit = 1024 * 1024;

async function pathOf(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "discogen-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, name);
}

async function fileOf(content: string): Promise<string> {
  const path = await pathOf("file");
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

async function fifo(): Promise<string> {
  const path = await pathOf("fifo");
  await promisify(execFile)("mkfifo", [path]);
  return path;
}

/** A program that writes to a file. */
function writer(script: string, path: string): void {
  const child = spawn("sh", ["-c", script, "sh", path], { stdio: "ignore" });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
}

const read = (path: string): Promise<string> => readTextFile(path, (message) => new Error(message));

it("reads a file of 1 MiB, but not a larger one", async () => {
  expect(await read(await fileOf("x".repeat(limit)))).toHaveLength(limit);
  expect(await failureOf(read(await fileOf("x".repeat(limit + 1))))).toMatchObject({ message: "is longer than 1 MiB" });
  expect(await read(await fileOf(""))).toBe("");
});

it.skipIf(isWindows)("stops reading an endless device", async () => {
  const before = process.memoryUsage().rss;
  const error = await failureOf(ServiceAccountCredentials.fromFile("/dev/zero"));
  expect(error).toMatchObject({ code: "KEY_FILE_UNREADABLE", message: expect.stringContaining("1 MiB") as string });
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * limit);
});

it.skipIf(isWindows)("reads a key from a pipe with a slow writer", async () => {
  const path = await fifo();
  const key = await fileOf(JSON.stringify(keyFor("https://oauth2.googleapis.com/token")));
  writer(`sleep 0.3; cat '${key}' > "$1"`, path);
  const credentials = await ServiceAccountCredentials.fromFile(path);
  expect(credentials.email).toBe("robot@example-123.iam.gserviceaccount.com");
});

it.skipIf(isWindows)("gives up on a pipe without a writer", { timeout: 20_000 }, async () => {
  const error = await failureOf(ServiceAccountCredentials.fromFile(await fifo()));
  expect(error).toMatchObject({ code: "KEY_FILE_UNREADABLE", message: expect.stringContaining("5000 ms") as string });
});

it.skipIf(isWindows)("gives up on a pipe with endless data", { timeout: 20_000 }, async () => {
  const slow = await fifo();
  writer(`while :; do echo x; sleep 0.1; done > "$1"`, slow);
  expect(await failureOf(read(slow))).toMatchObject({ message: expect.stringContaining("5000 ms") as string });
  const fast = await fifo();
  writer(`yes > "$1"`, fast);
  expect(await failureOf(read(fast))).toMatchObject({ message: "is longer than 1 MiB" });
});

it("reports why a file cannot be read", async () => {
  expect(await failureOf(read("/no/such/file"))).toMatchObject({ message: "cannot be read (ENOENT)" });
  expect(await failureOf(read("a\0b"))).toMatchObject({ message: "cannot be read (ERR_INVALID_ARG_VALUE)" });
});
