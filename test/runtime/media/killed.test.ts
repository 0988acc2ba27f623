/** An upload whose process is killed is finished by another process, which knows only the session and the file. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../../support/folders.js";
import { patternChunks } from "../support/pattern.js";
import { uploadServer } from "../support/upload-server.js";

const size = 20 * 1024 * 1024 + 1;

const program = `
import { clientOf } from "${import.meta.resolve("../support/library.ts")}";
const [url, path, session] = process.argv.slice(2);
const onProgress = (progress) => process.send(progress);
await clientOf(url).books.create({ media: { body: { path }, resumable: true, chunkSize: 1024 * 1024, session, onProgress } });
process.disconnect();
`;

it("a second process finishes the upload of a killed one from the stored session", async () => {
  const folder = await temporaryFolder();
  const content = join(folder, "content");
  await writeFile(content, await buffer(patternChunks(size)));
  await writeFile(join(folder, "upload.ts"), program);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const server = await uploadServer();

  const start = (...args: string[]): ChildProcess => {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", join(folder, "upload.ts"), server.url, content, ...args],
      {
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  };

  const first = start();
  const session = await new Promise<string>((resolve) => {
    first.on("message", ({ sent, session }: { sent: number; session: string }) => {
      // Probably within a chunk.
      if (sent >= 5 * 1024 * 1024 && first.kill("SIGKILL")) resolve(session);
    });
  });
  await once(first, "exit");
  expect(server.finished()).toBe(false);
  const before = server.steps.length;

  const second = start(session);
  const exit: unknown[] = await once(second, "exit");
  expect(exit[0]).toBe(0);
  expect([server.arrived(), server.finished()]).toEqual([size, true]);
  // It requested the status, and sent only the interrupted chunk twice.
  const [question, ...parts] = server.steps.slice(before);
  expect(question?.range).toBe(`bytes */${String(size)}`);
  expect(parts.length).toBeLessThanOrEqual(16);
  expect(server.steps.filter(({ method }) => method === "POST")).toHaveLength(1);
});
