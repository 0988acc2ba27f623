/** Options and parameters with unknown names. */
import { describe, expect, it } from "vitest";
import { AnonymousCredentials } from "../../../runtime/src/auth.js";
import {
  type BatchOptions,
  type CallOptions,
  type ClientOptions,
  type DownloadOptions,
  InvalidRequestError,
  type MethodDescriptor,
  operate,
} from "../../../runtime/src/index.js";
import { nearestName } from "../../../runtime/src/call/nearest.js";
import { clientOf, failureOf, LibraryClient } from "../support/library.js";
import { serve, statuses } from "../support/server.js";

/** Options of a program without type checks. */
const untyped = <T>(options: object): T => options as T;

const auth = new AnonymousCredentials();

const start: MethodDescriptor = {
  id: "library.books.start",
  httpMethod: "POST",
  path: "books",
  operation: { polls: [], done: "done", error: "error" },
};

/** Functions that take options, each with one call. */
const takers: { readonly [kind: string]: (client: LibraryClient, options: object) => Promise<unknown> } = {
  call: ({ books }, options) => books.get({ book: "b" }, untyped<CallOptions>(options)),
  page: ({ books }, options) => books.list({}, untyped<CallOptions>(options)),
  upload: ({ books }, options) => books.create({ media: { body: "a" } }, untyped<CallOptions>(options)),
  content: ({ books }, options) => books.raw({ book: "b" }, untyped<CallOptions>(options)),
  download: ({ books }, options) => books.exportMedia({ book: "b" }, untyped<DownloadOptions>(options)),
  media: ({ books }, options) => books.create({ media: { body: "a", ...options } }),
  wait: (client, options) => operate(client, start, {}, undefined).wait(options),
  batch: (client, options) => client.batch().send(untyped<BatchOptions>(options)),
  client: async (_client, options) => new LibraryClient(untyped<ClientOptions>({ auth, ...options })),
  clone: async (client, options) => client.withOptions(untyped<ClientOptions>(options)),
};

it.each<[string, object, string]>([
  ["call", { quotaProjectId: "p" }, "quotaProjectId is not an option; did you mean quotaProject?"],
  ["call", { timeOut: 1 }, "timeOut is not an option; did you mean timeout?"],
  ["call", { abortSignal: 1 }, "abortSignal is not an option; did you mean signal?"],
  ["call", { singal: 1 }, "singal is not an option; did you mean signal?"],
  ["call", { retries: 1 }, "retries is not an option; did you mean retry?"],
  ["call", { retryConfig: {} }, "retryConfig is not an option; did you mean retry?"],
  ["call", { retry: { maxRetryDelay: 1 } }, "retry.maxRetryDelay is not an option; did you mean maxDelay?"],
  [
    "call",
    { responseType: "stream" },
    "responseType is not an option: for content, call the method whose name ends in Media",
  ],
  ["call", { params: {} }, "params is not an option: pass parameters as the first argument of the method"],
  ["call", { range: { start: 0 } }, "range is not an option; the options are headers, ifMatch"],
  ["call", { a: 1, header: {} }, "a is not an option; the options are headers, ifMatch"],
  ["page", { quotaProjectId: "p" }, "quotaProjectId is not an option; did you mean quotaProject?"],
  ["upload", { header: {} }, "header is not an option; did you mean headers?"],
  ["content", { header: {} }, "header is not an option; did you mean headers?"],
  ["download", { ranges: {} }, "ranges is not an option; did you mean range?"],
  ["download", { range: { strat: 1 } }, "range.strat is not an option; did you mean start?"],
  ["download", { onprogress: () => undefined }, "onprogress is not an option; did you mean onProgress?"],
  ["media", { mimetype: "a/b" }, "media.mimetype is not an option; did you mean mimeType?"],
  ["media", { chunksize: 1 }, "media.chunksize is not an option; did you mean chunkSize?"],
  ["wait", { totalTimeout: 1 }, "totalTimeout is not an option; did you mean timeout?"],
  ["batch", { batchSize: 1 }, "batchSize is not an option; did you mean size?"],
  ["client", { quotaProjectId: "p" }, "quotaProjectId is not an option; did you mean quotaProject?"],
  ["client", { universe_domain: "p" }, "universe_domain is not an option; did you mean universeDomain?"],
  ["client", { baseURL: "p" }, "baseURL is not an option: use rootUrl"],
  [
    "client",
    { mtls: { cert: "c", key: "k", ca: "a" } },
    "mtls.ca is not an option; the options are cert, key, passphrase",
  ],
  ["clone", { retry: { attempt: 1 } }, "retry.attempt is not an option; did you mean attempts?"],
])("a %s rejects %o", async (kind, options, message) => {
  const { seen, url } = await serve(statuses(200));
  const take = takers[kind];
  if (take === undefined) throw new Error(kind);
  const error = await failureOf(take(clientOf(url), options));
  expect(error).toBeInstanceOf(InvalidRequestError);
  expect(String(error)).toContain(message);
  // The request of an operation is sent before wait() is called.
  expect(seen.filter(() => kind !== "wait")).toEqual([]);
});

describe("options", () => {
  it("may have unknown properties that are undefined, inherited or not enumerable", async () => {
    const { url } = await serve(statuses(200));
    const options = Object.create({ inherited: 1 }, { hidden: { value: 1 } }) as object;
    Object.assign(options, { timeout: 1000, unknown: undefined });
    const { books } = clientOf(url, untyped<ClientOptions>(options));
    expect(await books.get({ book: "b" }, untyped<CallOptions>(options))).toEqual({ ok: true });
  });

  it.each<[string, unknown]>([
    ["a callback", () => undefined],
    ["null", null],
    ["a string", "x"],
  ])("must be an object, not %s", async (_, options) => {
    const error = await failureOf(clientOf("http://127.0.0.1:1/").books.get({ book: "b" }, options as CallOptions));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(String(error)).toContain("options must be an object");
  });

  it("are reported together with every other fault", async () => {
    const options = untyped<CallOptions>({ timeout: -1, header: {} });
    const error = await failureOf(clientOf("http://127.0.0.1:1/").books.get({ book: "b" }, options));
    expect(error).toMatchObject({ faults: [{ parameter: "header" }, { parameter: "timeout" }] });
  });
});

describe("parameters", () => {
  const resources = { name: "b" };

  it.each<[string, (client: LibraryClient) => Promise<unknown>, string]>([
    [
      "resource",
      ({ books }) => books.insert({ resource: resources }),
      "resource is not a parameter: pass the body as requestBody",
    ],
    [
      "resource of an upload",
      ({ books }) => books.create({ resource: resources, media: { body: "a" } }),
      "as requestBody",
    ],
    ["resource without a body", ({ books }) => books.get({ book: "b", resource: {} }), "the method takes no body"],
    [
      "alt=media",
      ({ books }) => books.export({ book: "b", alt: "media" }),
      "alt is set by the client: call exportMedia()",
    ],
    [
      "alt=media without content",
      ({ books }) => books.get({ book: "b", alt: "media" }),
      "the method returns no content",
    ],
  ])("of other clients are rejected: %s", async (_, call, message) => {
    const { seen, url } = await serve(statuses(200));
    const error = await failureOf(call(clientOf(url)));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(String(error)).toContain(message);
    expect(seen).toEqual([]);
  });

  it("that are not in the document are sent", async () => {
    const { seen, url } = await serve(statuses(200));
    await clientOf(url).books.get({ book: "b", resource: "r", alt: "proto" });
    expect(seen[0]?.url).toBe("/v1/books/b?resource=r&alt=proto");
  });
});

it.each<[string, string | undefined]>([
  ["timeout", "timeout"],
  ["TIMEOUT", "timeout"],
  ["time-out", "timeout"],
  ["tiemout", "timeout"],
  ["requestTimeout", "timeout"],
  ["signals", "signal"],
  ["", undefined],
  ["x", undefined],
  ["y".repeat(100_000), undefined],
])("the most similar name to %s", (given, want) => {
  expect(nearestName(given, ["signal", "timeout", "totalTimeout"])).toBe(want);
});
