/** Invalid uploads are rejected before anything is sent. */
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { ROOT, temporaryFolder } from "../../support/folders.js";
import { clientOf, failureOf, type LibraryClient } from "../support/library.js";
import { serve, statuses } from "../support/server.js";

type Send = (client: LibraryClient) => PromiseLike<unknown>;
const create =
  (media: unknown): Send =>
  ({ books }) =>
    books.create({ media });
const send =
  (media: unknown): Send =>
  ({ books }) =>
    books.send({ media });
const setCover =
  (media: unknown, rest: object = {}): Send =>
  ({ books }) =>
    books.setCover({ book: "b", media, ...rest });

describe("rejects", () => {
  it.each<[string, Send, string]>([
    ["null", create(null), "media must be { body, … }"],
    ["content without an object", create("text"), "media must be { body, … }"],
    ["no body", create({}), "media must be { body, … }"],
    ["a body of an unknown kind", create({ body: 7 }), "media.body must be a string, Uint8Array"],
    ["a file that does not exist", create({ body: { path: "/no/such/file" } }), "media.body cannot be read: ENOENT"],
    ["a folder", create({ body: { path: "/" } }), "media.body is a folder"],
    ["an invalid size", create({ body: "a", size: -1 }), "media.size must be a number of bytes"],
    ["a wrong size", create({ body: "a", size: 2 }), "media.size is 2, but the body has 1 bytes"],
    [
      "an invalid chunk size",
      create({ body: "a", chunkSize: 1_000_000 }),
      "media.chunkSize must be a multiple of 262144",
    ],
    ["an invalid media type", create({ body: "a", mimeType: "text" }), "media.mimeType must be a media type"],
    [
      "a media type with a line break",
      create({ body: "a", mimeType: "a/b\r\nx: y" }),
      "media.mimeType must be a media type",
    ],
    ["an invalid onProgress", create({ body: "a", onProgress: 1 }), "media.onProgress must be a function"],
    [
      "a session on another host",
      create({ body: "a", session: "https://evil.example/s" }),
      "media.session must be a URL on",
    ],
    [
      "a session for one request",
      create({ body: "a", session: "s", resumable: false }),
      "media.session needs a resumable upload",
    ],
    [
      "a resumable upload if the method does not support it",
      send({ body: "a", mimeType: "message/x", resumable: true }),
      "media.resumable is not",
    ],
    [
      "a type that is not accepted",
      send({ body: "a", mimeType: "text/html" }),
      "media.mimeType must be one of message/*, not text/html",
    ],
    [
      "a missing type that cannot be detected",
      send({ body: "a" }),
      "media.mimeType is required: the method takes message/*",
    ],
    ["the type of a Blob that is not accepted", send({ body: new Blob(["a"], { type: "text/x" }) }), "not text/x"],
    [
      "more bytes than the method takes",
      setCover({ body: Buffer.alloc(1001) }),
      "media.body has 1001 bytes, but the method takes at most 1000",
    ],
    ["a stream with a larger size", setCover({ body: Readable.from(["a"]), size: 1001 }), "has 1001 bytes"],
    ["a missing parameter", ({ books }) => books.setCover({ media: { body: "a" } }), "book is required"],
    ["metadata if the method takes none", setCover({ body: "a" }, { requestBody: {} }), "requestBody is not allowed"],
  ])("%s", async (_name, call, message) => {
    const { seen, url } = await serve(statuses(200));
    expect(await failureOf(call(clientOf(url)))).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining(message),
    });
    expect(seen).toHaveLength(0);
  });
});

describe("the content type", () => {
  const png = { type: "image/png" };
  it.each<[string, Send, string]>([
    ["is the option", create({ body: new Blob(["a"], png), mimeType: "text/a; charset=x" }), "text/a; charset=x"],
    ["is that of a Blob", create({ body: new Blob(["a"], png) }), "image/png"],
    ["is that of a File's name", create({ body: new File(["a"], "a.b.CSV") }), "text/csv"],
    ["is that of a file's name", create({ body: { path: join(ROOT, "package.json") } }), "application/json"],
    ["of text is not guessed", create({ body: '{"a":1}' }), "application/octet-stream"],
    [
      "of a name that the method does not accept is not used",
      setCover({ body: new File(["a"], "a.csv") }),
      "application/octet-stream",
    ],
    [
      "is accepted in any case and with parameters",
      setCover({ body: "a", mimeType: "IMAGE/Png;a=b" }),
      "IMAGE/Png;a=b",
    ],
  ])("%s", async (_name, call, type) => {
    const { seen, url } = await serve(statuses(200));
    await call(clientOf(url));
    expect(seen[0]?.headers["content-type"]).toBe(type);
  });
});

it("without media, a method that takes it is an ordinary call", async () => {
  const { seen, url } = await serve(statuses(200));
  await clientOf(url).books.create({ requestBody: { name: "a" }, media: undefined });
  expect(seen).toMatchObject([{ url: "/v1/books", body: '{"name":"a"}' }]);
});

it("a raw body can be a file, whose name determines its type", async () => {
  const { seen, url } = await serve(statuses(200, 200));
  const { books } = clientOf(url);
  await books.upload({ requestBody: { data: { path: join(ROOT, "package.json") } } });
  expect(seen[0]).toMatchObject({
    headers: { "content-type": "application/json" },
    body: expect.stringContaining('"name": "discogen"'),
  });
  const folder = await temporaryFolder();
  const missing = books.upload({ requestBody: { data: { path: join(folder, "none.png") } } });
  expect(await failureOf(missing)).toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringContaining("requestBody.data cannot be read: ENOENT"),
  });
});
