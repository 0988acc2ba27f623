/** Batches over a real socket: requests, responses and the outcome of each call. */
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  AbortError,
  ApiClient,
  ApiError,
  batch,
  type Batch,
  ConnectionError,
  InvalidRequestError,
  sendBatch,
  TimeoutError,
} from "../../../runtime/src/index.js";
import { AccessTokenCredentials } from "../../../runtime/src/auth.js";
import { clientOf, failureOf, LibraryClient } from "../support/library.js";
import { json } from "../support/server.js";
import { respondWith, type Part, type PartResponse, serveBatches, serveRaw } from "./server.js";

type LibraryBatch = Batch<LibraryClient>;

const bookOf = ({ path }: Part): PartResponse => ({ status: 200, body: { name: path.split("/").at(-1) } });
const paths = (batches: readonly Part[][]): string[][] => batches.map((parts) => parts.map(({ path }) => path));
const statusesOf = (outcomes: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  outcomes.map((outcome) => (outcome.status === "fulfilled" ? "fulfilled" : codeOf(outcome.reason)));
const codeOf = (error: unknown): unknown =>
  error instanceof ApiError && error.code === "API_ERROR" ? error.status : (error as { code?: unknown }).code;

/** Calls that read these books. */
const getBooks = (books: LibraryBatch, names: readonly string[]): Promise<unknown>[] =>
  names.map((book) => books.books.get({ book }));

describe("the request", () => {
  it("is one request with each call as it would be sent separately", async () => {
    const server = await serveBatches(() => ({ status: 200, body: {} }));
    const client = clientOf(server.url, { auth: new AccessTokenCredentials("a-token"), quotaProject: "payer" });
    const all = client.batch();
    void all.books.get({ book: "a b", fields: "name" });
    void all.books.insert({ requestBody: { name: "Größe ✓" } }, { headers: { "x-own": "1" }, ifMatch: '"e"' });
    void all.books.delete({ book: "c" });
    await all.send();

    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /batch"]);
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: "Bearer a-token",
      "x-goog-user-project": "payer",
      "x-goog-api-client": expect.stringContaining("gdcl/"),
      "accept-encoding": "gzip",
    });
    expect(server.seen[0]?.headers).not.toHaveProperty("if-match");
    expect(server.seen[0]?.headers).not.toHaveProperty("x-own");
    const common = { authorization: "Bearer a-token", "x-goog-user-project": "payer", host: new URL(server.url).host };
    expect(server.batches[0]).toMatchObject([
      { method: "GET", path: "/v1/books/a%20b?fields=name", headers: common, body: "" },
      {
        method: "POST",
        path: "/v1/books",
        headers: { ...common, "content-type": "application/json", "x-own": "1", "if-match": '"e"' },
        body: '{"name":"Größe ✓"}',
      },
      { method: "DELETE", path: "/v1/books/c", headers: common, body: "" },
    ]);
    expect(server.batches[0]?.every(({ headers }) => !("accept-encoding" in headers))).toBe(true);
  });

  it("is sent to the root URL of the client", async () => {
    const server = await serveBatches(bookOf);
    const all = clientOf(`${server.url}emulator`).batch();
    const book = all.books.get({ book: "a" });
    await all.send();
    expect(server.seen[0]?.url).toBe("/emulator/batch");
    expect(paths(server.batches)).toEqual([["/emulator/v1/books/a"]]);
    expect(await book).toEqual({ name: "a" });
  });

  it("is split at 1,000 calls, or at `size`", async () => {
    const server = await serveBatches(bookOf);
    const client = clientOf(server.url);
    const names = Array.from({ length: 2500 }, (_, index) => `b${String(index)}`);
    const all = client.batch();
    getBooks(all, names);
    const outcomes = await all.send();
    expect(server.batches.map(({ length }) => length).toSorted((a, b) => b - a)).toEqual([1000, 1000, 500]);
    expect(outcomes).toEqual(names.map((name) => ({ status: "fulfilled", value: { name } })));

    getBooks(all, names.slice(0, 5));
    await all.send({ size: 2 });
    expect(
      server.batches
        .slice(3)
        .map(({ length }) => length)
        .toSorted((a, b) => b - a),
    ).toEqual([2, 2, 1]);
  });

  it("is not sent before send(), without calls, or for an invalid call", async () => {
    const server = await serveBatches(bookOf);
    const all = clientOf(server.url).batch();
    expect(await all.send()).toEqual([]);
    const wrong = all.books.get({ book: "" });
    expect(await failureOf(wrong)).toBeInstanceOf(InvalidRequestError);
    expect(statusesOf(await all.send())).toEqual(["INVALID_REQUEST"]);
    expect(server.seen).toEqual([]);
  });

  it("has the calls since the last send()", async () => {
    const server = await serveBatches(bookOf);
    const all = clientOf(server.url).batch();
    getBooks(all, ["a", "b"]);
    const first = all.send();
    getBooks(all, ["c"]);
    expect(await first).toHaveLength(2);
    expect(await all.send()).toEqual([{ status: "fulfilled", value: { name: "c" } }]);
    expect(paths(server.batches)).toEqual([["/v1/books/a", "/v1/books/b"], ["/v1/books/c"]]);
  });

  it("does not change the original client", async () => {
    const server = await serveBatches(bookOf, (_request, response) => json(response, 200, { name: "single" }));
    const client = clientOf(server.url);
    const all = client.batch();
    expect(all).toBeInstanceOf(LibraryClient);
    expect(await client.books.get({ book: "a" })).toEqual({ name: "single" });
    expect(server.batches).toEqual([]);
    expect(inspect(all)).not.toContain("send");
  });

  it("waits until every call is authorized", async () => {
    const server = await serveBatches(bookOf);
    let pause = 0;
    const auth = {
      getRequestHeaders: async () => {
        pause += 5;
        await new Promise((resolve) => setTimeout(resolve, pause));
        return { authorization: "Bearer a-token" };
      },
    };
    const all = clientOf(server.url, { auth }).batch();
    getBooks(all, ["a", "b", "c"]);
    expect(await all.send()).toHaveLength(3);
    expect(server.batches.map(({ length }) => length)).toEqual([3]);
  });
});

describe("the response", () => {
  it("is matched to the calls in any order of the parts", async () => {
    const server = await serveRaw((parts, response) => respondWith(response, parts.toReversed(), bookOf));
    const all = clientOf(server.url).batch();
    getBooks(all, ["a", "b", "c"]);
    expect(await all.send()).toEqual(["a", "b", "c"].map((name) => ({ status: "fulfilled", value: { name } })));
  });

  it("settles each call with its part", async () => {
    const server = await serveBatches(({ path }) =>
      path.endsWith("missing")
        ? {
            status: 404,
            headers: { "X-Request-Id": "r-1" },
            body: {
              error: {
                code: 404,
                message: "No such book.",
                status: "NOT_FOUND",
                details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "BOOK_GONE", domain: "d" }],
              },
            },
          }
        : { status: 200, headers: { ETag: '"7"' }, body: { name: "here" } },
    );
    const all = clientOf(server.url).batch();
    const here = all.books.get({ book: "here" });
    const missing = all.books.get({ book: "missing" });
    expect(statusesOf(await all.send())).toEqual(["fulfilled", 404]);
    const { data, response } = await here.withResponse();
    expect(data).toEqual({ name: "here" });
    expect(response.status).toBe(200);
    expect(response.headers.get("etag")).toBe('"7"');
    expect(response.url).toBe(`${server.url}v1/books/here`);
    expect(await failureOf(missing)).toMatchObject({
      message: "library.books.get failed with status 404 (BOOK_GONE): No such book.",
      reason: "BOOK_GONE",
      requestId: "r-1",
      rpcStatus: "NOT_FOUND",
    });
  });

  it("may be empty for methods without a response", async () => {
    const server = await serveBatches(() => ({ status: 204 }));
    const all = clientOf(server.url).batch();
    const deleted = all.books.delete({ book: "a" });
    const empty = all.books.get({ book: "b" });
    await all.send();
    expect(await deleted).toBeUndefined();
    expect(await empty).toEqual({});
  });

  it("has the first page; further pages are ordinary requests", async () => {
    const server = await serveBatches(
      () => ({ status: 200, body: { items: [{ name: "a" }], nextPageToken: "2" } }),
      (_request, response) => json(response, 200, { items: [{ name: "b" }] }),
    );
    const all = clientOf(server.url).batch().batch();
    const list = all.books.list({ labels: ["x"] });
    await all.send();
    const names: unknown[] = [];
    for await (const { name } of list) names.push(name);
    expect(names).toEqual(["a", "b"]);
    expect(server.single.map(({ url }) => url)).toEqual(["/v1/books?labels=x&pageToken=2"]);
    expect(server.batches).toHaveLength(1);
  });

  it("has the outcomes of the calls passed to send(), and all calls are sent", async () => {
    const server = await serveBatches((part) => (part.path.endsWith("/c") ? { status: 404 } : bookOf(part)));
    const all = clientOf(server.url).batch();
    const a = all.books.get({ book: "a" });
    const b = all.books.get({ book: "b" });
    const c = all.books.get({ book: "c" });
    const derived = c.then((book) => book);
    const [last, first] = await all.send([derived, a], { size: 5 });
    expect([last.status, first]).toEqual(["rejected", { status: "fulfilled", value: { name: "a" } }]);
    expect(await b).toEqual({ name: "b" });
    expect(paths(server.batches)).toEqual([["/v1/books/a", "/v1/books/b", "/v1/books/c"]]);

    const more = ["d", "e"].map((book) => all.books.get({ book }));
    const outcomes = await sendBatch(all, more);
    expect(outcomes.map((outcome) => outcome.status === "fulfilled" && outcome.value)).toEqual([
      { name: "d" },
      { name: "e" },
    ]);
    expect(await all.send([])).toEqual([]);
  });

  it("leaves no unhandled rejection", async () => {
    const server = await serveBatches(() => ({ status: 403, body: { error: { code: 403, message: "no" } } }));
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): unknown => unhandled.push(reason);
    process.on("unhandledRejection", onUnhandled);
    try {
      const all = clientOf(server.url).batch();
      getBooks(all, ["a"]);
      void all.books.exportMedia({ book: "b" });
      expect(statusesOf(await all.send())).toEqual([403, "INVALID_REQUEST"]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      process.off("unhandledRejection", onUnhandled);
    }
    expect(unhandled).toEqual([]);
  });
});

describe("retries", () => {
  it("are sent together: 401 with another token, 429 and 503 after a delay", async () => {
    const first: Record<string, PartResponse> = {
      "/v1/books/signed": { status: 401, body: { error: { code: 401, message: "expired" } } },
      "/v1/books/busy": { status: 503, body: { error: { code: 503, message: "later" } } },
      "/v1/books/limited": { status: 429, headers: { "Retry-After": "0" }, body: {} },
    };
    const server = await serveBatches((part, index) => (index === 0 ? first[part.path] : undefined) ?? bookOf(part));
    let token = 1;
    const auth = {
      getRequestHeaders: () => Promise.resolve({ authorization: `Bearer token-${String(token)}` }),
      invalidate: () => {
        token = 2;
      },
    };
    const all = clientOf(server.url, { auth, retry: { maxDelay: 20 } }).batch();
    const names = ["fine", "signed", "busy", "limited"];
    getBooks(all, names);
    expect(await all.send()).toEqual(names.map((name) => ({ status: "fulfilled", value: { name } })));
    expect(server.batches.map((parts) => parts.map(({ path }) => path).toSorted())).toEqual([
      ["/v1/books/busy", "/v1/books/fine", "/v1/books/limited", "/v1/books/signed"],
      ["/v1/books/busy", "/v1/books/limited", "/v1/books/signed"],
    ]);
    const renewed = server.batches[1]?.find(({ path }) => path.endsWith("signed"));
    expect(renewed?.headers["authorization"]).toBe("Bearer token-2");
  });

  it("are not sent for a POST", async () => {
    const server = await serveBatches(() => ({ status: 503 }));
    const all = clientOf(server.url, { retry: { attempts: 1, maxDelay: 5 } }).batch();
    void all.books.insert({ requestBody: {} });
    getBooks(all, ["a"]);
    expect(statusesOf(await all.send())).toEqual([503, 503]);
    expect(server.batches.map((parts) => parts.map(({ method }) => method))).toEqual([["POST", "GET"], ["GET"]]);
  });

  it("are sent once for a repeated 401", async () => {
    const server = await serveBatches(() => ({ status: 401 }));
    const auth = { getRequestHeaders: () => Promise.resolve({ authorization: "Bearer a-token" }), invalidate() {} };
    const all = clientOf(server.url, { auth }).batch();
    getBooks(all, ["a"]);
    expect(statusesOf(await all.send())).toEqual([401]);
    expect(server.batches).toHaveLength(2);
  });

  it("are sent for a failed batch, with the calls that are retryable", async () => {
    const server = await serveRaw((parts, response, index) => {
      if (index === 0) json(response, 503, { error: { code: 503, message: "the batch is down" } });
      else respondWith(response, parts, bookOf);
    });
    const all = clientOf(server.url, { retry: { maxDelay: 5 } }).batch();
    getBooks(all, ["a", "b"]);
    const inserted = all.books.insert({ requestBody: {} });
    expect(statusesOf(await all.send())).toEqual(["fulfilled", "fulfilled", "BATCH_FAILED"]);
    expect(server.batches.map(({ length }) => length)).toEqual([3, 2]);
    expect(String(await failureOf(inserted))).toContain("library:v1 batch failed with status 503: the batch is down");
  });

  it("are sent after a broken connection", async () => {
    const server = await serveRaw((parts, response, index) => {
      if (index === 0) response.socket?.resetAndDestroy();
      else respondWith(response, parts, bookOf);
    });
    const all = clientOf(server.url, { retry: { maxDelay: 5 } }).batch();
    getBooks(all, ["a", "b"]);
    const inserted = all.books.insert({ requestBody: {} });
    expect(statusesOf(await all.send())).toEqual(["fulfilled", "fulfilled", "CONNECTION_FAILED"]);
    expect(await failureOf(inserted)).toBeInstanceOf(ConnectionError);
    expect(server.batches.map(({ length }) => length)).toEqual([3, 2]);
  });
});

describe("malformed responses", () => {
  const partly = (text: (parts: Part[]) => string, type = "multipart/mixed; boundary=b") =>
    serveRaw((parts, response) => {
      response.writeHead(200, { "content-type": type });
      response.end(text(parts));
    });
  const fine = (part: Part, name = `Content-ID: ${part.contentId.replace("<", "<response-")}\r\n`): string =>
    `--b\r\nContent-Type: application/http\r\n${name}\r\nHTTP/1.1 200 OK\r\n\r\n{"name":"${String(part.path.at(-1))}"}\r\n`;
  const one = (parts: readonly Part[], index: number): Part => parts[index] as Part; // the test has sent it
  const noPart = "the response to the batch has no part for it";

  it.each<[string, (parts: Part[]) => string, readonly string[]]>([
    ["a part is missing", (parts) => `${fine(one(parts, 1))}--b--`, [noPart, "fulfilled"]],
    ["there are no parts", () => "--b--", [noPart, noPart]],
    ["the body is empty", () => "", [noPart, noPart]],
    [
      "a part is repeated",
      (parts) => `${parts.map((part) => fine(part)).join("")}${fine(one(parts, 0))}--b--`,
      ["the response to the batch has several parts for it", "fulfilled"],
    ],
    [
      "a part is of another batch",
      (parts) => `${fine(one(parts, 0), "Content-ID: <response-other + 0>\r\n")}${fine(one(parts, 1))}--b--`,
      [noPart, "fulfilled"],
    ],
    [
      "a part names no call of the batch",
      (parts) => `${fine(one(parts, 0), `Content-ID: ${one(parts, 0).contentId.replace(/\d+>/, "99>")}\r\n`)}--b--`,
      [noPart, noPart],
    ],
    [
      "a part is not an HTTP response",
      (parts) => `--b\r\nContent-ID: ${one(parts, 0).contentId}\r\n\r\n<html>\r\n${fine(one(parts, 1))}--b--`,
      ["its part of the response to the batch is not an HTTP response", "fulfilled"],
    ],
    [
      "a body is incomplete",
      (parts) => `${fine(one(parts, 0))}${fine(one(parts, 1)).trimEnd().slice(0, -3)}`,
      ["fulfilled", "its body of 9 characters is not JSON, or is incomplete"],
    ],
    [
      "parts have no names and are matched by position",
      (parts) => `${parts.map((part) => fine(part, "")).join("")}--b--`,
      [],
    ],
    ["parts have no names and one is missing", (parts) => `${fine(one(parts, 1), "")}--b--`, [noPart, noPart]],
    [
      "lines end with LF, with text around the parts and folded fields",
      (parts) =>
        `before\n${parts
          .map((part) => fine(part).replace("Content-ID: ", "content-id:\r\n  "))
          .join("")
          .replaceAll("\r\n", "\n")}--b-- \nafter --b\n--b\n`,
      [],
    ],
  ])("%s", async (_name, text, want) => {
    const server = await partly(text);
    const all = clientOf(server.url).batch();
    getBooks(all, ["0", "1"]);
    const outcomes = await all.send();
    const got = outcomes.map((outcome) =>
      outcome.status === "fulfilled"
        ? `fulfilled ${JSON.stringify(outcome.value)}`
        : `${String(codeOf(outcome.reason))} ${String(outcome.reason)}`,
    );
    const wanted = [0, 1].map((index) => want[index] ?? "fulfilled");
    expect(got).toEqual(
      wanted.map((outcome, index) =>
        outcome === "fulfilled"
          ? `fulfilled {"name":"${String(index)}"}`
          : `${outcome.startsWith("its body") ? "INVALID_RESPONSE" : "BATCH_FAILED"} ApiError: library.books.get returned status 200, but ${outcome}`,
      ),
    );
    expect(server.batches).toHaveLength(1);
  });

  it.each([
    ["a page", "text/html"],
    ["JSON", "application/json"],
    ["multipart without a boundary", "multipart/mixed"],
  ])("200 with %s is an error for each call, and not retried", async (_name, type) => {
    const server = await partly(() => "{}", type);
    const all = clientOf(server.url).batch();
    const calls = getBooks(all, ["a", "b"]);
    expect(statusesOf(await all.send())).toEqual(["BATCH_FAILED", "BATCH_FAILED"]);
    const message = "library:v1 batch returned status 200, but its body is not multipart/mixed";
    for (const call of calls) expect(String(await failureOf(call))).toContain(message);
    expect(server.batches).toHaveLength(1);
  });

  it("400 is an error for each call, which names the batch", async () => {
    const server = await serveRaw((_parts, response) =>
      json(response, 400, { error: { code: 400, message: "Too big" } }),
    );
    const all = clientOf(server.url, { auth: new AccessTokenCredentials("s3cret-token") }).batch();
    const call = all.books.get({ book: "a" });
    expect(statusesOf(await all.send())).toEqual(["BATCH_FAILED"]);
    const error = await failureOf(call);
    expect(error).toMatchObject({ message: "library:v1 batch failed with status 400: Too big", status: 400 });
    expect(inspect(error, { depth: 9 })).not.toContain("s3cret");
  });
});

describe("timeouts and aborts", () => {
  it("a call that is aborted before send() is not sent", async () => {
    const server = await serveBatches(bookOf);
    const all = clientOf(server.url).batch();
    const controller = new AbortController();
    const dropped = all.books.get({ book: "a" }, { signal: controller.signal });
    getBooks(all, ["b"]);
    controller.abort();
    expect(await failureOf(dropped)).toBeInstanceOf(AbortError);
    expect(statusesOf(await all.send())).toEqual(["ABORTED", "fulfilled"]);
    expect(paths(server.batches)).toEqual([["/v1/books/b"]]);
  });

  it("an aborted call does not end the others", async () => {
    const controller = new AbortController();
    const server = await serveRaw((parts, response) => {
      controller.abort();
      setTimeout(() => respondWith(response, parts, bookOf), 20);
    });
    const all = clientOf(server.url).batch();
    void all.books.get({ book: "a" }, { signal: controller.signal });
    getBooks(all, ["b"]);
    expect(statusesOf(await all.send())).toEqual(["ABORTED", "fulfilled"]);
  });

  it("the signal of send() aborts every call and the request", async () => {
    const controller = new AbortController();
    let onClosed: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => {
      onClosed = resolve;
    });
    const server = await serveRaw((_parts, response) => {
      response.once("close", onClosed);
      controller.abort(new Error("enough"));
    });
    const all = clientOf(server.url).batch();
    const [call] = getBooks(all, ["a", "b"]);
    void all.books.get({ book: "c" }, { signal: new AbortController().signal });
    expect(statusesOf(await all.send({ signal: controller.signal }))).toEqual(["ABORTED", "ABORTED", "ABORTED"]);
    expect(await failureOf(call as Promise<unknown>)).toMatchObject({ cause: new Error("enough") });
    await closed;
  });

  it("the signal of send() aborts the delay before a retry", async () => {
    const controller = new AbortController();
    const server = await serveBatches(() => {
      setTimeout(() => controller.abort(), 20);
      return { status: 503, headers: { "Retry-After": "50" } };
    });
    const all = clientOf(server.url).batch();
    getBooks(all, ["a"]);
    expect(statusesOf(await all.send({ signal: controller.signal }))).toEqual(["ABORTED"]);
  });

  it("a signal that is aborted already sends nothing", async () => {
    const server = await serveBatches(bookOf);
    const all = clientOf(server.url).batch();
    getBooks(all, ["a"]);
    expect(statusesOf(await all.send({ signal: AbortSignal.abort() }))).toEqual(["ABORTED"]);
    expect(server.seen).toEqual([]);
  });

  it("totalTimeout starts with the call, not with send()", async () => {
    const server = await serveRaw(() => undefined);
    const all = clientOf(server.url).batch();
    const ended: string[] = [];
    const note = (name: string) => (): void => void ended.push(name);
    const limited = all.books.get({ book: "a" }, { totalTimeout: 400 });
    void limited.catch(note("of the call"));
    void all.books.get({ book: "b" }, { timeout: 250, retry: false }).catch(note("of the attempt"));
    await sleep(300);
    await all.send();
    expect(ended).toEqual(["of the call", "of the attempt"]);
    expect(await failureOf(limited)).toMatchObject({ code: "TOTAL_TIMEOUT", timeout: 400 });
  });

  it("a call whose totalTimeout is over before send() is not sent", async () => {
    const server = await serveBatches(bookOf);
    const all = clientOf(server.url).batch();
    const late = all.books.get({ book: "a" }, { totalTimeout: 50 });
    const other = all.books.get({ book: "b" });
    await sleep(100);
    expect(statusesOf(await all.send())).toEqual(["TOTAL_TIMEOUT", "fulfilled"]);
    expect(await failureOf(late)).toBeInstanceOf(TimeoutError);
    expect(await other).toEqual({ name: "b" });
    expect(paths(server.batches)).toEqual([["/v1/books/b"]]);
  });

  it("timeout starts with send(), and does not end the other calls", async () => {
    const server = await serveRaw((parts, response) => {
      setTimeout(() => respondWith(response, parts, bookOf), 300);
    });
    const all = clientOf(server.url, { retry: false }).batch();
    const short = all.books.get({ book: "a" }, { timeout: 100 });
    getBooks(all, ["b"]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(statusesOf(await all.send())).toEqual(["TIMEOUT", "fulfilled"]);
    expect(await failureOf(short)).toBeInstanceOf(TimeoutError);
  });
});

describe("rejects before anything is sent", () => {
  it("media of every kind", async () => {
    const server = await serveBatches(bookOf);
    const all = clientOf(server.url).batch();
    const data = new Uint8Array([1]);
    const calls = [
      all.books.exportMedia({ book: "a" }),
      all.books.raw({ book: "a" }),
      all.books.upload({ requestBody: { data } }),
      all.books.upload({ requestBody: { data: new Blob([data]) } }),
      all.books.insert({ requestBody: {}, uploadType: "resumable" }),
      all.books.create({ requestBody: {}, media: { body: "abc" } }),
      all.books.create({ media: { body: "abc" } }),
      all.books.create({ media: { body: data, resumable: true } }),
    ];
    for (const call of calls) {
      const error = await failureOf(call);
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect(String(error)).toContain("batch does not support media: make this call without the batch");
    }
    expect(statusesOf(await all.send())).toEqual(calls.map(() => "INVALID_REQUEST"));
    expect(server.seen).toEqual([]);
  });

  it("a header with a line break", async () => {
    const server = await serveBatches(bookOf);
    const auth = { getRequestHeaders: () => Promise.resolve({ authorization: "Bearer s3cret\r\nx-admin: 1" }) };
    const all = clientOf(server.url, { auth }).batch();
    getBooks(all, ["a"]);
    const [outcome] = await all.send();
    expect(outcome).toMatchObject({ reason: { code: "INVALID_REQUEST" } });
    expect(inspect(outcome, { depth: 9 })).not.toContain("s3cret");
    expect(server.seen).toEqual([]);
  });

  it.each([{ size: 0 }, { size: 1001 }, { size: 1.5 }, { signal: {} }])("%o", async (options) => {
    const all = clientOf("http://127.0.0.1:1/").batch();
    expect(await failureOf(all.send(options as never))).toBeInstanceOf(InvalidRequestError);
  });

  it("a batch of an API without a batch path", () => {
    const client = new ApiClient({
      descriptors: 2,
      id: "plain:v1",
      rootUrl: "https://plain.example.com/",
      servicePath: "",
      scopes: [],
    });
    expect(() => batch(client)).toThrow("the client of plain:v1: batch is not supported");
  });

  it("sendBatch() with an ordinary client", async () => {
    const error = await failureOf(sendBatch(clientOf("http://127.0.0.1:1/")));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(String(error)).toContain("is an ordinary client, not a batch");
  });
});

it("keeps a member of the document named send", async () => {
  class Post extends LibraryClient {
    send(): string {
      return "the document's";
    }
  }
  const server = await serveBatches(bookOf);
  const all = batch(new Post({ rootUrl: server.url, auth: new AccessTokenCredentials("a-token") }));
  const book = all.books.get({ book: "a" });
  expect(all.send()).toBe("the document's");
  expect(await sendBatch(all)).toHaveLength(1);
  expect(await book).toEqual({ name: "a" });
});
