/** Promises of calls: data, responses and rejections. */
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import { ApiError, ApiPromise } from "../../../runtime/src/index.js";
import { type Book, clientOf, failureOf } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";

/** Unhandled rejections. */
function unhandled(): unknown[] {
  const list: unknown[] = [];
  const note = (reason: unknown): void => void list.push(reason);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  return list;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

it("await resolves to the data, withResponse to data and response, of one request", async () => {
  const { seen, url } = await serve((_request, response) => json(response, 201, { name: "b" }, { "x-a": "1" }));
  const promise = clientOf(url).books.get({ book: "b" });
  expectTypeOf(promise).toEqualTypeOf<ApiPromise<Book>>();
  expect(await promise).toEqual({ name: "b" });
  const { data, response } = await promise.withResponse();
  expect(data).toEqual({ name: "b" });
  expect(response.status).toBe(201);
  expect(response.headers).toBeInstanceOf(Headers);
  expect(response.headers.get("X-A")).toBe("1");
  expect(response.url).toBe(`${url}v1/books/b`);
  expect(seen).toHaveLength(1);
});

it("keeps all values of a repeated header", async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(
      200,
      [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
        ["x-a", "1"],
      ].flat(),
    );
    response.end("{}");
  });
  const { response } = await clientOf(url).books.get({ book: "b" }).withResponse();
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
});

it("sends the request even if nothing awaits the promise", async () => {
  const { seen, url } = await serve(statuses(200));
  const promise = clientOf(url).books.get({ book: "b" });
  await expect.poll(() => seen.length).toBe(1);
  await promise;
});

it("is a complete Promise", async () => {
  const { url } = await serve(statuses(200));
  const promise = clientOf(url).books.get({ book: "b" });
  expect(promise).toBeInstanceOf(Promise);
  expect(promise).toBeInstanceOf(ApiPromise);
  const next = promise.then(() => 1);
  expect(next).not.toBeInstanceOf(ApiPromise);
  expect(await Promise.all([next, promise.catch(() => 2), promise.finally(() => 3)])).toEqual([
    1,
    { ok: true },
    { ok: true },
  ]);
  expect(await ApiPromise.resolve(4)).toBe(4);
});

describe("a rejection", () => {
  it.each<[string, (promise: ApiPromise<Book>) => Promise<unknown>]>([
    ["await", async (promise) => promise],
    ["withResponse", async (promise) => promise.withResponse()],
  ])("that is handled only by %s is not unhandled", async (_name, wait) => {
    const list = unhandled();
    const { url } = await serve(statuses(404));
    expect(await failureOf(wait(clientOf(url).books.get({ book: "b" })))).toBeInstanceOf(ApiError);
    await settled();
    expect(list).toEqual([]);
  });

  it("for an invalid parameter is not thrown by the call", async () => {
    const promise = clientOf("http://127.0.0.1:1/").books.get({});
    expect(await failureOf(promise)).toMatchObject({
      code: "INVALID_REQUEST",
      message: "library.books.get: book is required",
    });
  });
});

describe("the value of", () => {
  it.each<[string, number, string | undefined, unknown]>([
    ["an empty body is an empty object", 200, "", {}],
    ["a 204 is an empty object", 204, undefined, {}],
    ["null is null", 200, "null", null],
    ["an array is an array", 200, "[1]", [1]],
    ["a body with a byte order mark ignores it", 200, '\ufeff{"a":1}', { a: 1 }],
    [
      "characters that are split between chunks is complete",
      200,
      JSON.stringify({ name: "é😀".repeat(60_000) }),
      { name: "é😀".repeat(60_000) },
    ],
  ])("%s", async (_name, status, body, want) => {
    const { url } = await serve((_request, response) => void response.writeHead(status).end(body));
    expect(await clientOf(url).books.get({ book: "b" })).toEqual(want);
  });

  it.each(["{", "<html>", "not json"])("invalid JSON with status 200 is an error: %s", async (body) => {
    const { url } = await serve((_request, response) => void response.writeHead(200).end(body));
    const error = await failureOf(clientOf(url).books.get({ book: "b" }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "INVALID_RESPONSE", status: 200 });
  });

  it("a method without a response schema is undefined for any body", async () => {
    const { url } = await serve((_request, response) => void response.writeHead(200).end("not json"));
    expect(await clientOf(url).books.delete({ book: "b" })).toBeUndefined();
  });
});
