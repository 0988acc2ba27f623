/** Behavior of all transports: requests, encodings, streams, timeouts, and servers that misbehave. */
import { getEventListeners, once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  ApiError,
  type ClientOptions,
  ConnectionError,
  fetchTransport,
  type MediaResponse,
  type Transport,
  undiciTransport,
} from "../../../runtime/src/index.js";
import { AccessTokenCredentials } from "../../../runtime/src/auth.js";
import { failureOf, clientOf as libraryClientOf, type LibraryClient } from "../support/library.js";
import { serve, statuses } from "../support/server.js";

/** A raw TCP server that responds to the first bytes of each connection with these. */
async function raw(...responses: readonly string[]): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      for (const response of responses) socket.write(response);
      socket.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
}

/** A server that reads only the first chunk of each request. */
async function hangingUp(): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      // Unread bytes fill the buffers on the way, and then block the sender.
      socket.pause();
      setTimeout(() => socket.destroy(), 50);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
}

const undici = undiciTransport();

describe.each([
  ["undici", undici],
  ["fetch", fetchTransport()],
] satisfies [string, Transport][])("over %s", (_name, transport) => {
  const clientOf = (url: string, options?: ClientOptions): LibraryClient =>
    libraryClientOf(url, { transport, ...options });

  describe("requests", () => {
    it("have the headers that Google's servers expect", async () => {
      const { seen, url } = await serve(statuses(200));
      const client = clientOf(url, { userAgent: "my-tool/1.2", quotaProject: "q" });
      await client.books.get({ book: "b" });
      await client.books.insert({ requestBody: {} });
      await client.books.insert();
      expect(seen[0]?.headers).toMatchObject({
        accept: "application/json",
        "accept-encoding": "gzip",
        "user-agent": expect.stringMatching(/^my-tool\/1\.2 discogen\/\d+\.\d+\.\d+ \(gzip\)$/),
        "x-goog-api-client": expect.stringMatching(/^gl-node\/\d+\.\d+\.\d+ gdcl\/\d+\.\d+\.\d+$/),
        "x-goog-user-project": "q",
      });
      expect(seen.map((one) => [one.headers["content-type"], one.headers["content-length"], one.body])).toEqual([
        [undefined, undefined, ""],
        ["application/json", "2", "{}"],
        [undefined, "0", ""],
      ]);
    });

    it.each<[string, unknown, string]>([
      ["a string", "é", "é"],
      ["bytes", new TextEncoder().encode("abc"), "abc"],
      ["a part of a buffer", new TextEncoder().encode("xabcx").subarray(1, 4), "abc"],
      ["an ArrayBuffer", new TextEncoder().encode("abc").buffer, "abc"],
      ["a Blob", new Blob(["ab", "c"]), "abc"],
      ["a web stream", new Blob(["abc"]).stream(), "abc"],
    ])("send %s unchanged", async (_name, data, want) => {
      const { seen, url } = await serve(statuses(200));
      await clientOf(url).books.upload({ requestBody: { data, contentType: "x/y" } });
      expect([seen[0]?.body, seen[0]?.headers["content-type"]]).toEqual([want, "x/y"]);
    });
  });

  describe("encodings", () => {
    const small = { name: "é" };
    const large = {
      name: "é".repeat(100_000),
      noise: Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 10_007).join(),
    };
    it.each([
      ["gzip", gzipSync],
      ["x-gzip", gzipSync],
      ["deflate", deflateSync],
      ["br", brotliCompressSync],
      ["GZIP", gzipSync],
      ["identity", (data: string) => Buffer.from(data)],
      ["deflate, gzip", (data: string) => gzipSync(deflateSync(data))],
    ] as const)("%s is decoded, collected or streamed, small or large", async (encoding, encode) => {
      const { url } = await serve((request, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-encoding": encoding });
        response.end(encode(JSON.stringify(request.url.includes("small") ? small : large)));
      });
      const { books } = clientOf(url, { headers: { "accept-encoding": "gzip, deflate, br" } });
      expect(await books.get({ book: "small" })).toEqual(small);
      expect(await books.get({ book: "large" })).toEqual(large);
      expect(JSON.parse(await (await books.exportMedia({ book: "large" })).text())).toEqual(large);
    });

    it("the error names an unknown one", async () => {
      const { url } = await serve(
        (_request, response) => void response.writeHead(200, { "content-encoding": "zip" }).end("x"),
      );
      expect(await failureOf(clientOf(url).books.get({ book: "b" }))).toMatchObject({
        message: expect.stringContaining('"zip"'),
      });
      expect(await failureOf(clientOf(url).books.exportMedia({ book: "b" }))).toMatchObject({
        message: expect.stringContaining('"zip"'),
      });
    });

    it("the status of an error is reported if its body cannot be decoded", async () => {
      const { url } = await serve(
        (_request, response) => void response.writeHead(404, { "content-encoding": "gzip" }).end("not gzip"),
      );
      expect(await failureOf(clientOf(url).books.get({ book: "b" }))).toMatchObject({ status: 404 });
    });

    it("the body of an error is not decoded if it would fill the memory", async () => {
      const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 32));
      const { url } = await serve(
        (_request, response) => void response.writeHead(404, { "content-encoding": "gzip" }).end(bomb),
      );
      expect(await failureOf(clientOf(url).books.get({ book: "b" }))).toMatchObject({
        status: 404,
        message: "library.books.get failed with status 404",
      });
    });
  });

  describe("servers that misbehave", () => {
    it.each([301, 302, 303, 307, 308])("a %s is an error: tokens are never sent to another host", async (status) => {
      const { seen: elsewhere, url: other } = await serve(statuses(200));
      const { seen, url } = await serve(
        (_request, response) => void response.writeHead(status, { location: other }).end(),
      );
      const { books } = clientOf(url, { auth: new AccessTokenCredentials("a-token") });
      const calls = [books.get({ book: "b" }), books.insert({ requestBody: {} }), books.exportMedia({ book: "b" })];
      for (const error of await Promise.all(calls.map(failureOf))) {
        expect(error).toBeInstanceOf(ApiError);
        expect(error).toMatchObject({ status });
      }
      expect(seen.map((one) => one.headers.authorization)).toEqual(Array.from({ length: 3 }, () => "Bearer a-token"));
      expect(elsewhere).toHaveLength(0);
    });

    it.each<[string, readonly string[], Record<string, unknown>]>([
      ["no bytes", [], { code: "CONNECTION_FAILED" }],
      ["half a head", ["HTTP/1.1 200 OK\r\nconte"], { code: "CONNECTION_FAILED" }],
      ["not HTTP", ["SSH-2.0-OpenSSH_9\r\n"], { code: "CONNECTION_FAILED" }],
      [
        "a truncated body",
        ["HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", '{"name":'],
        { code: "CONNECTION_FAILED" },
      ],
      [
        "a truncated chunk",
        ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "ff\r\n{"],
        { code: "CONNECTION_FAILED" },
      ],
      [
        "a truncated error",
        ["HTTP/1.1 503 Busy\r\ncontent-length: 100\r\n\r\n", '{"error":'],
        { code: "API_ERROR", status: 503 },
      ],
      [
        "early hints and then a response",
        ["HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", "HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n"],
        { code: "API_ERROR", status: 404 },
      ],
    ])("%s", async (_name, responses, want) => {
      expect(
        await failureOf(clientOf(await raw(...responses), { retry: false }).books.get({ book: "b" })),
      ).toMatchObject(want);
    });

    it("an endless error is truncated", async () => {
      let written = 0;
      const { url } = await serve((_request, response) => {
        response.writeHead(500);
        const chunk = Buffer.alloc(256 * 1024, 120);
        const more = (): void => {
          written += chunk.length;
          response.write(chunk, (error) => (error ? undefined : setImmediate(more)));
        };
        more();
      });
      expect(await failureOf(clientOf(url, { retry: false }).books.get({ book: "b" }))).toMatchObject({ status: 500 });
      expect(written).toBeLessThan(64 * 1024 * 1024);
    });

    it("a port without a server: nothing was sent", async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      server.close();
      const error = await failureOf(
        clientOf(`http://127.0.0.1:${String(port)}/`, { retry: false }).books.get({ book: "b" }),
      );
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({
        sent: false,
        systemCode: "ECONNREFUSED",
        message: expect.stringMatching(/^library\.books\.get: cannot connect: .*ECONNREFUSED/),
      });
    });
  });

  describe("timeouts and signals", () => {
    const silent = (): ReturnType<typeof serve> => serve(() => undefined);

    it("timeout ends an attempt", async () => {
      const { url } = await silent();
      const error = await failureOf(clientOf(url, { timeout: 50, retry: false }).books.get({ book: "b" }));
      expect(error).toMatchObject({ code: "TIMEOUT", timeout: 50 });
    });

    it("timeout includes the body", async () => {
      const { url } = await serve((_request, response) => {
        response.writeHead(200);
        response.write('{"name":');
      });
      const error = await failureOf(clientOf(url, { timeout: 200, retry: false }).books.get({ book: "b" }));
      expect(error).toMatchObject({ code: "TIMEOUT", timeout: 200 });
    });

    it("timeout of a stream applies between two chunks, not to the complete stream", async () => {
      const { url } = await serve((_request, response) => {
        response.writeHead(200);
        let left = 6;
        const timer = setInterval(() => (left-- > 0 ? response.write("x") : clearInterval(timer)), 100);
        response.on("close", () => clearInterval(timer));
      });
      const media = await clientOf(url).books.exportMedia({ book: "b" }, { timeout: 400 });
      let text = "";
      const error = await failureOf(
        (async () => {
          for await (const chunk of media.body) text += Buffer.from(chunk).toString();
        })(),
      );
      expect(text).toBe("xxxxxx");
      expect(error).toMatchObject({ code: "TIMEOUT" });
    });

    it("a signal ends a call that waits, and a call before it is sent", async () => {
      const { seen, url } = await silent();
      const controller = new AbortController();
      const { books } = clientOf(url);
      const pending = books.get({ book: "b" }, { signal: controller.signal });
      await vi.waitFor(() => expect(seen).toHaveLength(1));
      controller.abort(new Error("enough"));
      expect(await failureOf(pending)).toMatchObject({ code: "ABORTED", cause: { message: "enough" } });
      expect(await failureOf(books.get({ book: "b" }, { signal: controller.signal }))).toMatchObject({
        code: "ABORTED",
      });
      expect(seen).toHaveLength(1);
      expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    });

    it("leave no listener on the signal, with any result of the call", async () => {
      const { signal } = new AbortController();
      const { url } = await serve(statuses(200, 404, 200));
      const { books } = clientOf(url, { retry: false });
      await books.get({ book: "b" }, { signal });
      await failureOf(books.get({ book: "b" }, { signal }));
      await (await books.exportMedia({ book: "b" }, { signal })).bytes();
      await (await books.exportMedia({ book: "b" }, { signal })).cancel();
      expect(getEventListeners(signal, "abort")).toHaveLength(0);
    });
  });

  describe("streams", () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));

    it("apply back-pressure for a slow reader", async () => {
      const total = 64 * 1024 * 1024;
      let written = 0;
      const { url } = await serve((_request, response) => {
        response.writeHead(200);
        const chunk = Buffer.alloc(1024 * 1024);
        const more = (): void => {
          while (written < total) {
            written += chunk.length;
            if (!response.write(chunk)) return void response.once("drain", more);
          }
          response.end();
        };
        more();
      });
      const media = await clientOf(url).books.exportMedia({ book: "b" });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(written).toBeLessThan(total / 2);
      let read = 0;
      for await (const chunk of media.body) read += chunk.length;
      expect(read).toBe(total);
    });

    it.each<[string, (media: MediaResponse) => Promise<unknown>]>([
      [
        "stops early",
        async (media) => {
          for await (const chunk of media.body) if (chunk.length > 0) break;
        },
      ],
      ["never starts", (media) => media.cancel()],
    ])("close the connection when the reader %s", async (_name, action) => {
      const closed = vi.fn<() => void>();
      const { url } = await serve((_request, response) => {
        response.on("close", closed);
        response.writeHead(200);
        response.write(bytes);
      });
      await action(await clientOf(url).books.exportMedia({ book: "b" }));
      await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    });

    it("report an error once when the connection breaks", async () => {
      const { url } = await serve((_request, response) => {
        response.writeHead(200, { "content-length": "1000000" });
        response.write(bytes, () => response.destroy());
      });
      const chunks = (await clientOf(url).books.exportMedia({ book: "b" })).body[Symbol.asyncIterator]();
      const error = await failureOf(
        (async () => {
          while ((await chunks.next()).done !== true);
        })(),
      );
      expect(error).toBeInstanceOf(ConnectionError);
      expect(await chunks.next()).toEqual({ done: true, value: undefined });
    });

    it.each([
      ["a signal", "ABORTED", () => ({ signal: AbortSignal.timeout(200) })],
      ["totalTimeout", "TOTAL_TIMEOUT", () => ({ totalTimeout: 200 })],
    ])("end on %s, in the middle", async (_name, code, options) => {
      const { url } = await serve((_request, response) => {
        response.writeHead(200);
        response.write(bytes);
      });
      const media = await clientOf(url).books.exportMedia({ book: "b" }, options());
      expect(await failureOf(media.bytes())).toMatchObject({ code });
    });

    it("that are sent are read only as fast as needed, and closed when the server disconnects", async () => {
      const closed = vi.fn<() => void>();
      let given = 0;
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) {
            given += bytes.length;
            yield bytes;
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          closed();
        }
      }
      const address = await hangingUp();
      const error = await failureOf(
        clientOf(address, { retry: false }).books.upload({ requestBody: { data: endless(), contentType: "x/y" } }),
      );
      expect(error).toBeInstanceOf(ConnectionError);
      await vi.waitFor(() => expect(closed).toHaveBeenCalled());
      expect(given).toBeLessThan(64 * 1024 * 1024);
    });
  });
});
