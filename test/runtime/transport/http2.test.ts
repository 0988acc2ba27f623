/** HTTP/2, where the caller's agent allows it: one connection, and everything as over HTTP/1.1. */
import { type Http2SecureServer, type ServerHttp2Stream, createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { Agent } from "undici";
import { expect, it, onTestFinished, vi } from "vitest";
import { ca, certificateFor } from "../support/certificates.js";
import { clientOf, failureOf, type LibraryClient } from "../support/library.js";

type OnStream = (stream: ServerHttp2Stream, path: string, body: string) => void;

/** A client of a server that speaks HTTP/2 alone, and how often that was connected to. */
async function start(
  onStream: OnStream,
): Promise<{ client: LibraryClient; server: Http2SecureServer; sessions(): number }> {
  let sessions = 0;
  const server = createSecureServer({ ...certificateFor("library.test"), allowHTTP1: false });
  server.on("session", () => sessions++);
  server.on("stream", (stream, headers) => {
    let body = "";
    stream.on("error", () => undefined);
    stream.on("data", (chunk: Buffer) => (body += chunk.toString()));
    stream.on("end", () => onStream(stream, headers[":path"] ?? "", body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  // As the docs say it: an agent opens a connection for each call under way, unless it is told not to.
  const dispatcher = new Agent({ allowH2: true, connections: 1, pipelining: 100, connect: { ca } });
  onTestFinished(async () => {
    await dispatcher.destroy();
    server.close();
  });
  const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  return { client: clientOf(url, { dispatcher }), server, sessions: () => sessions };
}

function json(stream: ServerHttp2Stream, status: number, value: unknown): void {
  stream.respond({ ":status": status, "content-type": "application/json", "x-a": "1" });
  stream.end(JSON.stringify(value));
}

it("carries many calls over one connection", async () => {
  const { client, sessions } = await start((stream, path) => json(stream, 200, { name: path }));
  await client.books.get({ book: "first" });
  const books = await Promise.all(Array.from({ length: 50 }, (_, i) => client.books.get({ book: `b${String(i)}` })));
  expect(books[49]).toEqual({ name: "/v1/books/b49" });
  expect(sessions()).toBe(1);
});

it("carries bodies, headers, errors and compressed answers", async () => {
  const { client } = await start((stream, path, body) => {
    if (path.includes("missing")) return json(stream, 404, { error: { code: 404, message: "no such book" } });
    if (!path.includes("gzip")) return json(stream, 200, { name: body });
    stream.respond({ ":status": 200, "content-encoding": "gzip" });
    stream.end(gzipSync('{"name":"unpacked"}'));
  });
  const { data, response } = await client.books.insert({ requestBody: { name: "é" } }).withResponse();
  expect([data.name, response.headers.get("x-a"), response.headers.get("content-type")]).toEqual([
    '{"name":"é"}',
    "1",
    "application/json",
  ]);
  expect(await client.books.get({ book: "gzip" })).toEqual({ name: "unpacked" });
  expect(await failureOf(client.books.get({ book: "missing" }))).toMatchObject({
    status: 404,
    message: expect.stringContaining("no such book"),
  });
});

it("holds a server back where the reader is slow", async () => {
  const total = 32 * 1024 * 1024;
  let written = 0;
  const { client } = await start((stream) => {
    stream.respond({ ":status": 200 });
    const chunk = Buffer.alloc(64 * 1024);
    const more = (): void => {
      while (written < total) {
        written += chunk.length;
        if (!stream.write(chunk)) return void stream.once("drain", more);
      }
      stream.end();
    };
    more();
  });
  const media = await client.books.exportMedia({ book: "b" });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(written).toBeLessThan(total / 2);
  let read = 0;
  for await (const piece of media.body) read += piece.length;
  expect(read).toBe(total);
});

it("ends a call by time limit or signal, and its connection serves the next", async () => {
  const closed = vi.fn<() => void>();
  const { client, sessions } = await start((stream, path) => {
    stream.on("close", closed);
    if (path.includes("fine")) json(stream, 200, {});
  });
  await client.books.get({ book: "fine" });
  closed.mockClear();
  const late = await failureOf(client.books.get({ book: "silent" }, { timeout: 100, retry: false }));
  expect(late).toMatchObject({ code: "TIMEOUT" });
  const aborted = await failureOf(client.books.get({ book: "silent" }, { signal: AbortSignal.timeout(100) }));
  expect(aborted).toMatchObject({ code: "ABORTED" });
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(2));
  await client.books.get({ book: "fine" });
  expect(sessions()).toBe(1);
});

it("tells a connection that breaks", async () => {
  const { client } = await start((stream) => void stream.session?.destroy());
  const error = await failureOf(client.books.insert({ requestBody: {} }, { retry: false }));
  expect(error).toMatchObject({ code: "CONNECTION_FAILED", sent: true });
});
