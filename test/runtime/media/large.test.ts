// slow: uploads gigabytes.
/** Uploads and downloads 1 GiB over connections that are reset every 10 to 50 MB, with little memory. */
import { describe, expect, it } from "vitest";
import { clientOf } from "../support/library.js";
import { expectPattern, pattern, patternChunks } from "../support/pattern.js";
import { serve } from "../support/server.js";
import { uploadServer } from "../support/upload-server.js";

const size = 1024 ** 3 + 12_345;
const megabyte = 1_000_000;

/** 10 to 50 MB, the same in every run. */
function distances(): () => number {
  let state = 7;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (10 + (state % 41)) * megabyte;
  };
}

/** Whether the peak memory stayed below half of the content. */
function expectSmall(before: number): void {
  expect(process.memoryUsage().rss - before).toBeLessThan(size / 2);
}

describe("1 GiB", () => {
  it("is uploaded", async () => {
    const next = distances();
    let cutAt = next();
    let cuts = 0;
    const server = await uploadServer({
      fault: ({ range }) => {
        const end = Number(/-(\d+)\//.exec(range ?? "")?.[1] ?? 0);
        if (end < cutAt) return undefined;
        const cutAfter = cutAt - server.arrived();
        cutAt += next();
        cuts += 1;
        return { cutAfter };
      },
    });
    const before = process.memoryUsage().rss;
    const { books } = clientOf(server.url, { retry: { maxDelay: 1 } });
    await books.create({ requestBody: {}, media: { body: patternChunks(size) } });
    expect([server.arrived(), server.finished()]).toEqual([size, true]);
    expect(cuts).toBeGreaterThan(size / (50 * megabyte) - 1);
    expectSmall(before);
  });

  it("is downloaded", async () => {
    const next = distances();
    const { seen, url } = await serve((request, response) => {
      let offset = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const cutAt = offset + next();
      const marks = { etag: '"v1"', "content-length": String(size - offset) };
      if (request.headers.range === undefined) response.writeHead(200, marks);
      else
        response.writeHead(206, {
          ...marks,
          "content-range": `bytes ${String(offset)}-${String(size - 1)}/${String(size)}`,
        });
      const more = (): void => {
        while (offset < size) {
          if (offset >= cutAt) return void response.socket?.resetAndDestroy();
          const chunk = pattern(offset, Math.min(256 * 1024, size - offset));
          offset += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    });
    const before = process.memoryUsage().rss;
    const media = await clientOf(url, { retry: { maxDelay: 1 } }).books.exportMedia({ book: "b" });
    let received = 0;
    for await (const chunk of media.body) {
      expectPattern(received, chunk);
      received += chunk.length;
    }
    expect(received).toBe(size);
    expect(seen.length).toBeGreaterThan(size / (50 * megabyte) - 1);
    expectSmall(before);
  });
});
