// slow: receives large responses.
/** `maxResponseBytes` and the limits of decoding, over all transports. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import {
  type ClientOptions,
  ConnectionError,
  DiscogenError,
  fetchTransport,
  type HttpResponse,
  type Transport,
  undiciTransport,
} from "../../../runtime/src/index.js";
import { codingsOf } from "../../../runtime/src/transport/codings.js";
import { decodeBytes } from "../../../runtime/src/transport/decode.js";
import { longestString } from "../../../runtime/src/transport/size-limit.js";
import { clientOf as libraryClientOf, failureOf, type LibraryClient } from "../support/library.js";
import { serve } from "../support/server.js";

const mebibyte = 1024 * 1024;

/** A JSON object of exactly this size. */
const jsonOf = (bytes: number): string => `{"a":"${"x".repeat(bytes - 8)}"}`;

/** Responds with this body. */
const responding =
  (body: string | Buffer, headers: Record<string, string> = {}, status = 200) =>
  (_request: unknown, response: ServerResponse) =>
    void response.writeHead(status, headers).end(body);

const gzip = { "content-encoding": "gzip" };

/** Returns gzip content of this many MiB. It consists of several members, because compressing one large one takes long. */
const compressed = (mebibytes: number, fill: number | string = 0): Buffer => {
  const block = gzipSync(Buffer.alloc(16 * mebibyte, fill));
  return Buffer.concat(Array.from({ length: mebibytes / 16 }, () => block));
};

const compressed64 = gzipSync(Buffer.alloc(64 * mebibyte));
const compressed256 = compressed(256);

/** Less than a kilobyte that decodes to 64 MiB. */
const doubled = gzipSync(compressed64);

const undici = undiciTransport();

describe.each([
  ["undici", undici],
  ["fetch", fetchTransport()],
] satisfies [string, Transport][])("over %s", (name, transport) => {
  const clientOf = (url: string, options?: ClientOptions): LibraryClient =>
    libraryClientOf(url, { transport, ...options });

  it.each<[string, number, Buffer | string, Record<string, string>]>([
    ["a body of exactly the limit", 1000, jsonOf(1000), {}],
    ["compressed bytes that are longer than their content", 20, gzipSync(jsonOf(20)), gzip],
    ["compressed content of exactly the limit", 100_000, gzipSync(jsonOf(100_000)), gzip],
  ])("accepts %s", async (_name, maxResponseBytes, body, headers) => {
    const { url } = await serve(responding(body, headers));
    const book = clientOf(url, { maxResponseBytes }).books.get({ book: "b" });
    expect(await book).toEqual({ a: expect.any(String) });
  });

  it("does not apply the limit to errors", async () => {
    const { url } = await serve(responding('{"error":{"message":"no such book"}}', {}, 404));
    const error = await failureOf(clientOf(url, { maxResponseBytes: 10 }).books.get({ book: "b" }));
    expect(error).toMatchObject({ status: 404, message: expect.stringContaining("no such book") });
  });

  it.each<[string, number, Buffer | string, Record<string, string>]>([
    ["a body of one byte more", 1000, jsonOf(1001), {}],
    ["characters of several bytes", 1000, JSON.stringify({ a: "é".repeat(600) }), {}],
    ["compressed content of one byte more", 100_000, gzipSync(jsonOf(100_001)), gzip],
    ["small compressed content", 100, gzipSync(jsonOf(101)), gzip],
    ["a few kilobytes that decode to megabytes", 1_000_000, compressed64, gzip],
    ["a large body that decodes to a larger one", 3 * mebibyte, compressed256, gzip],
    ["compressed random bytes", 20_000, gzipSync(jsonOf(30_000), { level: 0 }), gzip],
    ["a body with the encoding identity", 1000, jsonOf(1001), { "content-encoding": "identity" }],
  ])("rejects %s, without retries", async (_name, maxResponseBytes, body, headers) => {
    const { seen, url } = await serve(responding(body, headers));
    const error = await failureOf(clientOf(url, { maxResponseBytes }).books.get({ book: "b" }));
    expect(error).toBeInstanceOf(DiscogenError);
    expect(error).toMatchObject({
      code: "RESPONSE_TOO_LARGE",
      message: expect.stringMatching(
        new RegExp(`^library\\.books\\.get: .*\\b${String(maxResponseBytes)} bytes.*maxResponseBytes`),
      ),
    });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ["plain", {}],
    ["falsely declared as compressed,", gzip],
  ])("stops reading an endless body, %s and closes the connection", async (_name, headers) => {
    const closed = vi.fn<() => void>();
    let written = 0;
    const { url } = await serve(async (_request, response) => {
      response.on("close", closed).writeHead(200, headers);
      const end = once(response, "close");
      const chunk = Buffer.alloc(256 * 1024, 120);
      for (; !response.destroyed; written += chunk.length)
        if (!response.write(chunk)) await Promise.race([once(response, "drain"), end]);
    });
    const error = await failureOf(clientOf(url, { maxResponseBytes: mebibyte }).books.get({ book: "b" }));
    expect(error).toMatchObject({
      code: name === "fetch" && headers === gzip ? "CONNECTION_FAILED" : "RESPONSE_TOO_LARGE",
    });
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    expect(written).toBeLessThan(64 * mebibyte);
  });

  it("rejects more than the maximum length of a string, by default and with a higher limit", async () => {
    const { url } = await serve(responding(compressed(33 * 16, "[1,"), gzip));
    for (const maxResponseBytes of [undefined, Number.POSITIVE_INFINITY]) {
      const error = await failureOf(clientOf(url, { maxResponseBytes }).books.get({ book: "b" }));
      expect(error).toMatchObject({
        code: "RESPONSE_TOO_LARGE",
        message: expect.stringContaining(String(longestString)),
      });
    }
  }, 60_000);

  it("does not limit streamed content", async () => {
    const { url } = await serve(responding(gzipSync(Buffer.alloc(4 * mebibyte)), gzip));
    const media = await clientOf(url, { maxResponseBytes: 10 }).books.exportMedia({ book: "b" });
    expect((await media.bytes()).length).toBe(4 * mebibyte);
  });

  describe("encodings that the request does not accept", () => {
    it.each<[string, string, Buffer, Record<string, string>, string]>([
      ["gzip twice", "gzip, gzip", doubled, {}, '"gzip" twice'],
      ["gzip under two names", "gzip, x-gzip", doubled, {}, '"gzip" twice'],
      ["br", "br", brotliCompressSync("{}"), {}, '"br", but the request accepts gzip'],
      ["br together with gzip", "br, gzip", gzipSync(brotliCompressSync("{}")), {}, '"br"'],
      ["gzip if the caller accepts none", "gzip", gzipSync("{}"), { "accept-encoding": "identity" }, '"gzip"'],
      [
        "an encoding that the caller excludes",
        "br",
        brotliCompressSync("{}"),
        { "accept-encoding": "br;q=0, *" },
        '"br"',
      ],
    ])("%s: rejected, collected and streamed, without retries", async (_name, encoding, body, headers, problem) => {
      const { seen, url } = await serve(responding(body, { "content-encoding": encoding }));
      const { books } = clientOf(url, { headers });
      const calls = [
        books.get({ book: "b" }),
        books.exportMedia({ book: "b" }).then((media) => media.bytes()),
        books.raw({ book: "b" }).then((media) => media.bytes()),
      ];
      for (const error of await Promise.all(calls.map(failureOf))) {
        expect(error).toBeInstanceOf(ConnectionError);
        expect(error).toMatchObject({ message: expect.stringContaining(problem) });
      }
      expect(seen).toHaveLength(3);
    });

    it("do not hide an error's status", async () => {
      const { url } = await serve(responding(doubled, { "content-encoding": "gzip, gzip" }, 400));
      const error = await failureOf(clientOf(url).books.get({ book: "b" }));
      expect(error).toMatchObject({ status: 400 });
      expect((error as Error).message.length).toBeLessThan(2500);
    });

    it("are accepted with the header", async () => {
      const { url } = await serve(responding(brotliCompressSync('{"name":"b"}'), { "content-encoding": "br" }));
      const { books } = clientOf(url);
      expect(await books.get({ book: "b" }, { headers: { "accept-encoding": "br" } })).toEqual({ name: "b" });
    });
  });
});

describe("the user's transport", () => {
  const endless = (onEnd: () => void): AsyncIterable<Uint8Array> => ({
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) yield new Uint8Array(100_000).fill(120);
      } finally {
        onEnd();
      }
    },
  });

  it.each<[string, (onEnd: () => void) => HttpResponse["body"]]>([
    ["a string", (onEnd) => (onEnd(), "x".repeat(1001))],
    ["bytes", (onEnd) => (onEnd(), new Uint8Array(1001))],
    ["an endless stream, which it closes", endless],
  ])("is subject to the limit with %s", async (_name, bodyOf) => {
    const onEnd = vi.fn<() => void>();
    const send = vi.fn<Transport["send"]>(async () => ({ status: 200, headers: {}, body: bodyOf(onEnd) }));
    const { books } = libraryClientOf("http://127.0.0.1:1/", { transport: { send }, maxResponseBytes: 1000 });
    expect(await failureOf(books.get({ book: "b" }))).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
    expect(send).toHaveBeenCalledTimes(1);
    expect(send.mock.calls[0]?.[0]).toMatchObject({ maxResponseBytes: 1000 });
    expect(onEnd).toHaveBeenCalledTimes(1);
  });
});

it("applies the limit to each part of a batch", async () => {
  const { url } = await serve((request, response) => {
    const ids = [...request.body.matchAll(/content-id: <([^>]+)>/gi)].map((match) => match[1] ?? "");
    const parts = ids.map(
      (id, index) =>
        `--b\r\ncontent-type: application/http\r\ncontent-id: <response-${id}>\r\n\r\n` +
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${jsonOf(index === 0 ? 900 : 1100)}\r\n`,
    );
    response.writeHead(200, { "content-type": "multipart/mixed; boundary=b" }).end(`${parts.join("")}--b--`);
  });
  const batch = libraryClientOf(url, { maxResponseBytes: 1000 }).batch();
  void batch.books.get({ book: "a" });
  void batch.books.get({ book: "b" });
  expect(await batch.send()).toMatchObject([
    { status: "fulfilled" },
    { status: "rejected", reason: { code: "RESPONSE_TOO_LARGE" } },
  ]);
});

it.each([0, -1, 1.5, Number.NaN, "1000", null])("rejects maxResponseBytes: %s", (value) => {
  const options = { maxResponseBytes: value } as object; // programs without types can pass it
  expect(() => libraryClientOf("http://127.0.0.1:1/", options)).toThrow(/maxResponseBytes must be bytes/);
});

describe("decoding", () => {
  it("is synchronous only for small results", async () => {
    const small = gzipSync(Buffer.alloc(mebibyte));
    const large = gzipSync(Buffer.alloc(mebibyte + 1));
    expect(large.length).toBeLessThan(2000);
    expect(decodeBytes(small, ["gzip"], longestString)).toBeInstanceOf(Uint8Array);
    const later = decodeBytes(large, ["gzip"], longestString);
    expect(later).toBeInstanceOf(Promise);
    expect((await later).length).toBe(mebibyte + 1);
  });

  it("ends on abort", async () => {
    const { url } = await serve(responding(compressed(400), gzip));
    const controller = new AbortController();
    const call = libraryClientOf(url, { transport: undici }).books.get({ book: "b" }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    expect(await failureOf(call)).toMatchObject({ code: "ABORTED" });
  });
});

it.each<[string | undefined, string, readonly string[]]>([
  ["gzip", "gzip", ["gzip"]],
  ["gzip", "X-GZIP", ["gzip"]],
  ["gzip", "identity", []],
  ["gzip", "", []],
  ["gzip, br;q=0.5", "br , gzip", ["br", "gzip"]],
  ["*", "zstd", ["zstd"]],
  ["gzip;q=0, *;q=0.1", "deflate", ["deflate"]],
  [undefined, "br", ["br"]],
])("a request with accept-encoding %s accepts %s", (accepted, encoding, want) => {
  const headers: Record<string, string> = accepted === undefined ? {} : { "accept-encoding": accepted };
  const request = { method: "GET", origin: "https://a.test", path: "/", headers, timeout: 1 };
  expect(codingsOf(request, encoding)).toEqual(want);
});
