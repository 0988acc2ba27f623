/** Pages and items over real requests. */
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import { type Book, type BookPage, clientOf, failureOf } from "../support/library.js";
import {
  ApiClient,
  DiscogenError,
  InvalidRequestError,
  type MethodDescriptor,
  type Paged,
  paged,
} from "../../../runtime/src/index.js";
import { AnonymousCredentials } from "../../../runtime/src/auth.js";
import { type TestServer, json, serve, statuses } from "../support/server.js";
import { api, methods } from "../support/library.js";

/** Three pages: two books, none, one. */
async function library(): Promise<TestServer> {
  const pages: Record<string, unknown> = {
    "": { items: [{ name: "a" }, { name: "b" }], nextPageToken: "two" },
    two: { items: [], nextPageToken: "three/?" },
    "three/?": { items: [{ name: "c" }] },
  };
  return serve((request, response) => {
    const token = new URL(request.url, "http://h").searchParams.get("pageToken") ?? "";
    json(response, 200, pages[token]);
  });
}

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of list) found.push(one);
  return found;
}

describe("a list", () => {
  it("yields the items of all pages, including empty ones", async () => {
    const { seen, url } = await library();
    const books = clientOf(url).books.list({ labels: ["x", "y"], pageSize: 2 });
    expectTypeOf(books).toEqualTypeOf<Paged<BookPage, Book>>();
    expect(await all(books)).toEqual([{ name: "a" }, { name: "b" }, { name: "c" }]);
    expect(seen.map((one) => one.url)).toEqual([
      "/v1/books?labels=x&labels=y&pageSize=2",
      "/v1/books?labels=x&labels=y&pageSize=2&pageToken=two",
      "/v1/books?labels=x&labels=y&pageSize=2&pageToken=three%2F%3F",
    ]);
  });

  it("yields its pages", async () => {
    const { url } = await library();
    expect((await all(clientOf(url).books.list().pages())).map((page) => page.items?.length)).toEqual([2, 0, 1]);
  });

  it("resolves to its first page, which is requested once for all uses", async () => {
    const { seen, url } = await library();
    const books = clientOf(url).books.list();
    const [page, { response }] = [await books, await books.withResponse()];
    expect(page.items).toHaveLength(2);
    expect(response.status).toBe(200);
    expect(seen).toHaveLength(1);
    await all(books);
    await all(books.pages());
    expect(seen.filter((one) => !one.url.includes("pageToken"))).toHaveLength(1);
  });

  it.each([
    ["items(name),nextPageToken", 3],
    [" nextPageToken , items ", 3],
    ["*", 3],
    ["items(name)", "fields"],
    ["items(name(a,nextPageToken),b)", "fields"],
  ])("with fields %j continues, or throws an error for fields", async (fields, want) => {
    const { url } = await library();
    const books = paged<BookPage, Book>(clientOf(url), methods.list, { fields }, undefined);
    const outcome = await all(books).then(
      (found) => found.length,
      (error: unknown) => error instanceof InvalidRequestError && error.faults[0]?.parameter,
    );
    expect(outcome).toBe(want);
    expect((await books).items).toHaveLength(2);
  });

  it("requests no page after the reader stops", async () => {
    const { seen, url } = await library();
    for await (const book of clientOf(url).books.list()) if (book.name === "b") break;
    expect(seen).toHaveLength(1);
  });

  it("starts at the page token of the caller", async () => {
    const { seen, url } = await library();
    expect(await all(clientOf(url).books.list({ pageToken: "two", x: 1 }))).toEqual([{ name: "c" }]);
    expect(seen.map((one) => one.url)).toEqual(["/v1/books?pageToken=two&x=1", "/v1/books?pageToken=three%2F%3F&x=1"]);
  });

  it("applies the options of the call to every page", async () => {
    const { seen, url } = await library();
    await all(clientOf(url).books.list({}, { headers: { "x-a": "1" }, quotaProject: "q" }));
    expect(seen.map((one) => [one.headers["x-a"], one.headers["x-goog-user-project"]])).toEqual([
      ["1", "q"],
      ["1", "q"],
      ["1", "q"],
    ]);
  });

  it("sends the token in the body if the method requires it", async () => {
    const { seen, url } = await serve((request, response) => {
      const { pageToken } = JSON.parse(request.body) as { pageToken?: string };
      json(
        response,
        200,
        pageToken === undefined ? { books: [{ name: "a" }], nextPageToken: "t" } : { books: [{ name: "b" }] },
      );
    });
    const requestBody = { filter: "f" };
    expect(await all(clientOf(url).books.search({ x: 1, requestBody }))).toEqual([{ name: "a" }, { name: "b" }]);
    expect(seen.map((one) => `${one.method} ${one.url} ${one.body}`)).toEqual([
      'POST /v1/books:search?x=1 {"filter":"f"}',
      'POST /v1/books:search?x=1 {"filter":"f","pageToken":"t"}',
    ]);
    expect(requestBody).toEqual({ filter: "f" });
  });
});

describe("the end of a list", () => {
  it.each<[string, unknown]>([
    ["an empty token", { items: [], nextPageToken: "" }],
    ["null", { items: [], nextPageToken: null }],
    ["no items", {}],
    ["a page that is not an object", null],
  ])("is %s", async (_name, page) => {
    const { seen, url } = await serve((_request, response) => json(response, 200, page));
    expect(await all(clientOf(url).books.list())).toEqual([]);
    expect(seen).toHaveLength(1);
  });

  it.each<[string, string | undefined, (token: string) => string]>([
    ["the same token twice", undefined, () => "same"],
    ["the token that the caller passed", "same", () => "same"],
    ["two tokens alternately", undefined, (token) => (token === "a" ? "b" : "a")],
  ])("is an error if the server returns %s", async (_name, pageToken, next) => {
    const { seen, url } = await serve((request, response) => {
      const token = new URL(request.url, "http://h").searchParams.get("pageToken") ?? "";
      json(response, 200, { items: [{ name: "x" }], nextPageToken: next(token) });
    });
    const error = await failureOf(all(clientOf(url).books.list({ pageToken })));
    expect(error).toBeInstanceOf(DiscogenError);
    expect(error).toMatchObject({
      code: "PAGE_TOKEN_REPEATED",
      message: expect.stringContaining("library.books.list"),
    });
    expect(seen.length).toBeLessThanOrEqual(3);
  });

  it("is the error of a later page, after the items before it", async () => {
    const { url } = await serve((_request, response, index) =>
      index === 0 ? json(response, 200, { items: [{ name: "a" }], nextPageToken: "t" }) : json(response, 404, {}),
    );
    const names: unknown[] = [];
    const error = await failureOf(
      (async () => {
        for await (const book of clientOf(url).books.list()) names.push(book.name);
      })(),
    );
    expect(names).toEqual(["a"]);
    expect(error).toMatchObject({ status: 404 });
  });

  it("is an abort between two pages", async () => {
    const { seen, url } = await library();
    const controller = new AbortController();
    const error = await failureOf(
      (async () => {
        for await (const book of clientOf(url).books.list({}, { signal: controller.signal }))
          if (book.name === "b") controller.abort();
      })(),
    );
    expect(error).toMatchObject({ code: "ABORTED" });
    expect(seen).toHaveLength(1);
  });
});

it("throws the error of the first page to the iterating code, without an unhandled rejection", async () => {
  const list: unknown[] = [];
  const note = (reason: unknown): void => void list.push(reason);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  const { url } = await serve(statuses(404));
  expect(await failureOf(all(clientOf(url).books.list()))).toMatchObject({ status: 404 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(list).toEqual([]);
});

describe("items", () => {
  const page = <P, I>(url: string, method: MethodDescriptor): Paged<P, I> =>
    paged<P, I>(new ApiClient(api, { auth: new AnonymousCredentials(), rootUrl: url }), method, undefined, undefined);

  it("of a map are its values", async () => {
    const { url } = await serve((_request, response) =>
      json(response, 200, { items: { "zones/a": { disks: [1] }, "zones/b": {} } }),
    );
    expect(await all(page(url, methods.list))).toEqual([{ disks: [1] }, {}]);
  });

  it("are an error if the response has no list of them, but pages can be iterated", async () => {
    const { url } = await serve((_request, response) => json(response, 200, {}));
    const method: MethodDescriptor = {
      ...methods.list,
      paging: { token: "pageToken", in: "query", next: "nextPageToken" },
    };
    expect(await failureOf(all(page(url, method)))).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining(".pages()"),
    });
    expect(await all(page(url, method).pages())).toEqual([{}]);
  });
});
