/** Clients: options, copies, and names that documents may use. */
import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type ApiDescriptor, ApiClient, type ClientOptions, Resource, version } from "../../../runtime/src/index.js";
import { mergedOptions } from "../../../runtime/src/client/client.js";
import { AccessTokenCredentials, AnonymousCredentials, ApiKeyCredentials } from "../../../runtime/src/auth.js";
import { api, BooksResource, clientOf, LibraryClient } from "../support/library.js";
import { faultsOf } from "../support/faults.js";
import { serve, statuses } from "../support/server.js";

const token = new AccessTokenCredentials("a-token");

describe("rejects", () => {
  it.each<[string, unknown, string]>([
    ["a key as credentials", { auth: "AIza" }, "auth must be credentials, not a string: pass new ApiKeyCredentials"],
    ["credentials that were not awaited", { auth: Promise.resolve(token) }, "auth is a promise: await it"],
    ["an object without getRequestHeaders", { auth: {} }, "getRequestHeaders"],
    ["null as credentials", { auth: null }, "getRequestHeaders"],
    ["a relative root", { rootUrl: "/x" }, "rootUrl must be an absolute URL"],
    ["another scheme", { rootUrl: "ftp://h/" }, "rootUrl must be http or https, not ftp"],
    ["a root with credentials", { rootUrl: "https://me:s3cret@h/" }, "rootUrl must not contain credentials"],
    ["a root with a query", { rootUrl: "https://h/?a=1" }, "rootUrl must not contain a query"],
    ["a root with a fragment", { rootUrl: "https://h/#a" }, "rootUrl must not contain a query or fragment"],
    ["a token over http", { auth: token, rootUrl: "http://example.com/" }, "only over https"],
    ["an API key over http", { auth: new ApiKeyCredentials("k"), rootUrl: "http://10.0.0.1/" }, "only over https"],
    ["a timeout of 0", { timeout: 0 }, "timeout must be milliseconds above 0"],
    ["a negative timeout", { totalTimeout: -1 }, "totalTimeout"],
    ["a fraction of an attempt", { retry: { attempts: 0.5 } }, "retry.attempts"],
    ["a transport without send", { transport: {} }, "transport has no send()"],
    [
      "transport and dispatcher",
      { transport: { send: () => undefined }, dispatcher: { dispatch: () => true } },
      "pass one of them",
    ],
    ["a header with a line break", { headers: { "x-a": "1\n2" } }, "headers.x-a"],
    ["a user agent with a line break", { userAgent: "a\r\nb" }, "userAgent"],
    ["an empty project", { quotaProject: "" }, "quotaProject"],
  ])("%s", (_name, options, message) => {
    const faults = faultsOf(() => new LibraryClient(options as ClientOptions), "INVALID_OPTION");
    expect(faults).toEqual([expect.stringContaining(message)]);
    expect(faults.join()).not.toContain("s3cret");
  });

  it("all invalid options with one error", () => {
    expect(
      faultsOf(() => new LibraryClient({ timeout: -1, rootUrl: "x", userAgent: "" }), "INVALID_OPTION"),
    ).toHaveLength(3);
  });
});

describe("root URLs", () => {
  it.each([
    "http://localhost:1/",
    "http://127.0.0.1:1",
    "http://127.8.8.8/",
    "http://[::1]:1/",
    "http://api.localhost/",
    "https://example.com",
  ])("a token may be sent to %s", (rootUrl) => {
    expect(faultsOf(() => new LibraryClient({ auth: token, rootUrl }), "INVALID_OPTION")).toEqual([]);
  });

  it("anonymous requests may be sent to any host", () => {
    expect(
      faultsOf(
        () => new LibraryClient({ auth: new AnonymousCredentials(), rootUrl: "http://example.com/" }),
        "INVALID_OPTION",
      ),
    ).toEqual([]);
  });

  it.each([
    ["without a slash at the end", ""],
    ["with a slash", "/"],
    ["with a path", "/proxy/a"],
    ["with a path and a slash", "/proxy/a/"],
  ])("%s", async (_name, suffix) => {
    const { seen, url } = await serve(statuses(200));
    await clientOf(url.slice(0, -1) + suffix).books.get({ book: "b" });
    expect(seen[0]?.url).toBe(`${suffix === "" || suffix === "/" ? "" : "/proxy/a"}/v1/books/b`);
  });
});

describe("copies of clients", () => {
  it("share all options that are not overridden, including credentials and tokens", async () => {
    const { seen, url } = await serve(statuses(200));
    let tokenRequests = 0;
    const auth = { getRequestHeaders: async () => ({ authorization: `Bearer ${String(tokenRequests++)}` }) };
    const client = clientOf(url, { auth, headers: { "X-A": "1", "x-b": "1" }, userAgent: "first/1" });
    const clone = client.withOptions({ headers: { "x-b": "2" }, quotaProject: "q", userAgent: undefined });
    expect(clone).toBeInstanceOf(LibraryClient);
    await clone.books.list();
    await client.books.list();
    expect(
      seen.map(({ headers }) => [
        headers.authorization,
        headers["x-a"],
        headers["x-b"],
        headers["x-goog-user-project"],
        headers["user-agent"]?.split(" ")[0],
      ]),
    ).toEqual([
      ["Bearer 0", "1", "2", "q", "first/1"],
      ["Bearer 1", "1", "1", undefined, "first/1"],
    ]);
  });

  it("a dispatcher replaces a transport, and a transport replaces a dispatcher", () => {
    const transport = { send: () => Promise.reject(new Error("unused")) };
    const dispatcher = { dispatch: () => true };
    expect(mergedOptions(clientOf("http://localhost/", { transport }), { dispatcher })).toMatchObject({
      dispatcher,
      transport: undefined,
    });
    expect(mergedOptions(clientOf("http://localhost/", { dispatcher }), { transport })).toMatchObject({
      transport,
      dispatcher: undefined,
    });
  });
});

describe("names", () => {
  const own = (value: object): PropertyKey[] => {
    const keys: PropertyKey[] = [];
    for (
      let link: object | null = value;
      link !== null && link !== Object.prototype;
      link = Object.getPrototypeOf(link) as object | null
    )
      keys.push(...Reflect.ownKeys(link));
    return keys.filter((key) => typeof key === "string" && key !== "constructor");
  };

  it("of members of clients and resources are all free for the document", () => {
    expect(own(new ApiClient(api))).toEqual([]);
    expect(own(new Resource(new ApiClient(api)))).toEqual([]);
  });

  it("a resource can be created from a client or another resource", async () => {
    const { seen, url } = await serve(statuses(200));
    const client = new ApiClient(api, { auth: new AnonymousCredentials(), rootUrl: url });
    await new BooksResource(new BooksResource(client)).get({ book: "b" });
    expect(seen).toHaveLength(1);
  });

  it("a resource without a parent is rejected", () => {
    expect(faultsOf(() => new BooksResource({} as ApiClient), "INVALID_OPTION")).toEqual([
      expect.stringContaining("is not a client or resource"),
    ]);
    expect(faultsOf(() => new BooksResource(undefined as unknown as ApiClient), "INVALID_OPTION")).toHaveLength(1);
  });
});

it("a logged client shows no secret", () => {
  const client = new LibraryClient({
    auth: new AccessTokenCredentials("a-secret-token"),
    headers: { "x-secret": "a-secret-header" },
  });
  const shown =
    inspect(client, { depth: 9 }) +
    JSON.stringify(client) +
    inspect(new ApiKeyCredentials("a-secret-key"), { depth: 9, showHidden: true });
  expect(shown).not.toContain("a-secret");
});

it("the version is that of the package", async () => {
  const text = await readFile(new URL("../../../runtime/package.json", import.meta.url), "utf8");
  expect((JSON.parse(text) as { version: string }).version).toBe(version);
});

it.each([
  ["wrapped in data", { dataWrapper: true } as const, '{"data":{"name":"x"}}', { name: "x" }],
  ["unchanged without data", { dataWrapper: true } as const, '{"kind":"x"}', { kind: "x" }],
  ["unchanged if the API does not wrap bodies", {}, '{"data":1}', { data: 1 }],
])("a response is %s", async (_name, change: Partial<ApiDescriptor>, body, want) => {
  const { url } = await serve((_request, response) => void response.writeHead(200).end(body));
  const books = new BooksResource(
    new ApiClient({ ...api, ...change }, { auth: new AnonymousCredentials(), rootUrl: url }),
  );
  expect(await books.get({ book: "b" })).toEqual(want);
});

it("calls work through a proxy of the client, as in reactive frameworks and spies", async () => {
  const { url } = await serve(statuses(200));
  const deep = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get: (of, name, receiver) => {
        const value: unknown = Reflect.get(of, name, receiver);
        return typeof value === "object" && value !== null ? deep(value) : value;
      },
    });
  expect(await deep(clientOf(url)).books.get({ book: "b" })).toEqual({ ok: true });
});
