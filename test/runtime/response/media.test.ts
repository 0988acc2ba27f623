/** Content: streamed bodies, over real sockets. */
import { describe, expect, it, vi } from "vitest";
import { ConnectionError, MediaResponse } from "../../../runtime/src/index.js";
import { clientOf, failureOf } from "../support/library.js";
import { serve, statuses } from "../support/server.js";

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("content", () => {
  it("is requested with alt=media and returned unchanged", async () => {
    const { seen, url } = await serve(
      (_request, response) => void response.writeHead(200, { "content-type": "image/x", "x-a": "1" }).end(bytes),
    );
    const media = await clientOf(url).books.exportMedia({ book: "b" });
    expect(media).toBeInstanceOf(MediaResponse);
    expect([media.status, media.headers.get("content-type"), media.url]).toEqual([
      200,
      "image/x",
      `${url}v1/books/b?alt=media`,
    ]);
    expect(await collect(media.body)).toEqual(bytes);
    expect(seen[0]?.headers.accept).toBe("*/*");
  });

  it("of a method that returns raw bytes is the value of an ApiPromise", async () => {
    const { seen, url } = await serve((_request, response) => void response.writeHead(200).end("héllo"));
    const { data, response } = await clientOf(url).books.raw({ book: "b" }).withResponse();
    expect(await data.text()).toBe("héllo");
    expect(response.status).toBe(200);
    expect([seen[0]?.url, seen[0]?.headers.accept]).toEqual(["/v1/books/b/raw", "*/*"]);
  });

  it("may be empty", async () => {
    const { url } = await serve((_request, response) => void response.writeHead(200).end());
    expect(await (await clientOf(url).books.exportMedia({ book: "b" })).bytes()).toEqual(new Uint8Array());
  });

  it("can be read once", async () => {
    const { url } = await serve((_request, response) => void response.writeHead(200).end("x"));
    const media = await clientOf(url).books.exportMedia({ book: "b" });
    await media.bytes();
    expect(await failureOf(media.text())).toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("is not requested again after an error of the API, which is an ApiError", async () => {
    const { url } = await serve(statuses(404));
    expect(await failureOf(clientOf(url).books.exportMedia({ book: "b" }))).toMatchObject({
      status: 404,
      message: expect.stringContaining("status 404"),
    });
  });

  it("is retried before its first byte", async () => {
    const { seen, url } = await serve(
      (_request, response, index) =>
        void (index === 0 ? response.writeHead(503).end() : response.writeHead(200).end("x")),
    );
    expect(await (await clientOf(url, { retry: { maxDelay: 1 } }).books.exportMedia({ book: "b" })).text()).toBe("x");
    expect(seen).toHaveLength(2);
  });
});

describe("a reader", () => {
  it("gets an error when the connection breaks", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "1000000" });
      response.write(bytes, () => response.destroy());
    });
    const media = await clientOf(url).books.exportMedia({ book: "b" });
    expect(await failureOf(media.bytes())).toBeInstanceOf(ConnectionError);
  });

  it("is aborted by the signal in the middle of the body", async () => {
    const controller = new AbortController();
    const { url } = await serve((_request, response) => {
      response.writeHead(200);
      response.write(bytes);
    });
    const media = await clientOf(url).books.exportMedia({ book: "b" }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    expect(await failureOf(media.bytes())).toMatchObject({ code: "ABORTED" });
  });

  it.each([false, true])("is ended by totalTimeout, compressed: %s", async (compressed) => {
    const { gzipSync } = await import("node:zlib");
    const closed = vi.fn<() => void>();
    const { url } = await serve((_request, response) => {
      response.on("close", closed);
      response.writeHead(200, compressed ? { "content-encoding": "gzip" } : {});
      response.write(compressed ? gzipSync(bytes).subarray(0, 100) : bytes);
    });
    const media = await clientOf(url).books.exportMedia({ book: "b" }, { totalTimeout: 200 });
    expect(await failureOf(media.bytes())).toMatchObject({ code: "TOTAL_TIMEOUT", timeout: 200 });
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  it("is not ended by a totalTimeout that exceeds the maximum of timers", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200);
      response.write("x");
      setTimeout(() => response.end("y"), 50);
    });
    const media = await clientOf(url).books.exportMedia({ book: "b" }, { totalTimeout: 30 * 24 * 3_600_000 });
    expect(await media.text()).toBe("xy");
  });

  it("is ended by timeout if no chunk arrives", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200);
      response.write("x");
    });
    const media = await clientOf(url).books.exportMedia({ book: "b" }, { timeout: 300 });
    expect(await failureOf(media.bytes())).toMatchObject({ code: "TIMEOUT" });
  });
});
