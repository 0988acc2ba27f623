/** Resumable uploads: chunks, status queries, cancelling and interruptions. */
import { describe, expect, it } from "vitest";
import type { MockOptions } from "../../../generator/src/mock/index.js";
import { json, jsonOf, kib256, start } from "./media.js";

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
    ["as Java's client", [["bytes 0-0/0", ""]]],
    ["as Debian's Python client", [["bytes 0--1/0", ""]]],
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

  it("of Cloud Storage is refused at its start for preconditions and missing buckets", async () => {
    const { send } = await start();
    await send("storage/v1/b?project=p", { method: "POST", headers: json, body: '{"name":"shop"}' });
    const upload = (query: string, bucket = "shop") =>
      send(`upload/storage/v1/b/${bucket}/o?uploadType=resumable&name=a${query}`, { method: "POST" });
    expect((await upload("&ifGenerationMatch=1")).status).toBe(412);
    expect((await upload("", "other")).status).toBe(404);
    const first = await upload("&ifGenerationMatch=0");
    const second = await upload("&ifGenerationMatch=0");
    const finish = async ({ headers }: Response) =>
      (await send(headers.get("location") ?? "", { method: "PUT", body: "hello" })).status;
    expect([await finish(first), await finish(second)]).toEqual([200, 412]);
  });
});
