/** Content in one request: the bytes that are sent. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { type MediaUpload, operate, upload } from "../../../runtime/src/index.js";
import { temporaryFolder } from "../../support/folders.js";
import { clientOf, failureOf, methods } from "../support/library.js";
import { pattern, patternChunks } from "../support/pattern.js";
import { type Seen, json, serve, statuses } from "../support/server.js";

const text = "héllo\r\n--x\n";
const bytes = new TextEncoder().encode(text);

async function* halves(): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes.subarray(0, 3);
  yield bytes.subarray(3);
}

/** The types of content, and whether the size is known. */
const forms: readonly (readonly [string, (folder: string) => MediaUpload["body"], boolean])[] = [
  ["a string", () => text, true],
  ["a Uint8Array", () => bytes, true],
  ["a Buffer", () => Buffer.from(text), true],
  ["an ArrayBuffer", () => bytes.slice().buffer, true],
  ["a Blob", () => new Blob([bytes]), true],
  ["a File", () => new File([bytes], "a.bin"), true],
  ["a file", (folder) => ({ path: join(folder, "content") }), true],
  ["a Node stream", () => Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]), false],
  ["a Node stream of text", () => Readable.from([text.slice(0, 3), text.slice(3)]), false],
  ["a web stream", () => new Blob([bytes]).stream(), false],
  [
    "a web stream that cannot be iterated",
    () => {
      const reader = new Blob([bytes]).stream().getReader();
      return { getReader: () => reader };
    },
    false,
  ],
  ["an async iterable", () => halves(), false],
];

async function folderWithContent(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "content"), bytes);
  return folder;
}

/** The parts of a multipart body, parsed strictly by RFC 2046 §5.1.1: delimiters are CRLF, two hyphens, boundary. */
function partsOf({ headers, body }: Seen): { readonly type: string; readonly content: string }[] {
  const boundary = /; *boundary=([\w'()+,./:=? -]*[\w'()+,./:=?-])$/.exec(headers["content-type"] ?? "")?.[1];
  const [preamble, ...rest] = `\r\n${body}`.split(`\r\n--${boundary ?? "none"}`);
  expect(preamble).toBe("");
  expect(rest.pop()).toMatch(/^--(\r\n)?$/);
  return rest.map((part) => {
    const [head = "", ...content] = part.split("\r\n\r\n");
    expect(head).toMatch(/^\r\n/);
    const type = /^content-type: (.*)$/im.exec(head)?.[1];
    return { type: type ?? "", content: content.join("\r\n\r\n") };
  });
}

describe("content alone", () => {
  it.each(forms)("%s is sent unchanged with uploadType=media", async (_name, body, isSized) => {
    const folder = await folderWithContent();
    const { seen, url } = await serve(statuses(200));
    const media = { body: body(folder), mimeType: "text/x-note", resumable: false };
    expect(await clientOf(url).books.create({ media, fields: "name" })).toEqual({ ok: true });
    expect(seen).toMatchObject([{ method: "POST", url: "/upload/v1/books?fields=name&uploadType=media", body: text }]);
    expect(seen[0]?.headers).toMatchObject({
      "content-type": "text/x-note",
      ...(isSized ? { "content-length": String(bytes.length) } : { "transfer-encoding": "chunked" }),
    });
  });

  it("of a stream with a size option has a content-length", async () => {
    const { seen, url } = await serve(statuses(200));
    await clientOf(url).books.create({ media: { body: Readable.from([bytes]), size: bytes.length } });
    expect(seen[0]?.headers["content-length"]).toBe(String(bytes.length));
  });

  it("may be empty", async () => {
    const { seen, url } = await serve(statuses(200));
    await clientOf(url).books.create({ media: { body: "" } });
    expect(seen).toMatchObject([{ body: "", headers: { "content-length": "0" } }]);
  });

  it("keeps the HTTP method, and expands variables in the upload path", async () => {
    const { seen, url } = await serve(statuses(204));
    await clientOf(url).books.setCover({ book: "a/b", media: { body: bytes } });
    expect(seen).toMatchObject([{ method: "PUT", url: "/upload/v1/books/a%2Fb/cover?uploadType=media" }]);
  });

  it("is sent again from its beginning if the method is idempotent", async () => {
    const { seen, url } = await serve(statuses(503, 204));
    await clientOf(url, { retry: { maxDelay: 1 } }).books.setCover({ book: "b", media: { body: bytes } });
    expect(seen.map(({ body }) => body)).toEqual([text, text]);
  });

  it.each([
    ["a POST", (url: string) => clientOf(url).books.create({ media: { body: bytes } })],
    [
      "a stream",
      (url: string) =>
        clientOf(url).books.setCover({ book: "b", media: { body: Readable.from([bytes]), size: bytes.length } }),
    ],
  ])("of %s is not sent again", async (_name, send) => {
    const { seen, url } = await serve(statuses(503));
    expect(await failureOf(send(url))).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(1);
  });
});

it("the call throws the error of onProgress", async () => {
  const { url } = await serve(statuses(200));
  const reason = new Error("enough");
  const onProgress = (): never => {
    throw reason;
  };
  const body = new Uint8Array(300 * 1024);
  expect(await failureOf(clientOf(url).books.create({ media: { body, onProgress } }))).toBe(reason);
});

describe("the timeout", () => {
  const slow = async function* (chunks: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let i = 0; i < chunks; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      // More than the stream buffers to fill a chunk.
      yield Buffer.alloc(256 * 1024);
    }
  };
  const media = (chunks: number) => ({ body: slow(chunks), resumable: false });

  it("for an attempt starts again with each chunk that is sent", async () => {
    const { seen, url } = await serve(statuses(200));
    await clientOf(url).books.create({ media: media(8) }, { timeout: 500 });
    expect(seen[0]?.body).toHaveLength(8 * 256 * 1024);
  });

  it("for an attempt ends an attempt whose content does not arrive", async () => {
    const { url } = await serve(statuses(200));
    const never = new Readable({ read: () => undefined });
    const call = clientOf(url).books.create({ media: { body: never, size: 10 } }, { timeout: 100 });
    expect(await failureOf(call)).toMatchObject({ code: "TIMEOUT" });
    expect(never.destroyed).toBe(true);
  });

  it("for the call does not start again", async () => {
    const { url } = await serve(statuses(200));
    const call = clientOf(url).books.create({ media: media(1000) }, { totalTimeout: 400 });
    expect(await failureOf(call)).toMatchObject({ code: "TOTAL_TIMEOUT" });
  });
});

it("a method that starts an operation can take content", async () => {
  const { seen, url } = await serve((request, response) => json(response, 200, { done: request.method === "GET" }));
  const poll = {
    method: { id: "library.jobs.get", httpMethod: "GET", path: "job", response: "json" },
    parameters: {},
  } as const;
  const job = { ...methods.create, operation: { polls: [poll], done: "done", error: "error" } };
  const running = operate<object, object>(clientOf(url), job, { media: { body: text } }, undefined, upload);
  expect(await running.wait()).toEqual({ done: true });
  expect(seen.map((one) => one.url)).toEqual(["/upload/v1/books?uploadType=media", "/v1/job"]);
});

describe("content after its metadata", () => {
  it.each(forms)("%s is the second part of a multipart/related body", async (_name, body) => {
    const folder = await folderWithContent();
    const { seen, url } = await serve((_request, response) => json(response, 200, { name: "made" }));
    const made = await clientOf(url).books.create({
      requestBody: { name: "Läse", size: 10n },
      media: { body: body(folder), mimeType: "image/png; a=b", resumable: false },
    });
    expect(made).toEqual({ name: "made" });
    const [request] = seen;
    if (request === undefined) throw new Error("nothing was sent");
    expect(request.url).toBe("/upload/v1/books?uploadType=multipart");
    // RFC 2387 §3.1: the type of the root part is required.
    expect(request.headers["content-type"]).toMatch(/^multipart\/related; type="application\/json"; boundary=/);
    expect(partsOf(request)).toEqual([
      { type: "application/json; charset=UTF-8", content: '{"name":"Läse","size":"10"}' },
      { type: "image/png; a=b", content: text },
    ]);
  });

  it("has a correct content-length", async () => {
    const { seen, url } = await serve(statuses(200));
    await clientOf(url).books.create({ requestBody: { name: "ä" }, media: { body: bytes } });
    expect(seen[0]?.headers["content-length"]).toBe(String(Buffer.byteLength(seen[0]?.body ?? "")));
  });

  it("arrives unchanged if it is larger than a chunk", async () => {
    const size = 3 * 1024 * 1024 + 17;
    const complete = await buffer(patternChunks(size));
    const { seen, url } = await serve((_request, response) => json(response, 200, {}));
    await clientOf(url).books.create({ media: { body: patternChunks(size), resumable: false } });
    expect(seen[0]?.body).toBe(complete.toString());
    expect(pattern(0, 10)).toEqual(complete.subarray(0, 10));
  });
});
