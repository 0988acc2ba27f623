/** Media in the mock: uploads in every protocol, downloads, and faults. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Fault, Mock, MockOptions } from "../../../generator/src/mock/index.js";
import { ROOT } from "../../support/folders.js";
import { mockFor, modelOf, tokenFor } from "./support.js";

const models = ["drive.v3", "storage.v1", "youtube.v3"].map((name) => {
  const file = join(ROOT, `test/fixtures/media/${name}.json`);
  return modelOf(readFileSync(file, "utf8"), file);
});
const scope = models.flatMap(({ scopes }) => scopes.map((one) => one.scope)).join(" ");
const kib256 = 256 * 1024;

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** Starts a mock, and returns a function that sends authorized requests. Paths are relative, or absolute URLs. */
async function start(
  options: Partial<MockOptions> = {},
): Promise<{ mock: Mock; send: (path: string, sent?: Sent) => Promise<Response> }> {
  const mock = await mockFor({ models, ...options });
  const authorization = `Bearer ${await tokenFor(mock, { scope })}`;
  const send = (path: string, { headers, ...sent }: Sent = {}) =>
    fetch(new URL(path, mock.url), {
      method: "GET",
      redirect: "manual",
      ...sent,
      headers: { authorization, ...headers },
    });
  return { mock, send };
}

const json = { "content-type": "application/json" };
const jsonOf = async (response: Response): Promise<Record<string, unknown>> =>
  (await response.json()) as Record<string, unknown>; // the mock returns objects

describe("an upload", () => {
  it("of content only creates a resource with the properties of the content", async () => {
    const { send } = await start();
    const made = await send("upload/drive/v3/files?uploadType=media", {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: "hello",
    });
    expect(made.status).toBe(200);
    const file = await jsonOf(made);
    expect(file).toMatchObject({
      kind: "drive#file",
      mimeType: "text/plain",
      size: "5",
      md5Checksum: "5d41402abc4b2a76b9719d911017c592",
    });
    const id = String(file["id"]);
    expect(await jsonOf(await send(`drive/v3/files/${id}`))).toEqual(file);
    const content = await send(`drive/v3/files/${id}?alt=media`);
    expect([content.headers.get("content-type"), await content.text()]).toEqual(["text/plain", "hello"]);
    expect(await (await send(`drive/v3/files/${id}/export?alt=media&mimeType=text/plain`)).text()).toBe("hello");
  });

  it("with metadata stores both", async () => {
    const { send } = await start();
    await send("storage/v1/b?project=p", { method: "POST", headers: json, body: '{"name":"shop"}' });
    const body =
      '--x y\r\nContent-Type: application/json\r\n\r\n{"metadata":{"a":"b"}}\r\n--x y\r\nContent-Type: image/png\r\n\r\nPNG\r\n--x\r\n--x y--';
    const headers = { "content-type": 'multipart/related; boundary="x y"' };
    const made = await send("upload/storage/v1/b/shop/o?uploadType=multipart&name=a%2Fb.png", {
      method: "POST",
      headers,
      body,
    });
    const want = { name: "a/b.png", bucket: "shop", contentType: "image/png", size: "8", metadata: { a: "b" } };
    expect(await jsonOf(made)).toMatchObject(want);
    const content = await send("storage/v1/b/shop/o/a%2Fb.png?alt=media");
    expect(await content.text()).toBe("PNG\r\n--x");
    expect(content.headers.get("x-goog-hash")).toMatch(/^crc32c=[\w+/]+==,md5=[\w+/]+==$/);
  });

  it("that replaces content keeps the resource", async () => {
    const { send } = await start();
    const { id } = await jsonOf(await send("drive/v3/files", { method: "POST", headers: json, body: '{"name":"a"}' }));
    const changed = await send(`upload/drive/v3/files/${String(id)}?uploadType=media`, {
      method: "PATCH",
      headers: { "content-type": "a/b" },
      body: "new",
    });
    expect(await jsonOf(changed)).toMatchObject({ id, name: "a", size: "3" });
    expect(await (await send(`drive/v3/files/${String(id)}?alt=media`)).text()).toBe("new");
  });

  it("is deleted with its resource", async () => {
    const { send } = await start();
    await send("storage/v1/b?project=p", { method: "POST", headers: json, body: '{"name":"shop"}' });
    const up = { method: "POST", headers: { "content-type": "text/plain" }, body: "a" };
    await send("upload/storage/v1/b/shop/o?uploadType=media&name=a", up);
    expect((await send("storage/v1/b/shop/o/a?alt=media")).status).toBe(200);
    expect((await send("storage/v1/b/shop/o/a", { method: "DELETE" })).status).toBe(204);
    expect((await send("storage/v1/b/shop/o/a?alt=media")).status).toBe(404);
  });

  it("of an otherwise unknown method returns the request body", async () => {
    const { send } = await start();
    const started = await send("upload/youtube/v3/videos?part=snippet&uploadType=resumable", {
      method: "POST",
      headers: { ...json, "x-upload-content-type": "video/mp4" },
      body: '{"snippet":{"title":"A"}}',
    });
    const made = await send(started.headers.get("location") ?? "", { method: "PUT", body: "film" });
    expect(await jsonOf(made)).toEqual({ kind: "youtube#video", id: expect.any(String), snippet: { title: "A" } });
    const set = await send("upload/youtube/v3/thumbnails/set?videoId=1&uploadType=media", {
      method: "POST",
      headers: { "content-type": "image/png" },
      body: "x",
    });
    expect(set.status).toBe(204);
  });

  it.each<[string, string, Record<string, string>, string, number]>([
    ["no protocol", "upload/drive/v3/files", {}, "a", 400],
    ["an unknown protocol", "upload/drive/v3/files?uploadType=x", {}, "a", 400],
    [
      "a type that is not accepted",
      "upload/youtube/v3/videos?part=a&uploadType=media",
      { "content-type": "text/plain" },
      "a",
      400,
    ],
    [
      "a session for such a type",
      "upload/youtube/v3/videos?part=a&uploadType=resumable",
      { "x-upload-content-type": "text/plain" },
      "",
      400,
    ],
    [
      "content that is too large",
      "upload/youtube/v3/thumbnails/set?videoId=1&uploadType=media",
      { "content-type": "image/png" },
      "a".repeat(2_097_153),
      413,
    ],
    [
      "a multipart body of one part",
      "upload/drive/v3/files?uploadType=multipart",
      { "content-type": "multipart/related; boundary=b" },
      "--b\r\n\r\na\r\n--b--",
      400,
    ],
    [
      "a multipart body without a boundary",
      "upload/drive/v3/files?uploadType=multipart",
      { "content-type": "multipart/related" },
      "a",
      400,
    ],
    ["a missing parameter", "upload/youtube/v3/videos?uploadType=media", { "content-type": "video/mp4" }, "a", 400],
    ["no token", "upload/drive/v3/files?uploadType=media", { authorization: "" }, "a", 401],
  ])("with %s is rejected", async (_name, path, headers, body, status) => {
    const { send } = await start();
    expect((await send(path, { method: "POST", headers, body })).status).toBe(status);
  });
});

describe("a session", () => {
  async function started(options: Partial<MockOptions> = {}, declared?: number) {
    const { send, mock } = await start(options);
    const length = declared === undefined ? {} : { "x-upload-content-length": String(declared) };
    const headers = { ...json, "x-upload-content-type": "a/b", ...length };
    const { headers: response, status } = await send("upload/drive/v3/files?uploadType=resumable", {
      method: "POST",
      headers,
      body: '{"name":"a"}',
    });
    expect(status).toBe(200);
    const session = response.get("location") ?? "";
    expect(session).toMatch(new RegExp(`^${mock.url}upload/drive/v3/files\\?uploadType=resumable&upload_id=.`));
    const put = async (range: string | undefined, body: string | Uint8Array<ArrayBuffer>) => {
      const response = await send(session, {
        method: "PUT",
        headers: range === undefined ? {} : { "content-range": range },
        body,
      });
      return [response.status, response.headers.get("range")];
    };
    return { send, session, put };
  }
  const part = new Uint8Array(kib256).fill(7);

  it("accepts chunks, reports received bytes, and repeats the method's response at the end", async () => {
    const { send, put, session } = await started({}, kib256 + 3);
    expect(await put("bytes */*", "")).toEqual([308, null]);
    expect(await put("bytes 0-262143/*", part)).toEqual([308, "bytes=0-262143"]);
    expect(await put("bytes */262147", "")).toEqual([308, "bytes=0-262143"]);
    expect(await put("bytes 262144-262146/262147", "end")).toEqual([200, null]);
    const again = await jsonOf(await send(session, { method: "PUT", headers: { "content-range": "bytes */262147" } }));
    expect(again).toMatchObject({ name: "a", size: "262147", mimeType: "a/b" });
    const content = new Uint8Array(await (await send(`drive/v3/files/${String(again["id"])}?alt=media`)).arrayBuffer());
    expect([content.length, content[0], Buffer.from(content.subarray(-3)).toString()]).toEqual([262_147, 7, "end"]);
  });

  it.each([
    ["yes", 200, "308"],
    ["Yes", 200, "308"],
    ["no", 308, null],
  ])("responds without 308 to X-GUploader-No-308: %s", async (value, status, override) => {
    const { send, put, session } = await started();
    await put("bytes 0-262143/*", part);
    const headers = { "content-range": "bytes */*", "x-guploader-no-308": value };
    const response = await send(session, { method: "PUT", headers });
    expect([response.status, response.headers.get("x-http-status-code-override")]).toEqual([status, override]);
    expect(response.headers.get("range")).toBe("bytes=0-262143");
    expect(await response.text()).toBe("");
    const last = { "content-range": "bytes 262144-262146/262147", "x-guploader-no-308": value };
    const done = await send(session, { method: "PUT", headers: last, body: "end" });
    expect([done.status, done.headers.get("x-http-status-code-override")]).toEqual([200, null]);
    expect(await jsonOf(done)).toMatchObject({ size: "262147" });
  });

  it("accepts all content in one request, with and without a range", async () => {
    expect(await (await started()).put(undefined, "bytes")).toEqual([200, null]);
    expect(await (await started()).put("bytes 0-4/5", "bytes")).toEqual([200, null]);
    expect(await (await started()).put(undefined, "")).toEqual([200, null]);
  });

  it.each<[string, string | undefined, string | Uint8Array<ArrayBuffer>, number, number?]>([
    ["a chunk that starts after the received bytes", "bytes 262144-524287/*", part, 503],
    ["a chunk that is not a multiple of 256 KiB", "bytes 0-2/*", "abc", 400],
    ["a range that differs from the body", "bytes 0-9/10", "abc", 400],
    ["a malformed range", "bytes 0", "abc", 400],
    ["a range that ends before it starts", "bytes 2-0/3", "abc", 400],
    ["a last byte after the total", "bytes 0-2/2", "abc", 400],
    ["a rest that is longer than the total", "bytes 0-*/2", "abc", 400],
    ["a status query with a body", "bytes */3", "abc", 400],
    ["a total that differs from X-Upload-Content-Length", "bytes 0-2/3", "abc", 400, 4],
    ["complete content that is shorter than X-Upload-Content-Length", undefined, "abc", 400, 4],
    ["complete content that is longer than X-Upload-Content-Length", undefined, "abc", 400, 2],
  ])("rejects %s", async (_name, range, body, status, declared) => {
    const { put } = await started({}, declared);
    expect(await put(range, body)).toEqual([status, null]);
    expect(await put("bytes */*", "")).toEqual([308, null]);
  });

  it.each<[string, readonly (readonly [string | undefined, string])[]]>([
    ["without a range and without a body", [[undefined, ""]]],
    ["as a total of 0", [["bytes */0", ""]]],
    ["as a rest of unknown size", [["bytes 0-*/*", ""]]],
    [
      "after a status query",
      [
        ["bytes */*", ""],
        ["bytes */0", ""],
      ],
    ],
  ])("accepts empty content %s", async (_name, requests) => {
    const { put, send, session } = await started();
    const responses = [];
    for (const [range, body] of requests) responses.push(await put(range, body));
    expect(responses.at(-1)).toEqual([200, null]);
    expect(await jsonOf(await send(session, { method: "PUT" }))).toMatchObject({ size: "0" });
  });

  it.each([
    ["bytes 0-*/*", 200, null],
    ["bytes 0-*/262147", 200, null],
    ["bytes 0-*/300000", 308, "bytes=0-262143"],
  ])("accepts the rest of the content as %s", async (range, status, received) => {
    const { put } = await started();
    const body = new Uint8Array(kib256 + 3).fill(7);
    expect(await put(range, body)).toEqual([status, received]);
  });

  it("continues with the rest of the content", async () => {
    const { put, send, session } = await started();
    await put("bytes 0-262143/*", part);
    expect(await put("bytes 262144-*/*", "end")).toEqual([200, null]);
    expect(await jsonOf(await send(session, { method: "PUT" }))).toMatchObject({ size: "262147" });
  });

  it("ignores bytes that it received before", async () => {
    const { put, send, session } = await started();
    await put("bytes 0-262143/*", part);
    expect(await put("bytes 0-262143/*", new Uint8Array(kib256).fill(8))).toEqual([308, "bytes=0-262143"]);
    const again = new Uint8Array(kib256 + 3).fill(9);
    expect(await put("bytes 0-262146/262147", again)).toEqual([200, null]);
    const { id } = await jsonOf(await send(session, { method: "PUT" }));
    const content = new Uint8Array(await (await send(`drive/v3/files/${String(id)}?alt=media`)).arrayBuffer());
    expect([content.length, content[0], content[kib256 - 1], content[kib256]]).toEqual([kib256 + 3, 7, 7, 9]);
  });

  it("completes if a query names the received bytes as the total", async () => {
    const { put } = await started();
    await put("bytes 0-262143/*", part);
    expect(await put("bytes */524288", "")).toEqual([308, "bytes=0-262143"]);
    expect(await put("bytes */1", "")).toEqual([308, "bytes=0-262143"]);
    expect(await put("bytes */262144", "")).toEqual([200, null]);
    expect(await put("bytes 0-262143/*", part)).toEqual([200, null]);
  });

  it("rejects content above the limit before receiving it", async () => {
    const { put } = await started();
    expect(await put("bytes 0-262143/99999999999", part)).toEqual([413, null]);
    expect(await put("bytes */*", "")).toEqual([308, null]);
  });

  it("can be cancelled, and is then refused", async () => {
    const { send, put, session } = await started();
    expect((await send(session, { method: "DELETE" })).status).toBe(499);
    expect(await put("bytes */*", "")).toEqual([499, null]);
    expect((await send(session.replace(/upload_id=.*/, "upload_id=x"), { method: "PUT" })).status).toBe(404);
  });

  it("keeps its result when it is cancelled after the end", async () => {
    const { send, put, session } = await started();
    expect(await put(undefined, "bytes")).toEqual([200, null]);
    expect((await send(session, { method: "DELETE" })).status).toBe(499);
    expect(await put("bytes */*", "")).toEqual([200, null]);
  });

  it("needs no access token", async () => {
    const { session } = await started();
    expect((await fetch(session, { method: "PUT", body: "bytes" })).status).toBe(200);
  });

  it("stores complete 256 KiB blocks of an interrupted chunk", async () => {
    const { send, put, session } = await started({ faults: [{ on: "upload", after: 1, cutAfter: kib256 + 100 }] });
    const content = new Uint8Array(2 * kib256);
    await expect(
      send(session, { method: "PUT", headers: { "content-range": "bytes 0-524287/524289" }, body: content }),
    ).rejects.toThrow("fetch failed");
    expect(await put("bytes */524289", "")).toEqual([308, "bytes=0-262143"]);
  });
});

describe("a download", () => {
  const contents = { "/youtube/v3/captions/1": { data: "0123456789", type: "text/vtt" } };
  const path = "youtube/v3/captions/1?alt=media";

  it.each([
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=8-", 206, "89", "bytes 8-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["bytes=1-2,4-5", 200, "0123456789", null],
    ["lines=1-2", 200, "0123456789", null],
  ])("of %s", async (range, status, text, contentRange) => {
    const { send } = await start({ contents });
    const response = await send(path, { headers: { range } });
    expect([response.status, await response.text(), response.headers.get("content-range")]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  it("fails if the range starts after the end", async () => {
    const { send } = await start({ contents });
    const response = await send(path, { headers: { range: "bytes=10-" } });
    expect([response.status, response.headers.get("content-range")]).toEqual([416, "bytes */10"]);
  });

  it("is complete if If-Range names another version", async () => {
    const { send } = await start({ contents });
    const headers = { range: "bytes=2-4", "if-range": (await send(path)).headers.get("etag") ?? "" };
    expect((await send(path, { headers })).status).toBe(206);
    expect((await send(path, { headers: { ...headers, "if-range": '"other"' } })).status).toBe(200);
  });

  it("of a resource without content gets 404", async () => {
    const { send } = await start();
    expect((await send(path)).status).toBe(404);
  });

  it.each<[Fault, readonly string[]]>([
    [{ on: "download", status: 503 }, ["503", "0123456789", "0123456789"]],
    [{ on: "download", cutAfter: 4 }, ["cut", "0123456789", "0123456789"]],
    [{ on: "download", status: 503, after: 1 }, ["0123456789", "503", "0123456789"]],
    [{ on: "upload", status: 503 }, ["0123456789", "0123456789", "0123456789"]],
  ])("fails once with a fault: %j", async (fault, want) => {
    const { send } = await start({ contents, faults: [fault] });
    const once = async (): Promise<string> => {
      const response = await send(path);
      return response.ok ? response.text().catch(() => "cut") : String(response.status);
    };
    expect([await once(), await once(), await once()]).toEqual(want);
  });
});
