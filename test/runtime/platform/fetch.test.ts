/** The arguments of `fetch`, and its errors. */
import type { fetch as undiciFetch } from "undici";
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import {
  type ClientOptions,
  type Fetch,
  fetchTransport,
  InvalidRequestError,
  type Transport,
} from "../../../runtime/src/index.js";
import { clientOf, failureOf } from "../support/library.js";
import { serve, statuses } from "../support/server.js";

describe("the caller's fetch", () => {
  it("is called with the complete request, and without this", async () => {
    const calls: unknown[] = [];
    function fetch(this: unknown, url: string, init: object): Promise<Response> {
      calls.push([this, url, init]);
      return Promise.resolve(
        Response.json(
          { name: "n" },
          {
            headers: [
              ["set-cookie", "a"],
              ["set-cookie", "b"],
            ],
          },
        ),
      );
    }
    const { data, response } = await clientOf("http://127.0.0.1:1/", { transport: fetchTransport({ fetch }) })
      .books.insert({ requestBody: { name: "n" } })
      .withResponse();
    expect(data).toEqual({ name: "n" });
    expect(response.headers.getSetCookie()).toEqual(["a", "b"]);
    expect(calls).toEqual([
      [
        undefined,
        "http://127.0.0.1:1/v1/books",
        expect.objectContaining({ method: "POST", body: '{"name":"n"}', redirect: "manual" }),
      ],
    ]);
  });

  it("times out even if it ignores its signal", async () => {
    const transport = fetchTransport({ fetch: () => new Promise(() => undefined) });
    const error = await failureOf(
      clientOf("http://127.0.0.1:1/", { transport, timeout: 20, retry: false }).books.list(),
    );
    expect(error).toMatchObject({ code: "TIMEOUT" });
  });

  it.each<[string, Error, object]>([
    [
      "a failure to connect, as Node reports it",
      new TypeError("fetch failed", { cause: Object.assign(new Error("connect"), { code: "ECONNREFUSED" }) }),
      { sent: false, systemCode: "ECONNREFUSED" },
    ],
    ["a failure without details", new TypeError("Failed to fetch"), { sent: true, systemCode: undefined }],
  ])("%s", async (_name, thrown, want) => {
    const transport = fetchTransport({ fetch: () => Promise.reject(thrown) });
    const error = await failureOf(clientOf("http://127.0.0.1:1/", { transport, retry: false }).books.list());
    expect(error).toMatchObject({ code: "CONNECTION_FAILED", ...want });
  });

  it("can be the platform's or undici's by its type", () => {
    expectTypeOf<typeof globalThis.fetch>().toExtend<Fetch>();
    expectTypeOf<typeof undiciFetch>().toExtend<Fetch>();
  });

  it("rejects a value that is not a function", () => {
    expect(() => fetchTransport({ fetch: {} as typeof fetch })).toThrow(InvalidRequestError);
  });
});

it("reads the platform's fetch for each request, and passes the transport to credentials", async () => {
  const { seen, url } = await serve(statuses(200));
  const passed: (Transport | undefined)[] = [];
  const auth = {
    getRequestHeaders: (_url?: string, context?: { readonly transport?: Transport | undefined }) => {
      passed.push(context?.transport);
      return Promise.resolve({ authorization: "Bearer a-token" });
    },
  };
  const transport = fetchTransport();
  const late = vi.fn<typeof fetch>(globalThis.fetch);
  vi.stubGlobal("fetch", late);
  onTestFinished(() => void vi.unstubAllGlobals());
  await clientOf(url, { auth, transport }).books.list();
  expect(seen[0]?.headers.authorization).toBe("Bearer a-token");
  expect(late).toHaveBeenCalledTimes(1);
  expect(passed).toEqual([transport]);
});

describe("a body", () => {
  const bytes = new TextEncoder().encode("a text");
  const stream = (): ReadableStream => new Blob([bytes]).stream();
  const page = { userAgent: "Mozilla/5.0" };

  it.each<[string, unknown, object | undefined, ClientOptions, object]>([
    ["in memory is sent as bytes", bytes, undefined, {}, { body: bytes }],
    ["of a blob is sent as bytes", new Blob([bytes]), undefined, {}, { body: bytes }],
    [
      "is sent as bytes with middleware too",
      new Blob([bytes]),
      undefined,
      { middleware: [(a, b) => b(a)] },
      { body: bytes },
    ],
    ["of a stream is sent as a stream", stream(), undefined, {}, { body: expect.any(ReadableStream), duplex: "half" }],
    ["of a stream is collected in a browser", stream(), page, {}, { body: bytes }],
  ])("%s", async (_name, body, navigator, options, want) => {
    if (navigator !== undefined) vi.stubGlobal("navigator", navigator);
    onTestFinished(() => void vi.unstubAllGlobals());
    const inits: unknown[] = [];
    const fetch: Fetch = async (_url, init) => {
      inits.push(init);
      return Response.json({});
    };
    const client = clientOf("http://127.0.0.1:1/", { transport: fetchTransport({ fetch }), ...options });
    await client.books.create({ media: { body, resumable: false } });
    expect(inits).toEqual([expect.objectContaining(want)]);
  });

  it("of a stream is collected if requests do not support streams", async () => {
    const { Request } = globalThis;
    vi.stubGlobal(
      "Request",
      class {
        readonly headers: Headers;
        constructor(url: string, { body }: RequestInit) {
          this.headers = new Request(url, { method: "POST", body: String(body) }).headers;
        }
      },
    );
    onTestFinished(() => void vi.unstubAllGlobals());
    const { seen, url } = await serve(statuses(200));
    await clientOf(url, { transport: fetchTransport() }).books.create({ media: { body: stream(), resumable: false } });
    expect(seen.map(({ body, headers }) => [body, headers["content-length"]])).toEqual([["a text", "6"]]);
  });
});

it("does not pass headers that browsers set themselves", async () => {
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0" });
  onTestFinished(() => void vi.unstubAllGlobals());
  let sent: object = {};
  const fetch: Fetch = async (_url, init) => {
    sent = init;
    return Response.json({});
  };
  await clientOf("http://127.0.0.1:1/", { transport: fetchTransport({ fetch }) }).books.list();
  expect(sent).toMatchObject({ headers: { accept: "application/json" } });
  expect(Object.keys(Reflect.get(sent, "headers") as object)).not.toContain("user-agent");
  expect(Object.keys(Reflect.get(sent, "headers") as object)).not.toContain("accept-encoding");
});

it("reports the cause if the browser hides the status 308 of an upload", async () => {
  const fetch: Fetch = async (_url, init) => {
    const isStep = Reflect.get(init, "method") === "PUT";
    const headers = new Headers({ location: "http://127.0.0.1:1/session" });
    return isStep ? { status: 0, headers: new Headers(), body: null } : { status: 200, headers, body: null };
  };
  const client = clientOf("http://127.0.0.1:1/", { transport: fetchTransport({ fetch }) });
  const error = await failureOf(client.books.create({ media: { body: "a text", resumable: true } }));
  expect(error).toMatchObject({ code: "UPLOAD_FAILED", message: expect.stringContaining("X-GUploader-No-308") });
});
