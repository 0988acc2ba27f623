/** Content and its resource: stored headers, checksums, compression, and changes of either. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { jsonIn, type Send, startArchive } from "./sockets.js";

const plain = Buffer.from("hello ".repeat(100));
const gzipped = gzipSync(plain);

/** Uploads content with metadata, and returns the id of the file. */
async function uploaded(send: Send, metadata: object, content: Buffer | string): Promise<string> {
  const head = `--b\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n--b\r\ncontent-type: text/plain\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), Buffer.from(content), Buffer.from("\r\n--b--")]);
  const headers = { "content-type": "multipart/related; boundary=b" };
  const made = await send("POST", "upload/archive/v1/files?uploadType=multipart", headers, body);
  expect(made.status).toBe(200);
  return String(jsonIn(made)["id"]);
}

const files = "archive/v1/files";

describe("a download", () => {
  it("has the stored headers, and checksums", async () => {
    const { send } = await startArchive();
    const id = await uploaded(
      send,
      { cacheControl: "no-cache", contentDisposition: "inline", contentLanguage: "de", contentType: "text/csv" },
      "hello",
    );
    const want = {
      "content-type": "text/csv",
      "content-length": "5",
      "cache-control": "no-cache",
      "content-disposition": "inline",
      "content-language": "de",
      "x-goog-hash": "crc32c=mnG7TA==,md5=XUFAKrxLKna5cZ2REBfFkg==",
      "x-goog-stored-content-encoding": "identity",
      "x-goog-stored-content-length": "5",
    };
    for (const [method, text] of [
      ["GET", "hello"],
      ["HEAD", ""],
    ] as const) {
      const got = await send(method, `${files}/${id}?alt=media`);
      expect(got).toMatchObject({ status: 200, headers: want });
      expect(got.bytes.toString()).toBe(text);
      expect(got.headers).not.toHaveProperty("content-encoding");
    }
  });

  it.each<[string, Record<string, string>, object, number, string | undefined, Buffer]>([
    ["as stored for a client with gzip", { "accept-encoding": "gzip, deflate" }, {}, 200, "gzip", gzipped],
    ["decompressed for a client without gzip", {}, {}, 200, undefined, plain],
    ["decompressed for identity", { "accept-encoding": "identity" }, {}, 200, undefined, plain],
    ["decompressed if gzip has the weight 0", { "accept-encoding": "gzip;q=0" }, {}, 200, undefined, plain],
    ["decompressed and complete for a range", { range: "bytes=0-4" }, {}, 200, undefined, plain],
    [
      "partial for a range with gzip",
      { range: "bytes=0-4", "accept-encoding": "gzip" },
      {},
      206,
      "gzip",
      gzipped.subarray(0, 5),
    ],
    ["as stored with no-transform", {}, { cacheControl: "no-transform" }, 200, "gzip", gzipped],
  ])("of compressed content is %s", async (_name, headers, metadata, status, encoding, bytes) => {
    const { send } = await startArchive();
    const id = await uploaded(send, { contentEncoding: "gzip", ...metadata }, gzipped);
    const got = await send("GET", `${files}/${id}?alt=media`, headers);
    expect([got.status, got.headers["content-encoding"], got.bytes.equals(bytes)]).toEqual([status, encoding, true]);
    expect(got.headers["x-goog-stored-content-encoding"]).toBe("gzip");
  });

  it("of content that is not gzip, but said to be, is refused for clients without gzip", async () => {
    const { send } = await startArchive();
    const id = await uploaded(send, { contentEncoding: "gzip" }, "hello");
    const got = await send("GET", `${files}/${id}?alt=media`);
    expect([got.status, got.bytes.toString()]).toEqual([400, expect.stringContaining("MOCK_NOT_MODELLED")]);
  });

  it.each([
    ["bytes=0-", 416, "bytes */0"],
    ["bytes=0-99", 416, "bytes */0"],
    ["bytes=-5", 416, "bytes */0"],
    [undefined, 200, undefined],
  ])("of empty content with the range %s gets %i", async (range, status, contentRange) => {
    const { send } = await startArchive();
    const id = await uploaded(send, {}, "");
    const got = await send("GET", `${files}/${id}?alt=media`, range === undefined ? {} : { range });
    expect([got.status, got.headers["content-range"]]).toEqual([status, contentRange]);
  });

  it("compares the version of the content", async () => {
    const { send } = await startArchive();
    const id = await uploaded(send, {}, "hello");
    const path = `${files}/${id}?alt=media`;
    const etag = String((await send("GET", path)).headers["etag"]);
    expect((await send("GET", path, { "if-none-match": etag })).status).toBe(304);
    expect((await send("GET", path, { "if-match": etag })).status).toBe(200);
    expect((await send("GET", path, { "if-match": '"other"' })).status).toBe(412);
    await send("PATCH", `upload/${files}/${id}?uploadType=media`, { "content-type": "text/plain" }, "world");
    expect((await send("GET", path, { "if-none-match": etag })).status).toBe(200);
    expect((await send("GET", path, { "if-match": etag })).status).toBe(412);
  });

  it("of a resource without content is refused, and 404 without a resource", async () => {
    const { send } = await startArchive();
    const headers = { "content-type": "application/json" };
    const { id } = jsonIn(await send("POST", files, headers, '{"name":"a","raw":"YQ=="}'));
    expect((await send("GET", `${files}/${String(id)}?alt=media`)).bytes.toString()).toContain("MOCK_NOT_MODELLED");
    expect((await send("GET", `${files}/none?alt=media`)).status).toBe(404);
  });
});

describe("a change", () => {
  const json = { "content-type": "application/json" };

  it.each(["PATCH", "PUT"])("of metadata with %s keeps the content and its facts", async (method) => {
    const { send } = await startArchive();
    const id = await uploaded(send, { name: "a" }, "hello");
    const path = `${files}/${id}`;
    const before = jsonIn(await send("GET", path));
    const body = JSON.stringify({ name: "b", size: "99", md5Hash: "x", contentType: "a/b" });
    const after = jsonIn(await send(method, path, json, body));
    const { size, md5Hash, crc32c } = before;
    expect(after).toMatchObject({ id, name: "b", contentType: "a/b", size, md5Hash, crc32c });
    const got = await send("GET", `${path}?alt=media`);
    expect([got.bytes.toString(), got.headers["content-type"]]).toEqual(["hello", "a/b"]);
  });

  it("of content keeps the metadata", async () => {
    const { send } = await startArchive();
    const id = await uploaded(send, { name: "a", cacheControl: "no-cache" }, "hello");
    const path = `upload/${files}/${id}?uploadType=media`;
    const after = jsonIn(await send("PATCH", path, { "content-type": "a/b" }, "world!"));
    expect(after).toMatchObject({ id, name: "a", cacheControl: "no-cache", size: "6", contentType: "a/b" });
    expect(jsonIn(await send("GET", `${files}/${id}`))).toEqual(after);
  });
});

describe("an upload", () => {
  it("fills the property that contains the content in other requests", async () => {
    const { send } = await startArchive();
    const id = await uploaded(send, {}, "hello");
    expect(jsonIn(await send("GET", `${files}/${id}`))).toMatchObject({ raw: "aGVsbG8" });
  });

  const md5 = "XUFAKrxLKna5cZ2REBfFkg==";
  it.each<[string, Record<string, string>, number]>([
    ["the right X-Goog-Hash", { "x-goog-hash": `crc32c=mnG7TA==, md5=${md5}` }, 200],
    ["the right Content-MD5", { "content-md5": md5 }, 200],
    ["another CRC32C", { "x-goog-hash": "crc32c=AAAAAA==" }, 400],
    ["another MD5", { "x-goog-hash": `crc32c=mnG7TA==,md5=${md5.replace("X", "Y")}` }, 400],
    ["another Content-MD5", { "content-md5": md5.replace("X", "Y") }, 400],
  ])("with %s gets %3$i, and nothing is stored if it differs", async (_name, headers, status) => {
    const { send } = await startArchive();
    for (const protocol of ["media", "resumable"]) {
      const path = `upload/${files}?uploadType=${protocol}`;
      const type = { "content-type": "text/plain" };
      const opened = protocol === "media" ? undefined : await send("POST", path);
      const made =
        opened === undefined
          ? await send("POST", path, { ...type, ...headers }, "hello")
          : await send("PUT", String(opened.headers["location"]), headers, "hello");
      expect(made.status).toBe(status);
    }
    const list = jsonIn(await send("GET", files));
    expect((list["files"] as unknown[] | undefined)?.length ?? 0).toBe(status === 200 ? 2 : 0); // the document's type
  });

  it.each([{ md5Hash: "AAAA" }, { crc32c: "AAAA" }])(
    "with another checksum in the metadata gets 400: %j",
    async (metadata) => {
      const { send } = await startArchive();
      const sent = `--b\n\n${JSON.stringify(metadata)}\n--b\n\nhello\n--b--`;
      const headers = { "content-type": "multipart/related; boundary=b" };
      expect((await send("POST", `upload/${files}?uploadType=multipart`, headers, sent)).status).toBe(400);
    },
  );
});

it("a request that is not JSON is refused if the document does not say what it means", async () => {
  const { send } = await startArchive();
  const got = await send("POST", "archive/v1/notes:send", { "content-type": "text/plain" }, "hello");
  expect([got.status, got.bytes.toString()]).toEqual([400, expect.stringContaining("MOCK_NOT_MODELLED")]);
});
