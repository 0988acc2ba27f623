/** What `fetch` is given, and what becomes of what it throws. */
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

describe("a fetch of the caller's", () => {
  it("is called with the whole request, by itself", async () => {
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

  it("that minds no signal is not waited for", async () => {
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
    ["a failure it says nothing of", new TypeError("Failed to fetch"), { sent: true, systemCode: undefined }],
  ])("%s", async (_name, thrown, want) => {
    const transport = fetchTransport({ fetch: () => Promise.reject(thrown) });
    const error = await failureOf(clientOf("http://127.0.0.1:1/", { transport, retry: false }).books.list());
    expect(error).toMatchObject({ code: "CONNECTION_FAILED", ...want });
  });

  it("may be the platform's or undici's, as the types have them", () => {
    expectTypeOf<typeof globalThis.fetch>().toExtend<Fetch>();
    expectTypeOf<typeof undiciFetch>().toExtend<Fetch>();
  });

  it("rejects a value that is not a function", () => {
    expect(() => fetchTransport({ fetch: {} as typeof fetch })).toThrow(InvalidRequestError);
  });
});

it("the platform's own fetch is asked for each time, and credentials are offered it too", async () => {
  const { seen, url } = await serve(statuses(200));
  const asked: (Transport | undefined)[] = [];
  const auth = {
    getRequestHeaders: (_url?: string, context?: { readonly transport?: Transport | undefined }) => {
      asked.push(context?.transport);
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
  expect(asked).toEqual([transport]);
});

describe("a body", () => {
  const bytes = new TextEncoder().encode("a text");
  const stream = (): ReadableStream => new Blob([bytes]).stream();
  const page = { userAgent: "Mozilla/5.0" };

  it.each<[string, unknown, object | undefined, ClientOptions, object]>([
    ["in memory is sent as bytes", bytes, undefined, {}, { body: bytes }],
    ["of a blob is sent as bytes", new Blob([bytes]), undefined, {}, { body: bytes }],
    ["behind middleware, too", new Blob([bytes]), undefined, { middleware: [(a, b) => b(a)] }, { body: bytes }],
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

  it("of a stream is collected where requests take no streams", async () => {
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

it("a browser is not given the headers that it sets itself", async () => {
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

it("a step of an upload whose 308 is hidden is an error that says why", async () => {
  const fetch: Fetch = async (_url, init) => {
    const isStep = Reflect.get(init, "method") === "PUT";
    const headers = new Headers({ location: "http://127.0.0.1:1/session" });
    return isStep ? { status: 0, headers: new Headers(), body: null } : { status: 200, headers, body: null };
  };
  const client = clientOf("http://127.0.0.1:1/", { transport: fetchTransport({ fetch }) });
  const error = await failureOf(client.books.create({ media: { body: "a text", resumable: true } }));
  expect(error).toMatchObject({ code: "UPLOAD_FAILED", message: expect.stringContaining("X-GUploader-No-308") });
});
