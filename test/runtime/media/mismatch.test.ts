// slow: uploads and downloads in many sizes.
/** Content that differs from what was announced: files that change during the upload, streams of another size. */
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { UploadError, cancelUpload } from "../../../runtime/src/index.js";
import { temporaryFolder } from "../../support/folders.js";
import { clientOf, failureOf } from "../support/library.js";
import { type TestServer, serve } from "../support/server.js";
import { inParts, mediaForms, uploadForms } from "../support/upload-forms.js";

/** More than the buffers of a connection. */
const size = 16 * 1024 * 1024;

/** A server that calls a function when content begins to arrive, and knows whether the content is complete. */
async function receiver(onContent: () => void): Promise<TestServer & { readonly complete: () => boolean }> {
  let isComplete = false;
  let isBegun = false;
  const server = await serve((request, response) => {
    if (request.url.includes("uploadType=resumable")) response.writeHead(200, { location: "/session" }).end();
    else respond(request.headers["content-range"], response);
  });
  const respond = (range: string | undefined, response: ServerResponse): void => {
    const [, end, total] = /^bytes \d+-(\d+)\/(\d+|\*)$/.exec(range ?? "") ?? [];
    isComplete = end === undefined || Number(end) + 1 === Number(total);
    if (isComplete) response.writeHead(200, { "content-type": "application/json" }).end("{}");
    else response.writeHead(308, { range: `bytes=0-${end ?? ""}` }).end();
  };
  server.server.prependListener("request", (request: IncomingMessage) => {
    request.on("error", () => undefined);
    if (isBegun || request.url?.includes("uploadType=resumable") === true) return;
    isBegun = true;
    onContent();
  });
  return { ...server, complete: () => isComplete };
}

const changes: readonly (readonly [string, (path: string) => void, string])[] = [
  [
    "became shorter",
    (path) => truncateSync(path, size - 1),
    "became shorter during the upload: 16777215 instead of 16777216",
  ],
  ["was emptied", (path) => truncateSync(path), "became shorter during the upload: 0 instead of 16777216 bytes"],
  [
    "became longer",
    (path) => appendFileSync(path, "a"),
    "became longer during the upload: 16777217 instead of 16777216",
  ],
  ["was overwritten", (path) => writeFileSync(path, Buffer.alloc(size, 1)), "was changed during the upload"],
  ["was deleted", (path) => rmSync(path), "was deleted during the upload"],
  [
    "was replaced",
    (path) => {
      writeFileSync(`${path}.new`, Buffer.alloc(size));
      renameSync(`${path}.new`, path);
    },
    "was replaced during the upload",
  ],
];

describe.each(uploadForms)("a file that is sent $name", ({ name, parameter, send }) => {
  it.each(changes)("and %s", async (_name, change, problem) => {
    const path = join(await temporaryFolder(), "content");
    writeFileSync(path, Buffer.alloc(size));
    const server = await receiver(() => change(path));
    const error = await failureOf(
      send(
        clientOf(server.url),
        { path },
        {},
        { ...(name === inParts.name && { media: { chunkSize: 4 * 1024 * 1024 } }) },
      ),
    );
    expect(error).toBeInstanceOf(UploadError);
    expect(error).toMatchObject({
      code: "UPLOAD_CONTENT_MISMATCH",
      message: expect.stringContaining(`${parameter} ${problem}`) as unknown,
      session: name === inParts.name ? `${server.url}session` : "",
    });
    expect(server.complete()).toBe(false);
  });

  it("and does not change", async () => {
    const path = join(await temporaryFolder(), "content");
    writeFileSync(path, Buffer.alloc(300 * 1024));
    const server = await receiver(() => undefined);
    await send(clientOf(server.url), { path });
    expect(server.complete()).toBe(true);
  });
});

const streams: readonly (readonly [string, () => unknown])[] = [
  ["a stream", () => Readable.from([Buffer.alloc(300 * 1024), Buffer.alloc(10)])],
  [
    "a stream of small chunks",
    () => Readable.from(Array.from({ length: 3073 }, (_, i) => Buffer.alloc(i < 3072 ? 100 : 10))),
  ],
  ["a web stream", () => new Blob([new Uint8Array(300 * 1024 + 10)]).stream()],
];

describe.each(mediaForms)("a size given for a stream that is sent $name", ({ name, send }) => {
  const length = 300 * 1024 + 10;
  it.each(
    streams.flatMap(([kind, make]) =>
      [length - 1, length - 10, 1, 0, length + 1, 10 * length].map((declared) => [declared, kind, make] as const),
    ),
  )("is %i for %s that has 307210 bytes", async (declared, _kind, make) => {
    const server = await receiver(() => undefined);
    const error = await failureOf(send(clientOf(server.url), make(), {}, { media: { size: declared } }));
    const problem = declared < length ? "yields more" : `ends after ${String(length)}`;
    expect(error).toBeInstanceOf(UploadError);
    expect(error).toMatchObject({
      code: "UPLOAD_CONTENT_MISMATCH",
      message: expect.stringContaining(`media.body ${problem}, but media.size is ${String(declared)} bytes`) as unknown,
      session: name === inParts.name ? `${server.url}session` : "",
    });
    expect(server.complete()).toBe(false);
  });

  it.each(streams)("is correct for %s", async (_kind, make) => {
    const server = await receiver(() => undefined);
    await send(clientOf(server.url), make(), {}, { media: { size: length } });
    expect(server.complete()).toBe(true);
  });

  it("is not the size of a generator that has ended", async () => {
    async function* generate(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.alloc(5);
    }
    const body = generate();
    for await (const _ of body);
    const server = await receiver(() => undefined);
    const error = await failureOf(send(clientOf(server.url), body, {}, { media: { size: 5 } }));
    expect(error).toMatchObject({ message: expect.stringContaining("ends after 0, but media.size is 5") as unknown });
    expect(server.complete()).toBe(false);
  });
});

it("an upload in one request has no session to cancel", async () => {
  const server = await receiver(() => undefined);
  expect(await failureOf(cancelUpload(clientOf(server.url), ""))).toMatchObject({ code: "INVALID_REQUEST" });
  expect(server.seen).toHaveLength(0);
});
