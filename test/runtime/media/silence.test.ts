/** Timeouts while content is read: slow or silent sources, and pipes without a writer. */
import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { UploadError } from "../../../runtime/src/index.js";
import { temporaryFolder } from "../../support/folders.js";
import { clientOf, failureOf } from "../support/library.js";
import { serve, statuses } from "../support/server.js";
import { inParts, uploadForms } from "../support/upload-forms.js";
import { uploadServer } from "../support/upload-server.js";

/** The time between two chunks is below the timeout, the total time is above it. */
async function* slowly(): AsyncGenerator<Uint8Array, void, undefined> {
  for (let i = 0; i < 8; i++) {
    await setTimeout(50);
    yield Buffer.from(String(i));
  }
}

const sources: readonly (readonly [string, () => unknown])[] = [
  ["a generator", slowly],
  ["a Node stream", () => Readable.from(slowly())],
  ["a web stream", () => Readable.toWeb(Readable.from(slowly()))],
];

async function storingServer(): Promise<{ readonly url: string; readonly stored: () => string }> {
  const { seen, url } = await serve((request, response) => {
    if (request.url.includes("uploadType=resumable")) response.writeHead(200, { location: "/session" }).end();
    else response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  return { url, stored: () => seen.map(({ body }) => body).join("") };
}

async function fifo(): Promise<string> {
  const path = join(await temporaryFolder(), "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

/** The error after the timeout of one attempt. With chunks, it has a session to resume from. */
const expired = (name: string): object =>
  name === inParts.name ? { code: "UPLOAD_FAILED", cause: { code: "TIMEOUT", timeout: 200 } } : { code: "TIMEOUT" };

describe.each(uploadForms)("$name", ({ name, send }) => {
  it.each(sources)("sends small chunks of %s that arrive slowly", async (_name, make) => {
    const { url, stored } = await storingServer();
    await send(clientOf(url), make(), { timeout: 250 });
    expect(stored()).toContain("01234567");
  });

  it.each<[string, () => unknown]>([
    ["never yields", () => new PassThrough()],
    [
      "yields once",
      () => {
        const stream = new PassThrough();
        stream.write("a");
        return stream;
      },
    ],
    ["never yields, as a web stream", () => new ReadableStream()],
  ])("ends for a stream that %s", async (_name, make) => {
    const { url } = await storingServer();
    expect(await failureOf(send(clientOf(url), make(), { timeout: 200 }))).toMatchObject(expired(name));
  });

  describe.skipIf(process.platform === "win32")("ends for a pipe without a writer", () => {
    it("with `timeout`", async () => {
      const { url } = await storingServer();
      const call = send(clientOf(url), { path: await fifo() }, { timeout: 200 });
      expect(await failureOf(call)).toMatchObject(expired(name));
    });

    it("with `totalTimeout`", async () => {
      const { url } = await storingServer();
      const call = send(clientOf(url), { path: await fifo() }, { totalTimeout: 100 });
      expect(await failureOf(call)).toMatchObject({ code: "TOTAL_TIMEOUT" });
    });

    it("with the signal", async () => {
      const { url } = await storingServer();
      const call = send(clientOf(url), { path: await fifo() }, { signal: AbortSignal.timeout(100) });
      expect(await failureOf(call)).toMatchObject({ code: "ABORTED" });
    });
  });

  it.skipIf(process.platform === "win32")("sends what is written to a pipe", async () => {
    const { url, stored } = await storingServer();
    const path = await fifo();
    const call = send(clientOf(url), { path });
    await setTimeout(50);
    const writer = createWriteStream(path);
    writer.write("01");
    await setTimeout(50);
    writer.end("23");
    await call;
    expect(stored()).toContain("0123");
  });

  it.skipIf(process.platform !== "linux")("sends a file of /proc, which has content but no size", async () => {
    const { url, stored } = await storingServer();
    await send(clientOf(url), { path: "/proc/version" });
    expect(stored()).toContain("Linux version");
  });

  it.skipIf(process.platform === "win32")("sends a device", async () => {
    const { url, stored } = await storingServer();
    await send(clientOf(url), { path: "/dev/null" });
    expect(stored()).not.toContain("\0");
  });
});

it("an upload of a silent stream can be resumed from its session", async () => {
  const server = await uploadServer();
  const body = new PassThrough();
  body.write(Buffer.alloc(10));
  const error = await failureOf(inParts.send(clientOf(server.url), body, { timeout: 100 }));
  expect(error).toBeInstanceOf(UploadError);
  expect(error).toMatchObject({
    session: expect.stringContaining("upload_id=session-1") as unknown,
    message: expect.stringContaining("media.body yielded nothing for 100 ms") as unknown,
  });
  expect(body.destroyed).toBe(true);
});

it.skipIf(process.platform === "win32")("a raw body from a pipe is not sent twice", async () => {
  const { seen, url } = await serve(statuses(503));
  const path = await fifo();
  const client = clientOf(url, { retry: { idempotent: true, maxDelay: 1 } });
  const call = failureOf(client.books.upload({ requestBody: { data: { path } } }));
  createWriteStream(path).end("content");
  expect(await call).toMatchObject({
    faults: [{ parameter: "requestBody.data", message: "is a pipe or device, which cannot be read again" }],
  });
  // The server may respond before it has read the complete body.
  await expect.poll(() => seen).toMatchObject([{ body: "content" }]);
});
