/** Uploads in chunks: Google's protocol, and failing servers and connections. */
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { AccessTokenCredentials, AnonymousCredentials } from "../../../runtime/src/auth.js";
import {
  call,
  cancelUpload,
  type ClientOptions,
  type MediaUpload,
  UploadError,
  type UploadProgress,
  upload as sender,
} from "../../../runtime/src/index.js";
import { temporaryFolder } from "../../support/folders.js";
import { clientOf, failureOf, methods } from "../support/library.js";
import { pattern, patternChunks } from "../support/pattern.js";
import { serve, statuses } from "../support/server.js";
import { type Fault, type Step, type UploadServer, uploadServer } from "../support/upload-server.js";

const kib = 1024;
const granule = 256 * kib;
const size = 2 * granule + 100;

/** The types of content. */
const forms: readonly (readonly [string, (folder: string) => MediaUpload["body"]])[] = [
  ["bytes", () => pattern(0, size)],
  ["a Blob", () => new Blob([pattern(0, size)])],
  ["a file", (folder) => ({ path: join(folder, "content") })],
  ["a stream", () => Readable.from(patternChunks(size, 10_007))],
];
const replayable = forms.slice(0, 3);

async function folderWithContent(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "content"), pattern(0, size));
  return folder;
}

const quick: ClientOptions = { retry: { maxDelay: 1 } };

function upload(server: UploadServer, media: MediaUpload, options: ClientOptions = quick): PromiseLike<unknown> {
  return clientOf(server.url, options).books.create({
    requestBody: { name: "a" },
    media: { resumable: true, chunkSize: granule, ...media },
  });
}

/** `PUT bytes 0-9/10` for each request. */
const ranges = ({ steps }: UploadServer): string[] =>
  steps.map(({ method, range }) => (range === undefined ? method : `${method} ${range}`));

/** Applies these faults to requests by number. Request 0 opens the session. */
const at =
  (faults: { readonly [index: number]: Fault }) =>
  (_step: unknown, index: number): Fault | undefined =>
    faults[index];

describe("the protocol", () => {
  it.each(forms)("%s in chunks of 256 KiB", async (_name, body) => {
    const folder = await folderWithContent();
    const server = await uploadServer();
    const progress: UploadProgress[] = [];
    const made = await upload(server, {
      body: body(folder),
      mimeType: "video/mp4",
      onProgress: (one) => progress.push(one),
    });
    expect(made).toEqual({ name: "made", size: String(size) });
    const total = _name === "a stream" ? "*" : String(size);
    expect(ranges(server)).toEqual([
      "POST",
      `PUT bytes 0-262143/${total}`,
      `PUT bytes 262144-524287/${total}`,
      `PUT bytes 524288-524387/${String(size)}`,
    ]);
    const [begin, first] = server.steps;
    expect(begin).toMatchObject({ url: "/upload/v1/books?uploadType=resumable" });
    expect(begin?.headers).toMatchObject({
      "content-type": "application/json",
      "x-upload-content-type": "video/mp4",
    });
    expect(begin?.headers["x-upload-content-length"]).toBe(total === "*" ? undefined : total);
    expect(server.metadata()).toBe('{"name":"a"}');
    expect(first).toMatchObject({ url: "/upload/v1/books?uploadType=resumable&upload_id=session-1", size: granule });
    expect(first?.headers["content-length"]).toBe(String(granule));
    const session = `${server.url}upload/v1/books?uploadType=resumable&upload_id=session-1`;
    expect(progress.map(({ sent }) => sent)).toEqual([0, granule, 2 * granule, size]);
    expect(progress.at(-1)).toEqual({ sent: size, total: size, session });
  });

  it.each([
    ["is a multiple of the chunk size", 2 * granule, ["PUT bytes 0-262143/*", "PUT bytes 262144-524287/524288"]],
    ["is empty", 0, ["PUT"]],
    ["is one byte", 1, ["PUT bytes 0-0/1"]],
  ])("the last chunk of a stream that %s contains the size", async (_name, length, parts) => {
    const server = await uploadServer();
    await upload(server, { body: patternChunks(length) });
    expect(ranges(server).slice(1)).toEqual(parts);
    expect(server.finished()).toBe(true);
  });

  it("begins with an empty POST without metadata", async () => {
    const server = await uploadServer();
    await clientOf(server.url).books.create({ media: { body: "", resumable: true } });
    expect(server.steps[0]).toMatchObject({ size: 0, headers: { "content-length": "0" } });
    expect(server.steps[0]?.headers["content-type"]).toBeUndefined();
  });

  it("sends small content in chunks if it cannot be sent with its metadata in one request", async () => {
    const { seen, url } = await serve(statuses(400));
    const method = { ...methods.create, upload: { path: "/upload/v1/books", resumable: true } } as const;
    await failureOf(call(clientOf(url), method, { requestBody: {}, media: { body: "a" } }, undefined, sender));
    expect(seen[0]?.url).toBe("/upload/v1/books?uploadType=resumable");
  });

  it.each<[string, MediaUpload, string]>([
    ["more than 8 MiB", { body: new Blob([Buffer.alloc(8 * 1024 * kib + 1)]) }, "resumable"],
    ["8 MiB", { body: new Blob([Buffer.alloc(8 * 1024 * kib)]) }, "media"],
    ["a stream of unknown size", { body: Readable.from([Buffer.from("a")]) }, "resumable"],
    ["a stream with a small size option", { body: Readable.from([Buffer.from("a")]), size: 1 }, "media"],
  ])("chooses the protocol for %s", async (_name, media, type) => {
    const { seen, url } = await serve(statuses(400));
    await failureOf(clientOf(url).books.create({ media }));
    expect(seen[0]?.url).toBe(`/upload/v1/books?uploadType=${type}`);
  });

  it("sends the caller's headers with every request, but conditions only with the first", async () => {
    const server = await uploadServer();
    const client = clientOf(server.url, { quotaProject: "p", auth: new AccessTokenCredentials("a-token") });
    await client.books.create(
      { media: { body: "", resumable: true } },
      { headers: { "x-goog-encryption-key": "k" }, ifMatch: "e" },
    );
    const own = { authorization: "Bearer a-token", "x-goog-user-project": "p", "x-goog-encryption-key": "k" };
    expect(server.steps.map(({ headers }) => headers)).toMatchObject([{ ...own, "if-match": "e" }, own]);
    expect(server.steps[1]?.headers["if-match"]).toBeUndefined();
  });

  it("authorizes the first request with an API key in the query, and the others with the session's URL", async () => {
    const server = await uploadServer();
    const client = clientOf(server.url, { auth: undefined });
    await client.books.create({ key: "k", media: { body: pattern(0, 1), resumable: true } });
    expect(server.finished()).toBe(true);
  });
});

describe("after a failure, it resumes at the offset of the server", () => {
  const question = `PUT bytes */${String(size)}`;
  const one = `PUT bytes 0-262143/${String(size)}`;
  const two = `PUT bytes 262144-524287/${String(size)}`;
  const three = `PUT bytes 524288-524387/${String(size)}`;
  const cases: readonly (readonly [string, { readonly [index: number]: Fault }, readonly string[]])[] = [
    ["a 503 for a chunk", { 2: { status: 503 } }, [one, two, question, two, three]],
    ["429 with Retry-After", { 1: { status: 429, headers: { "retry-after": "0" } } }, [one, question, one, two, three]],
    ["a connection that breaks within a chunk", { 2: { cutAfter: 100_000 } }, [one, two, question, two, three]],
    ["a lost response", { 1: "cut before the response" }, [one, question, two, three]],
    ["a lost last response", { 3: "cut before the response" }, [one, two, three, question]],
    [
      "a status request that fails too",
      { 1: { status: 500 }, 2: { status: 502 } },
      [one, question, question, one, two, three],
    ],
    ["a 308 without Range", { 1: { keep: 0 } }, [one, one, two, three]],
  ];
  for (const [form, body] of forms) {
    it.each(cases)(`${form}: %s`, async (_name, faults, expected) => {
      const folder = await folderWithContent();
      const server = await uploadServer({ fault: at(faults) });
      await upload(server, { body: body(folder) });
      // The size of a stream is known once it has ended.
      const got = ranges(server).slice(1);
      expect(got.map((range) => range.replace("/*", `/${String(size)}`))).toEqual(expected);
      expect(server.finished()).toBe(true);
    });

    it(`${form}: a chunk that is stored partially`, async () => {
      const folder = await folderWithContent();
      const server = await uploadServer({ fault: at({ 1: { keep: granule } }) });
      await upload(server, { body: body(folder), chunkSize: 2 * granule });
      expect(ranges(server).slice(1)).toEqual([
        expect.stringContaining("bytes 0-524287/"),
        `PUT bytes 262144-524387/${String(size)}`,
      ]);
      expect(server.finished()).toBe(true);
    });
  }

  it("repeats a POST that opens the session", async () => {
    const server = await uploadServer({ fault: at({ 0: { status: 503 } }) });
    await upload(server, { body: "" });
    expect(ranges(server)).toEqual(["POST", "POST", "PUT"]);
  });

  it("refreshes a token that is rejected during the upload", async () => {
    const server = await uploadServer({
      fault: ({ headers }, index) =>
        index > 1 && headers.authorization === "Bearer token-1" ? { status: 401 } : undefined,
    });
    let token = 1;
    const auth = {
      getRequestHeaders: async () => ({ authorization: `Bearer token-${String(token)}` }),
      invalidate: () => void (token += 1),
    };
    await upload(server, { body: pattern(0, size) }, { auth, retry: false });
    expect(ranges(server).slice(1)).toEqual([one, two, two, three]);
    expect(server.steps.at(-1)?.headers.authorization).toBe("Bearer token-2");
  });

  it.each(replayable)("%s: a lost session is replaced by a new one", async (_name, body) => {
    const folder = await folderWithContent();
    const server = await uploadServer({ fault: at({ 2: "forget" }) });
    await upload(server, { body: body(folder) });
    expect(ranges(server)).toEqual(["POST", one, two, "POST", one, two, three]);
    expect(server.finished()).toBe(true);
  });

  it("sends many bytes again that the server lost at once", async () => {
    const length = 20 * granule;
    const server = await uploadServer({
      fault: (_step, index) => (index === 16 ? { status: 503 } : index === 17 ? "lose everything" : undefined),
    });
    await upload(server, { body: pattern(0, length) });
    expect(server.finished()).toBe(true);
  });

  it("sends bytes again that the server lost", async () => {
    const server = await uploadServer({
      fault: (step, index) => (index === 2 ? { status: 503 } : index === 3 ? "lose everything" : undefined),
    });
    await upload(server, { body: pattern(0, size) });
    expect(ranges(server).slice(1)).toEqual([one, two, question, one, two, three]);
  });
});

describe("it stops", () => {
  const stop = async (
    faults: (step: Omit<Step, "size">, index: number) => Fault | undefined,
    media: MediaUpload,
    options = quick,
  ): Promise<{ error: unknown; server: UploadServer }> => {
    const server = await uploadServer({ fault: faults });
    return { error: await failureOf(upload(server, media, options)), server };
  };
  const stream = (): Readable => Readable.from(patternChunks(size));

  it("after the attempts of the policy, with an error that contains the session without showing it", async () => {
    const { error, server } = await stop(
      (_step, index) => (index > 1 ? { status: 503, headers: { "x-guploader-uploadid": "session-1" } } : undefined),
      {
        body: pattern(0, size),
      },
    );
    const session = `${server.url}upload/v1/books?uploadType=resumable&upload_id=session-1`;
    expect(error).toBeInstanceOf(UploadError);
    expect(error).toMatchObject({ code: "UPLOAD_FAILED", session, sent: granule, cause: { status: 503 } });
    // One chunk and three status requests.
    expect(server.steps).toHaveLength(6);
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain("session-1");
  });

  it("at an invalid response, and does not show the session", async () => {
    const headers = { range: "bytes=0-999999999", "x-guploader-uploadid": "session-1" };
    const { error } = await stop(at({ 1: { status: 308, headers } }), { body: pattern(0, size) });
    expect(error).toMatchObject({ code: "UPLOAD_FAILED", cause: { code: "INVALID_RESPONSE" } });
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain("session-1");
  });

  it("when chunks always fail, even if status requests succeed", async () => {
    const { error, server } = await stop((step) => (step.range?.startsWith("bytes 0-") ? { cutAfter: 1 } : undefined), {
      body: pattern(0, size),
    });
    expect(error).toMatchObject({ code: "UPLOAD_FAILED", sent: 0, cause: { code: "CONNECTION_FAILED" } });
    expect(server.steps.filter(({ range }) => range?.startsWith("bytes 0-"))).toHaveLength(4);
  });

  it("when the server stores no more bytes, even if it responds to every chunk", async () => {
    const { error } = await stop((step) => (step.method === "PUT" ? { keep: 0 } : undefined), {
      body: pattern(0, size),
    });
    expect(error).toMatchObject({ code: "UPLOAD_FAILED", cause: { code: "INVALID_RESPONSE" } });
  });

  describe("when the server goes back and forth", () => {
    const half = { range: `bytes=0-${String(granule - 1)}` };
    const two = { range: `bytes=0-${String(2 * granule - 1)}` };
    it.each<[string, readonly Record<string, string>[]]>([
      ["with and without Range", [half, {}]],
      ["with and without Range, more without", [half, {}, {}]],
      ["between two offsets", [half, two, half]],
      ["one chunk further, then to the start", [half, two, {}]],
    ])("%s", async (_name, fields) => {
      const { seen, url } = await serve((request, response, index) => {
        if (request.method === "POST") response.writeHead(200, { location: "/session" }).end();
        // Ends the test if the client does not stop.
        else if (index > 100) response.writeHead(400).end();
        else response.writeHead(308, fields[(index - 1) % fields.length]).end();
      });
      const media = { body: pattern(0, 4 * granule), resumable: true, chunkSize: granule };
      expect(await failureOf(clientOf(url, quick).books.create({ media }))).toMatchObject({
        code: "UPLOAD_FAILED",
        message: expect.stringContaining("the server accepts no more bytes") as unknown,
      });
      expect(seen.length).toBeLessThan(20);
    });
  });

  it.each<[string, Fault]>([
    ["that no longer exists", "forget"],
    ["that lost bytes", "lose everything"],
  ])("with a stream and a session %s", async (_name, fault) => {
    const { error } = await stop((_step, index) => (index === 2 ? { status: 503 } : index === 3 ? fault : undefined), {
      body: stream(),
    });
    expect(error).toMatchObject({ code: fault === "forget" ? "UPLOAD_SESSION_LOST" : "UPLOAD_FAILED" });
  });

  it("with retry: false at the first failure", async () => {
    const { error, server } = await stop(at({ 1: { status: 503 } }), { body: pattern(0, size) }, { retry: false });
    expect(error).toMatchObject({ code: "UPLOAD_FAILED" });
    expect(server.steps).toHaveLength(2);
  });

  it("at a final status, like other calls", async () => {
    const { error, server } = await stop(at({ 2: { status: 403 } }), { body: pattern(0, size) });
    expect(error).toMatchObject({ name: "ApiError", status: 403 });
    expect(server.steps).toHaveLength(3);
  });

  it.each<[string, (origin: string) => string | undefined, string]>([
    ["no session", () => undefined, "has no session URL"],
    ["a session on another host", () => "https://evil.example/upload", "another host (evil.example)"],
    ["a session on another port", () => "http://127.0.0.1:1/upload", "another host (127.0.0.1:1)"],
  ])("when the server returns %s", async (_name, location, message) => {
    const { seen, url } = await serve((request, response) => {
      const to = location(url);
      response.writeHead(200, to === undefined ? {} : { location: to }).end();
    });
    const client = clientOf(url, { auth: new AccessTokenCredentials("a-token") });
    expect(await failureOf(client.books.create({ media: { body: pattern(0, 1), resumable: true } }))).toMatchObject({
      code: "INVALID_RESPONSE",
      message: expect.stringContaining(message),
    });
    expect(seen).toHaveLength(1);
  });

  it("when the server finishes the upload too early", async () => {
    const { url } = await serve((request, response) => {
      if (request.method === "POST") response.writeHead(200, { location: "/session" }).end();
      else response.writeHead(200).end("{}");
    });
    const media = { body: pattern(0, size), resumable: true, chunkSize: granule };
    expect(await failureOf(clientOf(url).books.create({ media }))).toMatchObject({
      code: "UPLOAD_FAILED",
      cause: { code: "INVALID_RESPONSE" },
    });
  });

  it("when a Range contains bytes that were not sent", async () => {
    const { url } = await serve((request, response) => {
      if (request.method === "POST") response.writeHead(200, { location: "/session" }).end();
      else response.writeHead(308, { range: "bytes=0-999999" }).end();
    });
    expect(
      await failureOf(
        clientOf(url).books.create({ media: { body: pattern(0, size), resumable: true, chunkSize: granule } }),
      ),
    ).toMatchObject({
      code: "UPLOAD_FAILED",
      cause: { code: "INVALID_RESPONSE" },
    });
  });

  it("with the signal, and releases a stream that yields nothing more", async () => {
    const controller = new AbortController();
    const server = await uploadServer();
    const body = new Readable({ read: () => undefined });
    body.push(pattern(0, granule + 1));
    const { books } = clientOf(server.url);
    const call = books.create({ media: { body, chunkSize: granule } }, { signal: controller.signal });
    await vi.waitFor(() => expect(server.arrived()).toBe(granule));
    controller.abort();
    expect(await failureOf(call)).toMatchObject({ code: "ABORTED" });
    if (!body.closed) await once(body, "close");
  });

  it("at the total timeout", async () => {
    const server = await uploadServer();
    const body = new Readable({ read: () => undefined });
    const call = clientOf(server.url).books.create({ media: { body } }, { totalTimeout: 100 });
    expect(await failureOf(call)).toMatchObject({ code: "TOTAL_TIMEOUT", timeout: 100 });
  });

  it("when the stream fails, and can be resumed with another", async () => {
    const server = await uploadServer();
    const broken = Readable.from(
      (async function* () {
        yield pattern(0, granule + 1);
        throw new Error("the disk failed");
      })(),
    );
    const error = await failureOf(upload(server, { body: broken }));
    expect(error).toMatchObject({ code: "UPLOAD_FAILED", message: expect.stringContaining("the disk failed") });
    // Asserted above.
    const { session } = error as UploadError;
    await upload(server, { body: stream(), session });
    expect(server.finished()).toBe(true);
  });

  it("when onProgress throws", async () => {
    const server = await uploadServer();
    const reason = new Error("enough");
    const onProgress = (): never => {
      throw reason;
    };
    expect(await failureOf(upload(server, { body: pattern(0, 1), onProgress }))).toBe(reason);
  });

  it("when a stream has another size than the option", async () => {
    const server = await uploadServer();
    const short = await failureOf(upload(server, { body: Readable.from([pattern(0, 10)]), size: 11 }));
    expect(short).toMatchObject({ message: expect.stringContaining("ends after 10, but media.size is 11 bytes") });
    const long = await failureOf(upload(server, { body: Readable.from([pattern(0, 12)]), size: 11 }));
    expect(long).toMatchObject({ message: expect.stringContaining("yields more, but media.size is 11 bytes") });
  });
});

describe("a stored session", () => {
  /** A session with one granule in it. */
  async function begun(): Promise<{ readonly server: UploadServer; readonly session: string }> {
    const server = await uploadServer({ fault: at({ 2: { status: 503 } }) });
    const error = await failureOf(upload(server, { body: pattern(0, size) }, { retry: false }));
    return { server, session: (error as UploadError).session }; // asserted by the tests that resume it
  }

  it.each(forms)("is resumed: %s", async (_name, body) => {
    const folder = await folderWithContent();
    const { server, session } = await begun();
    const progress: number[] = [];
    await upload(server, { body: body(folder), session, onProgress: ({ sent }) => progress.push(sent) });
    expect(ranges(server)[3]).toBe(_name === "a stream" ? "PUT bytes */*" : `PUT bytes */${String(size)}`);
    expect(progress).toEqual([granule, 2 * granule, size]);
    expect(server.finished()).toBe(true);
  });

  it("that is complete returns the response", async () => {
    const { server, session } = await begun();
    await upload(server, { body: pattern(0, size), session });
    expect(await upload(server, { body: pattern(0, size), session })).toEqual({ name: "made" });
  });

  it("that no longer exists is replaced by a new one, unless the content is a stream", async () => {
    const { server, session } = await begun();
    await cancelUpload(clientOf(server.url), session);
    expect(server.steps.at(-1)).toMatchObject({
      method: "DELETE",
      url: expect.stringContaining("upload_id=session-1"),
    });
    expect(await failureOf(upload(server, { body: Readable.from(patternChunks(size)), session }))).toMatchObject({
      code: "UPLOAD_SESSION_LOST",
    });
    await upload(server, { body: pattern(0, size), session });
    expect(server.finished()).toBe(true);
  });

  it("can be cancelled twice", async () => {
    const { server, session } = await begun();
    const client = clientOf(server.url);
    await cancelUpload(client, session);
    await cancelUpload(client, session);
    expect(await failureOf(cancelUpload(client, "https://evil.example/"))).toMatchObject({ code: "INVALID_REQUEST" });
  });
});

describe("the root URL applies", () => {
  it.each<[string, (origin: string, path: string) => string, string]>([
    ["a relative Location", (_origin, path) => path, "/upload/v1/books"],
    [
      "another name of the loopback interface",
      (origin, path) => origin.replace("127.0.0.1", "localhost") + path,
      "/upload/v1/books",
    ],
    ["Google's own host in Location", (_origin, path) => `https://www.googleapis.com${path}`, "/upload/v1/books"],
  ])("for %s", async (_name, location, path) => {
    const server = await uploadServer({ location });
    await clientOf(server.url, { auth: new AnonymousCredentials() }).books.create({
      media: { body: pattern(0, 1), resumable: true },
    });
    expect(server.steps[1]?.url.startsWith(path)).toBe(true);
    expect(server.finished()).toBe(true);
  });

  it("a session may be on another Google host", async () => {
    const origins: string[] = [];
    const transport = {
      send: async ({ origin, path }: { origin: string; path: string }) => {
        origins.push(origin + path);
        return origins.length === 1
          ? { status: 200, headers: { location: "https://www.googleapis.com/upload/s?upload_id=1" }, body: "" }
          : { status: 200, headers: {}, body: "{}" };
      },
    };
    const client = clientOf("https://youtube.googleapis.com/", { transport });
    await client.books.create({ media: { body: pattern(0, 1), resumable: true } });
    expect(origins).toEqual([
      "https://youtube.googleapis.com/upload/v1/books?uploadType=resumable",
      "https://www.googleapis.com/upload/s?upload_id=1",
    ]);
  });
});
