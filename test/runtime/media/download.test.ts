/** Downloads: ranges, broken connections, checksums, compressed content, files. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { Crc32c } from "../../../runtime/src/media/crc32c.js";
import type { ClientOptions, DownloadProgress } from "../../../runtime/src/index.js";
import { temporaryFolder } from "../../support/folders.js";
import { clientOf, failureOf } from "../support/library.js";
import { pattern } from "../support/pattern.js";
import { type Handler, type Seen, type TestServer, serve } from "../support/server.js";

const size = 1_000_000;
const content = pattern(0, size);
const quick: ClientOptions = { retry: { maxDelay: 1 } };

const get = (url: string, options: ClientOptions = quick) => clientOf(url, options).books.exportMedia({ book: "b" });

/** How the server handles one request. Default: correctly. */
interface Behavior {
  /** Closes the connection after this many bytes. */
  readonly cut?: number;
  /** Does not support ranges. */
  readonly ignoresRange?: boolean;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly status?: number;
  readonly bytes?: Buffer;
}

/** Serves bytes by RFC 9110 §14, with one behavior for each request. */
function serving(
  bytes: Buffer,
  headers: Readonly<Record<string, string | string[]>>,
  behaviors: readonly Behavior[] = [],
): Handler {
  return (request, response, index) => {
    const { cut, ignoresRange, status, headers: other, bytes: others = bytes } = behaviors[index] ?? {};
    if (status !== undefined) return void response.writeHead(status).end();
    const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
    const all = { ...headers, ...other };
    const ifRange = request.headers["if-range"];
    const isPart = range !== null && ignoresRange !== true && (ifRange === undefined || ifRange === all["etag"]);
    const [, from = "", to = ""] = range ?? [];
    const start = isPart ? (from === "" ? others.length - Number(to) : Number(from)) : 0;
    const end = isPart && from !== "" && to !== "" ? Number(to) : others.length - 1;
    const part = others.subarray(start, end + 1);
    response.writeHead(isPart ? 206 : 200, {
      ...all,
      "content-length": String(part.length),
      ...(isPart ? { "content-range": `bytes ${String(start)}-${String(end)}/${String(others.length)}` } : {}),
    });
    if (cut === undefined) response.end(part);
    else cutAfter(response, part.subarray(0, cut));
  };
}

function cutAfter(response: ServerResponse, bytes: Buffer): void {
  // Closed regularly: after a reset, the client may lose bytes that have arrived.
  response.write(bytes, () => response.socket?.end());
}

const rangesOf = ({ seen }: TestServer): (string | undefined)[] => seen.map(({ headers }) => headers.range);

describe("ranges", () => {
  it.each([
    [{ start: 10, end: 19 }, "bytes=10-19", content.subarray(10, 20)],
    [{ start: size - 5 }, `bytes=${String(size - 5)}-`, content.subarray(-5)],
    [{ end: 3 }, "bytes=0-3", content.subarray(0, 4)],
    [{ start: -7 }, "bytes=-7", content.subarray(-7)],
  ])("%j", async (range, field, expected) => {
    const server = await serve(serving(content, {}));
    const media = await clientOf(server.url).books.exportMedia({ book: "b" }, { range });
    expect(media.status).toBe(206);
    expect(Buffer.from(await media.bytes())).toEqual(expected);
    expect(rangesOf(server)).toEqual([field]);
  });

  it.each([[{ start: 1.5 }], [{ start: 5, end: 4 }], [{ start: -5, end: 4 }], [null]])("rejects %j", async (range) => {
    const { seen, url } = await serve(serving(content, {}));
    // Programs without types may pass it.
    const options = { range } as object;
    expect(await failureOf(clientOf(url).books.exportMedia({ book: "b" }, options))).toMatchObject({
      code: "INVALID_REQUEST",
      faults: [{ parameter: "range" }],
    });
    expect(seen).toHaveLength(0);
  });
});

describe("a download is resumed after a broken connection", () => {
  const etag = { etag: '"v1"' };
  const last = String(size - 1);
  it.each<[string, Record<string, string | string[]>, readonly Behavior[], readonly (string | undefined)[]]>([
    ["with its ETag", etag, [{ cut: 300_000 }], [undefined, `bytes=300000-${last}`]],
    ["with its generation", { "x-goog-generation": "7" }, [{ cut: 300_000 }], [undefined, `bytes=300000-${last}`]],
    [
      "with its checksum",
      { "x-goog-hash": [`md5=${createHash("md5").update(content).digest("base64")}`] },
      [{ cut: 300_000 }],
      [undefined, `bytes=300000-${last}`],
    ],
    ["twice", etag, [{ cut: 300_000 }, { cut: 300_000 }], [undefined, `bytes=300000-${last}`, `bytes=600000-${last}`]],
    [
      "after an error response",
      etag,
      [{ cut: 300_000 }, { status: 503 }],
      [undefined, `bytes=300000-${last}`, `bytes=300000-${last}`],
    ],
    [
      "from a server that does not support ranges",
      etag,
      [{ cut: 300_000 }, { ignoresRange: true }],
      [undefined, `bytes=300000-${last}`],
    ],
  ])("%s", async (_name, headers, behaviors, ranges) => {
    const server = await serve(serving(content, headers, behaviors));
    const progress: DownloadProgress[] = [];
    const media = await clientOf(server.url, quick).books.exportMedia(
      { book: "b" },
      { onProgress: (one) => progress.push(one) },
    );
    expect(content.equals(await media.bytes())).toBe(true);
    expect(rangesOf(server)).toEqual(ranges);
    expect(server.seen[1]?.headers["if-range"]).toBe(headers["etag"]);
    expect(progress.at(-1)).toEqual({ received: size, total: size });
  });

  it("if the response does not repeat the ETag of the request", async () => {
    const server = await serve((request, response) => {
      const start = request.headers["if-range"] === '"v1"' ? 300_000 : 0;
      const range = { "content-range": `bytes ${String(start)}-${last}/${String(size)}` };
      response.writeHead(start === 0 ? 200 : 206, {
        "content-length": String(size - start),
        ...(start === 0 ? etag : range),
      });
      if (start === 0) cutAfter(response, content.subarray(0, 300_000));
      else response.end(content.subarray(start));
    });
    expect(content.equals(await (await get(server.url)).bytes())).toBe(true);
  });

  it("of a range", async () => {
    const server = await serve(serving(content, etag, [{ cut: 100 }, { ignoresRange: true }]));
    const media = await clientOf(server.url, quick).books.exportMedia(
      { book: "b" },
      { range: { start: 1000, end: 1999 } },
    );
    expect(content.subarray(1000, 2000).equals(await media.bytes())).toBe(true);
    expect(rangesOf(server)).toEqual(["bytes=1000-1999", "bytes=1100-1999"]);
  });

  it("of compressed content, by the compressed bytes", async () => {
    const packed = gzipSync(content);
    const server = await serve(serving(packed, { ...etag, "content-encoding": "gzip" }, [{ cut: 5000 }]));
    expect(content.equals(await (await get(server.url)).bytes())).toBe(true);
    expect(rangesOf(server)[1]).toBe(`bytes=5000-${String(packed.length - 1)}`);
  });

  it.each<[string, Record<string, string>, ClientOptions]>([
    ["the content has no version", {}, quick],
    ["the ETag is weak", { etag: 'W/"v1"' }, quick],
    ["retries are turned off", etag, { retry: false }],
  ])("but not if %s", async (_name, headers, options) => {
    const server = await serve(serving(content, headers, [{ cut: 300_000 }]));
    expect(await failureOf((await get(server.url, options)).bytes())).toMatchObject({ code: "CONNECTION_FAILED" });
    expect(server.seen).toHaveLength(1);
  });

  it.each<[string, Behavior]>([
    ["ETag", { headers: { etag: '"v2"' } }],
    ["generation", { headers: { "x-goog-generation": "8" } }],
    ["encoding", { headers: { "content-encoding": "gzip" } }],
  ])("but not if the content has another %s by then", async (_name, then) => {
    const server = await serve(serving(content, { ...etag, "x-goog-generation": "7" }, [{ cut: 300_000 }, then]));
    expect(await failureOf((await get(server.url)).bytes())).toMatchObject({ code: "CONTENT_CHANGED" });
  });

  it("stops after the attempts of the policy without a byte", async () => {
    const server = await serve(
      serving(content, etag, [{ cut: 300_000 }, { cut: 0 }, { cut: 0 }, { cut: 0 }, { cut: 0 }]),
    );
    expect(await failureOf((await get(server.url)).bytes())).toMatchObject({ code: "CONNECTION_FAILED" });
    expect(server.seen).toHaveLength(4);
  });
});

describe("checksums", () => {
  const md5 = `md5=${createHash("md5").update(content).digest("base64")}`;
  const sum = new Crc32c();
  sum.update(content);
  const crc32c = `crc32c=${sum.digest()}`;

  it.each([
    ["123456789", "e3069283"],
    // RFC 3720 §B.4: 32 bytes of zeros, of ones, counting up.
    [Buffer.alloc(32), "8a9136aa"],
    [Buffer.alloc(32, 255), "62a8ab43"],
    [Buffer.from(Array.from({ length: 32 }, (_, i) => i)), "46dd794e"],
  ])("CRC-32C of a known value", (bytes, expected) => {
    const atOnce = new Crc32c();
    atOnce.update(Buffer.from(bytes));
    const chunks = new Crc32c();
    for (const byte of Buffer.from(bytes)) chunks.update(Uint8Array.of(byte));
    const hex = (sum: Crc32c) => Buffer.from(sum.digest(), "base64").toString("hex");
    expect([hex(atOnce), hex(chunks)]).toEqual([expected, expected]);
  });

  it.each<[string, Record<string, string | string[]>]>([
    ["both in one field", { "x-goog-hash": `${crc32c},${md5}` }],
    ["one in each field", { "x-goog-hash": [crc32c, md5] }],
    ["an unknown one", { "x-goog-hash": "sha1=AAAA" }],
    [
      "of stored bytes that were decompressed on the way",
      { "x-goog-hash": "md5=AAAA", "x-goog-stored-content-encoding": "gzip" },
    ],
  ])("%s: the content is accepted", async (_name, headers) => {
    const { url } = await serve(serving(content, headers));
    expect(content.equals(await (await get(url)).bytes())).toBe(true);
  });

  it.each<[string, Record<string, string | string[]>]>([
    ["crc32c", { "x-goog-hash": `crc32c=AAAAAA==,${md5}` }],
    ["md5", { "x-goog-hash": [crc32c, "md5=AAAAAAAAAAAAAAAAAAAAAA=="] }],
    ["crc32c", { "x-goog-hash": "crc32c=AAAAAA==", "x-goog-stored-content-encoding": "identity" }],
  ])("a wrong %s is an error, and no file is written", async (name, headers) => {
    const { url } = await serve(serving(content, headers));
    expect(await failureOf((await get(url)).bytes())).toMatchObject({
      code: "CONTENT_DAMAGED",
      message: expect.stringContaining(name),
    });
    const folder = await temporaryFolder();
    expect(await failureOf((await get(url)).saveTo(join(folder, "a")))).toMatchObject({ code: "CONTENT_DAMAGED" });
    expect(await readdir(folder)).toEqual([]);
  });

  it("of content that is stored compressed apply to the compressed bytes", async () => {
    const packed = gzipSync(content);
    const hash = createHash("md5").update(packed).digest("base64");
    const headers = { "content-encoding": "gzip", "x-goog-stored-content-encoding": "gzip" };
    const { url } = await serve(serving(packed, { ...headers, "x-goog-hash": `md5=${hash}` }));
    expect(content.equals(await (await get(url)).bytes())).toBe(true);
    const other = await serve(serving(packed, { ...headers, "x-goog-hash": md5 }));
    expect(await failureOf((await get(other.url)).bytes())).toMatchObject({ code: "CONTENT_DAMAGED" });
  });

  it("of a range are not verified", async () => {
    const { url } = await serve(serving(content, { "x-goog-hash": md5 }));
    const media = await clientOf(url).books.exportMedia({ book: "b" }, { range: { end: 9 } });
    expect(await media.bytes()).toHaveLength(10);
  });
});

describe("saveTo", () => {
  it("to an invalid name releases the connection", async () => {
    const closed = vi.fn<() => void>();
    const { url } = await serve((_request, response) => {
      response.on("close", closed);
      response.writeHead(200, { "content-length": String(size) });
      response.write("x");
    });
    await failureOf((await get(url)).saveTo(""));
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  it("writes a temporary file and renames it when it is complete", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "a");
    await writeFile(path, "older");
    let during: string[] = [];
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": String(size) });
      response.write(content.subarray(0, 10), () => {
        setTimeout(() => {
          void readdir(folder).then(async (names) => {
            during = [...names, await readFile(path, "utf8")];
            response.end(content.subarray(10));
          });
        }, 100);
      });
    });
    await (await get(url)).saveTo(path);
    expect(during).toEqual([expect.stringMatching(/^\.discogen-.*\.tmp$/), "a", "older"]);
    expect(await readdir(folder)).toEqual(["a"]);
    expect(content.equals(await readFile(path))).toBe(true);
  });

  it("resumes after a broken connection", async () => {
    const path = join(await temporaryFolder(), "a");
    const server = await serve(serving(content, { etag: '"a"' }, [{ cut: 100_000 }, { cut: 200_000 }]));
    await (await get(server.url)).saveTo(path);
    expect(content.equals(await readFile(path))).toBe(true);
    expect(server.seen).toHaveLength(3);
  });

  it("writes an empty file for empty content", async () => {
    const path = join(await temporaryFolder(), "a");
    const { url } = await serve(serving(Buffer.alloc(0), {}));
    await (await get(url)).saveTo(path);
    expect(await readFile(path)).toHaveLength(0);
  });

  it("leaves no file when the call is aborted", async () => {
    const folder = await temporaryFolder();
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": String(size) });
      response.write(content.subarray(0, 10));
    });
    const controller = new AbortController();
    const media = await clientOf(url).books.exportMedia({ book: "b" }, { signal: controller.signal });
    const saving = media.saveTo(join(folder, "a"));
    setTimeout(() => controller.abort(), 50);
    expect(await failureOf(saving)).toMatchObject({ code: "ABORTED" });
    expect(await readdir(folder)).toEqual([]);
  });

  it.each<[string, (folder: string) => string, string]>([
    ["a folder that does not exist", (folder) => join(folder, "no", "a"), "ENOENT"],
    ["a folder", (folder) => join(folder, "taken"), "cannot be written"],
    ["no name", () => "", "must be a file name"],
  ])("rejects %s", async (_name, path, message) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "taken", "within"), { recursive: true });
    const { url } = await serve(serving(content, {}));
    expect(await failureOf((await get(url)).saveTo(path(folder)))).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining(message),
    });
    expect(await readdir(folder)).toEqual(["taken"]);
  });
});

it("an error of onProgress ends the download, and releases the connection", async () => {
  const closed = vi.fn<() => void>();
  const { url } = await serve((_request, response) => {
    response.on("close", closed);
    response.writeHead(200, { "content-length": String(size) });
    response.write(content.subarray(0, 10));
  });
  const reason = new Error("enough");
  const onProgress = (): never => {
    throw reason;
  };
  const media = await clientOf(url).books.exportMedia({ book: "b" }, { onProgress });
  expect(await failureOf(media.bytes())).toBe(reason);
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
});

describe("a download that is cancelled while it is saved", () => {
  it.each<[string, Handler]>([
    [
      "with a length",
      (_request, response) => {
        response.writeHead(200, { "content-length": String(size), etag: '"v1"' });
        response.write(content.subarray(0, 300_000));
      },
    ],
    [
      "without a length",
      (_request, response) => {
        response.writeHead(200, { etag: '"v1"' });
        response.write(content.subarray(0, 300_000));
      },
    ],
  ])("%s leaves no partial file and releases the connection", async (_name, handler) => {
    const folder = await temporaryFolder();
    const closed = vi.fn<() => void>();
    const server = await serve((request, response, index) => {
      response.on("close", closed);
      return handler(request, response, index);
    });
    const media = await get(server.url);
    const saving = failureOf(media.saveTo(join(folder, "a")));
    await vi.waitFor(async () => expect(await readdir(folder)).toHaveLength(1));
    await media.cancel();
    expect(await saving).toMatchObject({ code: "ABORTED", message: expect.stringContaining("cancelled") as unknown });
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    expect(await readdir(folder)).toEqual([]);
    expect(server.seen).toHaveLength(1);
  });

  it("in the delay before it is resumed is not resumed", async () => {
    const folder = await temporaryFolder();
    const server = await serve(serving(content, { etag: '"v1"' }, [{ cut: 300_000 }]));
    const failed = vi.fn<() => number>(() => 200);
    const media = await get(server.url, { retry: { decide: failed } });
    const saving = failureOf(media.saveTo(join(folder, "a")));
    await vi.waitFor(() => expect(failed).toHaveBeenCalled());
    await media.cancel();
    expect(await saving).toMatchObject({ code: "ABORTED" });
    expect(server.seen).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });
});

it("requests accept compressed content", async () => {
  const { seen, url } = await serve(serving(content, {}));
  await (await get(url)).cancel();
  expect(seen.map(({ headers }: Seen) => headers["accept-encoding"])).toEqual(["gzip"]);
});
