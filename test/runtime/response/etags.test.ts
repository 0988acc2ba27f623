/** Conditional requests over real sockets (RFC 9110 §13): 304 and 412 have separate codes. */
import { describe, expect, it } from "vitest";
import { ApiError, type CallOptions } from "../../../runtime/src/index.js";
import { clientOf, failureOf } from "../support/library.js";
import { json, serve } from "../support/server.js";

/** A server with one book, which has the etag `"v2"`. */
const shelf = () =>
  serve(({ headers, url }, response) => {
    const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = headers;
    const etag = '"v2"';
    if (ifMatch !== undefined && ifMatch !== etag) return json(response, 412, { error: { code: 412, message: "old" } });
    if (ifNoneMatch === etag) return void response.writeHead(304, { etag }).end();
    const items = url.includes("pageToken") ? { items: [] } : { items: [], nextPageToken: "two" };
    return json(response, 200, url.startsWith("/v1/books/") ? { name: "b" } : items, { etag });
  });

describe("a condition", () => {
  it.each<[string, CallOptions, object]>([
    ["ifNoneMatch with the current version", { ifNoneMatch: '"v2"' }, { code: "NOT_MODIFIED", status: 304 }],
    ["ifMatch with another version", { ifMatch: '"v1"' }, { code: "PRECONDITION_FAILED", status: 412 }],
  ])("%s fails and is not retried", async (_, options, want) => {
    const { seen, url } = await shelf();
    const error = await failureOf(clientOf(url, { retry: { maxDelay: 1 } }).books.get({ book: "b" }, options));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject(want);
    expect(seen).toHaveLength(1);
  });

  it.each<[string, CallOptions]>([
    ["ifMatch with the current version", { ifMatch: '"v2"' }],
    ["ifNoneMatch with another version", { ifNoneMatch: '"v1"' }],
  ])("%s succeeds", async (_, options) => {
    const { url } = await shelf();
    const { data, response } = await clientOf(url).books.get({ book: "b" }, options).withResponse();
    expect(data).toEqual({ name: "b" });
    expect(response.headers.get("etag")).toBe('"v2"');
  });

  it("applies only to the first page", async () => {
    const { seen, url } = await shelf();
    const pages = clientOf(url)
      .books.list({}, { ifNoneMatch: '"v1"', headers: { "x-a": "1" } })
      .pages();
    for await (const _page of pages);
    expect(seen.map(({ headers }) => [headers["if-none-match"], headers["x-a"]])).toEqual([
      ['"v1"', "1"],
      [undefined, "1"],
    ]);
  });
});
