/** Builds complete requests from descriptors and parameters, without a network. */
import { describe, expect, it } from "vitest";
import {
  type ApiDescriptor,
  type CallOptions,
  InvalidRequestError,
  type MethodDescriptor,
} from "../../../runtime/src/index.js";
import { type BuiltRequest, type Params, type RequestBase, buildRequest } from "../../../runtime/src/request/build.js";
import { faultsOf } from "../support/faults.js";
import { type LibraryClient, api, clientOf, failureOf, methods } from "../support/library.js";

function base(change: Partial<ApiDescriptor> = {}, rest: Partial<RequestBase> = {}): RequestBase {
  return {
    api: { ...api, ...change },
    rootPath: "/",
    headers: { accept: "application/json", "x-own": "1" },
    ownHeaders: new Set(["x-own"]),
    ...rest,
  };
}

function build(
  method: MethodDescriptor,
  params: Params,
  options?: CallOptions,
  on: RequestBase = base(),
  media = false,
): BuiltRequest {
  return buildRequest(on, method, params, options, media);
}

describe("paths", () => {
  const get = (path: string): MethodDescriptor => ({ id: "m", httpMethod: "GET", path, response: "json" });
  it.each<[string, string, RequestBase, string]>([
    ["relative to root and service path", "books", base(), "/v1/books"],
    ["with a slash, relative to the root", "/other/books", base(), "/other/books"],
    ["below the path of another root", "books", base({}, { rootPath: "/proxy/" }), "/proxy/v1/books"],
    ["with a slash, below the path of another root", "/books", base({}, { rootPath: "/proxy/" }), "/proxy/books"],
    ["a verb is not read as a scheme", "books:copy", base({ servicePath: "" }), "/books:copy"],
  ])("%s", (_name, path, on, want) => {
    expect(build(get(path), {}, undefined, on).path).toBe(want);
  });
});

describe("query", () => {
  it("keeps the order of the parameters and omits those of the path", () => {
    expect(build(methods.get, { z: 1, book: "b", a: 2, unknown: "u" }).path).toBe("/v1/books/b?z=1&a=2&unknown=u");
  });

  it.each<[string, Params, boolean, string]>([
    ["added if the document has another default", {}, false, "/v1/books/b?alt=json"],
    ["not added if the caller passes one", { alt: "proto" }, false, "/v1/books/b?alt=proto"],
    ["media for content, even if the caller passes another value", { alt: "proto" }, true, "/v1/books/b?alt=media"],
  ])("alt: %s", (_name, params, media, want) => {
    expect(build(methods.get, { book: "b", ...params }, undefined, base({ altJson: true }), media).path).toBe(want);
  });

  it("accepts a parameter with the name of a method of Object", () => {
    expect(build(methods.get, { book: "b", constructor: "c" }).path).toBe("/v1/books/b?constructor=c");
  });
});

describe("bodies", () => {
  it.each<[string, MethodDescriptor, Params, string | undefined, string | undefined]>([
    ["JSON", methods.insert, { requestBody: { a: 1, b: undefined, c: null } }, '{"a":1,"c":null}', "application/json"],
    ["an empty object is sent", methods.insert, { requestBody: {} }, "{}", "application/json"],
    [
      "bigints are sent as strings",
      methods.insert,
      { requestBody: { size: 2n ** 63n, list: [1n] } },
      '{"size":"9223372036854775808","list":["1"]}',
      "application/json",
    ],
    ["none", methods.insert, {}, undefined, undefined],
    [
      "text is sent unchanged",
      methods.upload,
      { requestBody: { data: "<x/>", contentType: "text/xml" } },
      "<x/>",
      "text/xml",
    ],
    ["text without a type", methods.upload, { requestBody: { data: "x" } }, "x", "application/octet-stream"],
  ])("%s", (_name, method, params, data, contentType) => {
    const built = build(method, params);
    expect(built.body?.data).toBe(data);
    expect(built.headers["content-type"]).toBe(contentType);
    expect(built.headers["content-length"]).toBe(data === undefined ? "0" : undefined);
  });

  it("are wrapped if the API requires it", () => {
    expect(build(methods.insert, { requestBody: [1] }, undefined, base({ dataWrapper: true })).body?.data).toBe(
      '{"data":[1]}',
    );
  });

  it("a GET has no body headers", () => {
    expect(Object.keys(build(methods.get, { book: "b" }).headers)).toEqual(["accept", "x-own"]);
  });

  it.each<[string, MethodDescriptor, unknown, string]>([
    ["a body for a method without one", methods.get, {}, "the method takes no request body"],
    ["null", methods.insert, null, "must not be null"],
    ["a function", methods.insert, () => 1, "must be JSON, not a function"],
    [
      "a value that JSON cannot represent",
      methods.insert,
      { a: [Number.NaN] },
      "requestBody.a[0] must be JSON, not NaN",
    ],
    ["missing bytes", methods.upload, {}, "{ data, contentType }"],
    ["data of an unsupported type", methods.upload, { data: 1 }, "unsupported type"],
    [
      "a content type with a line break",
      methods.upload,
      { data: "x", contentType: "a\r\nb: c" },
      "invalid contentType",
    ],
    ["a required body is missing", { ...methods.insert, requestRequired: true }, undefined, "is required"],
  ])("rejects: %s", (_name, method, requestBody, message) => {
    const faults = faultsOf(() => build(method, { book: "b", requestBody }), "INVALID_REQUEST");
    expect(faults).toEqual([expect.stringContaining(`requestBody`)]);
    expect(faults[0]).toContain(message);
  });

  it("rejects a circular body", () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(faultsOf(() => build(methods.insert, { requestBody: circular }), "INVALID_REQUEST")[0]).toContain(
      "circular",
    );
  });
});

describe("headers", () => {
  it("the call's headers override the client's, and those override the runtime's, case-insensitively", () => {
    const on = base({}, { headers: { accept: "text/own", "x-own": "1" }, ownHeaders: new Set(["accept", "x-own"]) });
    const { headers } = build(
      { ...methods.insert, apiVersion: "2026-01" },
      { requestBody: {} },
      {
        headers: { "X-Own": "2", "Content-Type": "application/x" },
        quotaProject: "q",
        ifMatch: '"e"',
        ifNoneMatch: "*",
      },
      on,
    );
    expect(headers).toEqual({
      accept: "text/own",
      "content-type": "application/x",
      "if-match": '"e"',
      "if-none-match": "*",
      "x-goog-api-version": "2026-01",
      "x-goog-user-project": "q",
      "x-own": "2",
    });
  });

  it("accepts Headers", () => {
    expect(build(methods.list, {}, { headers: new Headers({ "X-A": "1" }) }).headers["x-a"]).toBe("1");
  });

  it.each<[string, CallOptions, string]>([
    ["a line break in a value", { headers: { "x-a": "1\r\nx-b: 2" } }, "headers.x-a"],
    ["a line break in a name", { headers: { "x-a\r\nx-b": "2" } }, "headers.x-a"],
    ["a value beyond Latin-1", { headers: { "x-a": "✓" } }, "headers.x-a"],
    ["a number", { headers: { "x-a": 1 as unknown as string } }, "must be a string"],
    ["the caller's own length", { headers: { "Content-Length": "5" } }, "the transport sets it"],
    ["an empty etag", { ifMatch: "" }, "ifMatch"],
    ["a project with a line break", { quotaProject: "a\nb" }, "quotaProject"],
  ])("rejects: %s", (_name, options, message) => {
    expect(faultsOf(() => build(methods.list, {}, options), "INVALID_REQUEST").join()).toContain(message);
  });
});

it("reports all problems together, each with its parameter, after the method id", () => {
  const method: MethodDescriptor = {
    id: "library.shelves.move",
    httpMethod: "GET",
    path: "shelves/{shelf}/{+name}",
    parameters: {
      shelf: { required: true },
      name: { required: true, pattern: "^books/[^/]+$" },
      size: { maximum: "10" },
      to: { required: true },
    },
  };
  const action = (): unknown => build(method, { name: "..", size: 11, extra: null, requestBody: 1 });
  expect(faultsOf(action, "INVALID_REQUEST").map((fault) => fault.split(" ")[0])).toEqual([
    "shelf",
    "name",
    "size",
    "extra",
    "to",
    "requestBody",
  ]);
  expect(action).toThrow(/^library\.shelves\.move: shelf is required; name /);
});

it.each<[string, readonly string[]]>([
  ["projects/p", []],
  ["projects/p/q", []],
  ["a/projects/p", []],
  ["", ["name must not be empty or contain an empty path segment"]],
  ["projects/..", ['name must not contain the path segment ".."']],
  ["/projects/p", ["name must not be empty or contain an empty path segment"]],
])("sends the name %j unless it is unsafe, even if it does not match the pattern", (name, faults) => {
  const parameters = { name: { required: true, pattern: "^projects/[^/]+$" } } as const;
  const method: MethodDescriptor = { id: "m", httpMethod: "GET", path: "{+name}", parameters };
  expect(faultsOf(() => build(method, { name }), "INVALID_REQUEST")).toEqual(faults);
});

describe("parameters that are an instance of a class", () => {
  class Own {
    book = "b";
    extra = "e";
    requestBody = { a: 1 };
  }
  it("are read from its own properties, in path, query and body", () => {
    const built = build({ ...methods.insert, path: "books/{book}" }, { ...new Own() });
    expect(build({ ...methods.insert, path: "books/{book}" }, new Own() as unknown as Params)).toEqual(built);
  });

  it("are not read from inherited properties, in path, query and body", () => {
    const params = Object.create({ book: "b", extra: "e", requestBody: { a: 1 } }) as Params;
    expect(build(methods.insert, params)).toMatchObject({ path: "/v1/books", body: undefined });
    expect(faultsOf(() => build(methods.get, params), "INVALID_REQUEST")).toEqual(["book is required"]);
  });
});

it.each<[string, (client: LibraryClient, params: Params) => PromiseLike<unknown>]>([
  ["calls", (client, params) => client.books.get(params)],
  ["uploads", (client, params) => client.books.create(params)],
  ["pages", (client, params) => client.books.list(params)],
])("%s reject parameters whose class has getters, which a copy would lose", async (_, run) => {
  class WithGetter {
    readonly media = { body: "x" };
    get book(): string {
      return "b";
    }
  }
  const client = clientOf("http://127.0.0.1:9/");
  const error = await failureOf(run(client, new WithGetter() as unknown as Params));
  expect(error).toBeInstanceOf(InvalidRequestError);
  expect(String(error)).toContain("params is a WithGetter, whose getter `book` would not be sent: pass a plain object");
});
