/** Protocols of uploads: URLs of sessions, and the one with commands in X-Goog-Upload headers. */
import { describe, expect, it } from "vitest";
import { jsonIn, startArchive } from "./sockets.js";

describe("a resumable upload", () => {
  it.each([
    ["the path of the document", "upload/archive/v1/files?uploadType=resumable"],
    ["the second path, which gcloud uses", "resumable/upload/archive/v1/files?uploadType=resumable&alt=json"],
  ])("at %s returns a URL with the host of the request", async (_name, path) => {
    const { send } = await startArchive();
    const headers = { host: "storage.example.com:8443", "x-forwarded-proto": "https", "x-upload-content-type": "a/b" };
    const started = await send("POST", path, headers);
    const url = String(started.headers["location"]);
    expect(url.startsWith(`https://storage.example.com:8443/${path}&upload_id=`)).toBe(true);
    expect(started.headers["x-guploader-uploadid"]).toBe(new URL(url).searchParams.get("upload_id"));
    const { pathname, search } = new URL(url);
    const done = await send("PUT", pathname.slice(1) + search, { "transfer-encoding": "chunked" }, "hello");
    expect(jsonIn(done)).toMatchObject({ size: "5", contentType: "a/b" });
  });

  it.each<[string, string, Record<string, string>]>([
    ["a length that is no number", "?uploadType=resumable", { "x-upload-content-length": "many" }],
    ["a command without a session", "", { "x-goog-upload-command": "upload" }],
  ])("with %s is rejected", async (_name, query, headers) => {
    const { send } = await startArchive();
    expect((await send("POST", `upload/archive/v1/files${query}`, headers)).status).toBe(400);
  });
});

describe("an upload with X-Goog-Upload headers", () => {
  it("is complete in one request with the protocol raw", async () => {
    const { send } = await startArchive();
    const headers = { "x-goog-upload-protocol": "raw", "x-goog-upload-content-type": "a/b" };
    const made = await send("POST", "upload/archive/v1/files", headers, "hello");
    expect(jsonIn(made)).toMatchObject({ size: "5", contentType: "a/b" });
    expect((await send("POST", "upload/archive/v1/files?upload_protocol=raw", {}, "hello")).status).toBe(200);
  });

  it("receives chunks, reports its status, and is final", async () => {
    const { send } = await startArchive();
    const start = { "x-goog-upload-protocol": "resumable", "x-goog-upload-header-content-type": "a/b" };
    const opened = await send(
      "POST",
      "upload/archive/v1/files",
      { ...start, "x-goog-upload-command": "start", "content-type": "application/json" },
      '{"name":"a"}',
    );
    expect(opened.headers).toMatchObject({
      "x-goog-upload-status": "active",
      "x-goog-upload-chunk-granularity": "262144",
    });
    const url = String(opened.headers["x-goog-upload-url"]);
    const command = (name: string, offset: string, sent: Buffer | string = "") =>
      send("POST", url, { "x-goog-upload-command": name, "x-goog-upload-offset": offset }, sent);
    expect((await command("upload", "0", Buffer.alloc(262_144))).status).toBe(200);
    expect((await command("upload", "0", "abc")).status).toBe(400);
    expect((await command("upload", "262144", "abc")).status).toBe(400);
    expect((await command("query", "0")).headers).toMatchObject({
      "x-goog-upload-status": "active",
      "x-goog-upload-size-received": "262144",
    });
    const done = await command("upload, finalize", "262144", "end");
    expect(done.headers["x-goog-upload-status"]).toBe("final");
    expect(jsonIn(done)).toMatchObject({ name: "a", size: "262147", contentType: "a/b" });
    expect((await command("query", "0")).headers["x-goog-upload-status"]).toBe("final");
  });

  it("can be cancelled", async () => {
    const { send } = await startArchive();
    const opened = await send("POST", "upload/archive/v1/files", { "x-goog-upload-command": "start" });
    const url = String(opened.headers["x-goog-upload-url"]);
    const cancelled = await send("POST", url, { "x-goog-upload-command": "cancel" });
    expect([cancelled.status, cancelled.headers["x-goog-upload-status"]]).toEqual([200, "cancelled"]);
    expect((await send("POST", url, { "x-goog-upload-command": "query" })).status).toBe(499);
  });
});
