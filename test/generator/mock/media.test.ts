/** Uploads in each protocol: what they create, change and reject. */
import { describe, expect, it } from "vitest";
import { json, jsonOf, start } from "./media.js";

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

describe("a handler", () => {
  it("responds to uploads, with their metadata and content", async () => {
    const seen: unknown[] = [];
    const { send } = await start({
      handlers: {
        "drive.files.create": ({ body, content }) => {
          seen.push([body, content?.type, Buffer.from(content?.data ?? []).toString()]);
          return { id: "x" };
        },
        "youtube.videos.insert": { id: "film" },
      },
    });
    const headers = { ...json, "x-upload-content-type": "a/b" };
    const opened = await send("upload/drive/v3/files?uploadType=resumable", {
      method: "POST",
      headers,
      body: '{"name":"a"}',
    });
    const session = opened.headers.get("location") ?? "";
    expect(await jsonOf(await send(session, { method: "PUT", body: "hello" }))).toEqual({ id: "x" });
    expect(await jsonOf(await send(session, { method: "PUT", headers: { "content-range": "bytes */*" } }))).toEqual({
      id: "x",
    });
    expect(seen).toEqual([[{ name: "a" }, "a/b", "hello"]]);
    const film = await send("upload/youtube/v3/videos?part=id&uploadType=media", {
      method: "POST",
      headers: { "content-type": "video/mp4" },
      body: "film",
    });
    expect(await jsonOf(film)).toEqual({ id: "film" });
  });
});

describe("an export", () => {
  it.each([
    ["the type of the content", "text/csv", 200],
    ["another type", "application/pdf", 400],
  ])("to %s gets %3$i, and the content of the converted file is not its own", async (_name, type, status) => {
    const { send } = await start();
    const body = `--b\n\n{"mimeType":"application/vnd.google-apps.spreadsheet"}\n--b\nContent-Type: text/csv\n\n1,2\n--b--`;
    const headers = { "content-type": "multipart/related; boundary=b" };
    const made = await send("upload/drive/v3/files?uploadType=multipart", { method: "POST", headers, body });
    const file = await jsonOf(made);
    expect(file).toMatchObject({ mimeType: "application/vnd.google-apps.spreadsheet" });
    const path = `drive/v3/files/${String(file["id"])}`;
    expect((await send(`${path}/export?mimeType=${type}`)).status).toBe(status);
    expect((await send(`${path}?alt=media`)).status).toBe(403);
  });
});
