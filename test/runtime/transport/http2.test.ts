/** HTTP/2, if the caller's agent allows it: one connection, and otherwise the same behavior as HTTP/1.1. */
import { constants, type Http2SecureServer, type ServerHttp2Stream, createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { gzipSync } from "node:zlib";
import { Agent } from "undici";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ConnectionError, undiciTransport } from "../../../runtime/src/index.js";
import { ca, certificateFor } from "../support/certificates.js";
import { clientOf, failureOf, type LibraryClient } from "../support/library.js";

/** The default retries, without delays. */
const quick = { retry: { decide: ({ proposed }: { proposed: number | undefined }) => proposed && 1 } };

type OnStream = (stream: ServerHttp2Stream, path: string, body: string) => void;

/** A client of a server that supports only HTTP/2, and the number of connections. */
async function start(
  onStream: OnStream,
): Promise<{ client: LibraryClient; dispatcher: Agent; server: Http2SecureServer; url: string; sessions(): number }> {
  let sessions = 0;
  const server = createSecureServer({ ...certificateFor("library.test"), allowHTTP1: false });
  server.on("session", (session) => {
    sessions++;
    session.on("error", () => undefined);
  });
  server.on("stream", (stream, headers) => {
    let body = "";
    stream.on("error", () => undefined);
    stream.on("data", (chunk: Buffer) => (body += chunk.toString()));
    stream.on("end", () => onStream(stream, headers[":path"] ?? "", body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  // As in the docs: without `connections: 1` an agent opens a connection for each pending call.
  const dispatcher = new Agent({ allowH2: true, connections: 1, pipelining: 100, connect: { ca } });
  onTestFinished(async () => {
    await dispatcher.destroy();
    server.close();
  });
  const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  return { client: clientOf(url, { dispatcher, ...quick }), dispatcher, server, url, sessions: () => sessions };
}

function json(stream: ServerHttp2Stream, status: number, value: unknown): void {
  stream.respond({ ":status": status, "content-type": "application/json", "x-a": "1" });
  stream.end(JSON.stringify(value));
}

it("sends many calls over one connection", async () => {
  const { client, sessions } = await start((stream, path) => json(stream, 200, { name: path }));
  await client.books.get({ book: "first" });
  const books = await Promise.all(Array.from({ length: 50 }, (_, i) => client.books.get({ book: `b${String(i)}` })));
  expect(books[49]).toEqual({ name: "/v1/books/b49" });
  expect(sessions()).toBe(1);
});

it("supports bodies, headers, errors and compressed responses", async () => {
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

it("applies back-pressure if the reader is slow", async () => {
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
  for await (const chunk of media.body) read += chunk.length;
  expect(read).toBe(total);
});

it("ends a call on timeout or abort, and uses the connection for the next call", async () => {
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

it("reports a connection that breaks", async () => {
  const { client } = await start((stream) => void stream.session?.destroy());
  const error = await failureOf(client.books.insert({ requestBody: {} }, { retry: false }));
  expect(error).toMatchObject({ code: "CONNECTION_FAILED", sent: true });
});

describe("a stream or connection that ends early", () => {
  const reset =
    (code: number): OnStream =>
    (stream) =>
      stream.close(code);
  const goaway =
    (code: number): OnStream =>
    ({ session }) =>
      session?.goaway(code);
  const afterHead =
    (code: number): OnStream =>
    (stream) => {
      stream.respond({ ":status": 200, "content-length": "7" });
      stream.write('{"a"', () => stream.destroy(Object.assign(new Error("reset"), { code })));
    };
  const {
    NGHTTP2_CANCEL: cancel,
    NGHTTP2_ENHANCE_YOUR_CALM: calm,
    NGHTTP2_INTERNAL_ERROR: internal,
    NGHTTP2_NO_ERROR: none,
    NGHTTP2_REFUSED_STREAM: refused,
  } = constants;

  it.each<[string, "DELETE" | "GET" | "POST", OnStream]>([
    ["refused", "GET", reset(refused)],
    ["refused", "DELETE", reset(refused)],
    ["refused", "POST", reset(refused)],
    ["reset with INTERNAL_ERROR", "GET", reset(internal)],
    ["reset with INTERNAL_ERROR", "DELETE", reset(internal)],
    ["reset with CANCEL", "GET", reset(cancel)],
    ["reset with NO_ERROR", "GET", reset(none)],
    ["reset with ENHANCE_YOUR_CALM", "GET", reset(calm)],
    ["reset within the body", "GET", afterHead(internal)],
    ["ended by GOAWAY", "GET", goaway(none)],
    ["ended by GOAWAY with an error", "GET", goaway(internal)],
    ["ended by GOAWAY with ENHANCE_YOUR_CALM", "DELETE", goaway(calm)],
    ["ended with its connection", "GET", ({ session }) => session?.destroy()],
  ])("is retried: %s, %s", async (_name, method, end) => {
    let requests = 0;
    const { client } = await start((stream, path, body) => {
      if (requests++ === 0) end(stream, path, body);
      else json(stream, 200, { name: "b" });
    });
    const { books } = client;
    const call = {
      DELETE: () => books.delete({ book: "b" }),
      GET: () => books.get({ book: "b" }),
      POST: () => books.insert(),
    };
    await call[method]();
    expect(requests).toBe(2);
  });

  it.each<[string, OnStream, string]>([
    ["reset with INTERNAL_ERROR", reset(internal), "ERR_HTTP2_STREAM_ERROR"],
    ["reset with CANCEL", reset(cancel), "ERR_HTTP2_ERROR"],
    ["reset with NO_ERROR", reset(none), "ERR_HTTP2_ERROR"],
  ])("may have been processed, so a POST is not retried: %s", async (_name, end, systemCode) => {
    let requests = 0;
    const { client } = await start((...args) => {
      requests++;
      end(...args);
    });
    const error = await failureOf(client.books.insert({ requestBody: {} }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ sent: true, systemCode });
    expect(requests).toBe(1);
  });

  it("is an error with sent: false if all attempts were refused", async () => {
    const { client } = await start(reset(refused));
    const error = await failureOf(client.books.insert({ requestBody: {} }));
    expect(error).toMatchObject({ sent: false, systemCode: "ERR_HTTP2_STREAM_ERROR" });
    expect((error as Error).message).not.toContain("cannot connect");
  });

  it("does not fail other calls on the connection, which are sent again", async () => {
    let requests = 0;
    const { client } = await start((stream, path) => {
      if (++requests === 3) stream.session?.goaway(none);
      else if (requests > 3) json(stream, 200, { name: path });
    });
    const names = Array.from({ length: 6 }, (_, index) => `b${String(index)}`);
    const books = await Promise.all(names.map((book) => client.books.get({ book })));
    expect(books.map(({ name }) => name)).toEqual(names.map((name) => `/v1/books/${name}`));
  });
});

/** A server that responds to each request with a content-length of 10, 4 bytes, and a reset with CANCEL. */
async function truncating(): Promise<{ url: string; dispatcher: Agent; requests(): number }> {
  const frame = (type: number, flags: number, stream: number, payload: Uint8Array): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.set([type, flags], 3);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  let requests = 0;
  const server = createServer({ ...certificateFor("library.test"), ALPNProtocols: ["h2"] }, (socket) => {
    let unread = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.write(frame(4, 0, 0, Buffer.alloc(0)));
    // The preface of a connection has 24 bytes.
    let skip = 24;
    socket.on("data", (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      while (unread.length >= skip + 9 && unread.length >= skip + 9 + unread.readUIntBE(skip, 3)) {
        const [type, stream] = [unread[skip + 3], unread.readUInt32BE(skip + 5)];
        unread = unread.subarray(skip + 9 + unread.readUIntBE(skip, 3));
        skip = 0;
        if (type !== 1) continue;
        requests++;
        // HPACK: `:status: 200`, and `content-length: 10`.
        socket.write(frame(1, 4, stream, Buffer.from([0x88, 0x0f, 0x0d, 2, 0x31, 0x30])));
        socket.write(frame(0, 0, stream, Buffer.from('{"a"')));
        setTimeout(() => socket.write(frame(3, 0, stream, Buffer.from([0, 0, 0, 8]))), 20);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const dispatcher = new Agent({ allowH2: true, connections: 1, connect: { ca } });
  onTestFinished(async () => {
    await dispatcher.destroy();
    server.close();
  });
  return {
    url: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    dispatcher,
    requests: () => requests,
  };
}

it("a truncated body is an error", async () => {
  const { dispatcher, requests, url } = await truncating();
  const { books } = clientOf(url, { dispatcher, ...quick });
  const want = { code: "CONNECTION_FAILED", sent: true, systemCode: "ERR_HTTP2_STREAM_ERROR" };
  expect(await failureOf(books.get({ book: "b" }))).toMatchObject(want);
  expect(requests()).toBe(4);
  const media = await books.exportMedia({ book: "b" });
  expect(await failureOf(media.bytes())).toMatchObject(want);
});

it.each(["abc", new TextEncoder().encode("abc")])("sends the body of a DELETE", async (body) => {
  const { dispatcher, url } = await start((stream, path, received) => json(stream, 200, { path, received }));
  const { origin } = new URL(url);
  const request = { method: "DELETE", origin, path: "/a", headers: {}, body, timeout: 5000 };
  const response = await undiciTransport(dispatcher).send(request);
  expect(JSON.parse(String(response.body))).toEqual({ path: "/a", received: "abc" });
});
