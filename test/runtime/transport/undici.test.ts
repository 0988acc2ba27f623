/** The default transport, with all kinds of dispatchers. transports.test.ts tests the behavior of all transports. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { Agent, getGlobalDispatcher, MockAgent, ProxyAgent, setGlobalDispatcher } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { ConnectionError, InvalidRequestError, undiciTransport } from "../../../runtime/src/index.js";
import type { Dispatcher } from "../../../runtime/src/index.js";
import { AccessTokenCredentials } from "../../../runtime/src/auth.js";
import { clientOf, failureOf, LibraryClient } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";

/** Node supports it from version 22.15. The types here are older. */
const { zstdCompressSync: zstd } = zlib as { readonly zstdCompressSync?: (text: string) => Buffer };

function mockAgent(): MockAgent {
  const agent = new MockAgent();
  agent.disableNetConnect();
  return agent;
}

describe("dispatchers", () => {
  it("uses the global one, even if it is set late", async () => {
    const before = getGlobalDispatcher();
    onTestFinished(() => setGlobalDispatcher(before));
    const client = new LibraryClient({ auth: new AccessTokenCredentials("a-token") });
    const agent = mockAgent();
    agent
      .get("https://library.example.com")
      .intercept({ path: "/v1/books/b?x=1", method: "GET", headers: { authorization: "Bearer a-token" } })
      .reply(200, { name: "mocked" }, { headers: { "x-a": "1" } });
    setGlobalDispatcher(agent);
    const { data, response } = await client.books.get({ book: "b", x: 1 }).withResponse();
    expect(data).toEqual({ name: "mocked" });
    expect(response.headers.get("x-a")).toBe("1");
  });

  it("a client's own takes precedence over the global one", async () => {
    const agent = mockAgent();
    agent
      .get("https://library.example.com")
      .intercept({ path: "/v1/books", method: "POST", body: '{"name":"n"}' })
      .reply(200, { name: "own" });
    const client = new LibraryClient({ auth: new AccessTokenCredentials("a-token"), dispatcher: agent });
    expect(await client.books.insert({ requestBody: { name: "n" } })).toEqual({ name: "own" });
    agent.assertNoPendingInterceptors();
  });

  it("the error of a mock agent for an unexpected request shows no token", async () => {
    const client = new LibraryClient({ auth: new AccessTokenCredentials("a-secret-token"), dispatcher: mockAgent() });
    const error = await failureOf(client.books.get({ book: "b" }));
    expect(error).toBeInstanceOf(ConnectionError);
    const { cause } = error as Error;
    expect([String(error), (error as Error).stack, String(cause), (cause as Error).stack].join()).not.toContain(
      "a-secret-token",
    );
  });

  it("sends requests through a proxy agent", async () => {
    const { seen, url } = await serve(statuses(200));
    const requested: string[] = [];
    const proxy = createServer((client) => {
      client.on("error", () => undefined);
      client.once("data", (head) => {
        const target = /^CONNECT ([^ ]+):(\d+) /.exec(head.toString());
        requested.push(target?.[0] ?? "");
        const upstream = connect(Number(target?.[2]), target?.[1] ?? "", () => {
          client.write("HTTP/1.1 200 OK\r\n\r\n");
          client.pipe(upstream).pipe(client);
        });
        upstream.on("error", () => client.destroy());
      });
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const dispatcher = new ProxyAgent(`http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`);
    onTestFinished(async () => {
      await dispatcher.destroy();
      proxy.close();
    });
    await clientOf(url, { dispatcher }).books.get({ book: "b" });
    expect(requested).toEqual([`CONNECT 127.0.0.1:${new URL(url).port} `]);
    expect(seen).toHaveLength(1);
  });

  it("supports one with only the newer handler interface", async () => {
    const { url } = await serve((_request, response) =>
      json(response, 200, { name: "é".repeat(100_000) }, { "x-a": "1" }),
    );
    const agent = new Agent();
    onTestFinished(() => agent.destroy());
    const newer: Dispatcher = {
      dispatch(options, handler) {
        if (!("onRequestStart" in handler)) throw new Error("invalid onRequestStart method");
        // The cast is safe: the agent belongs to undici 7.
        return agent.dispatch(...([options, handler] as unknown as Parameters<Agent["dispatch"]>));
      },
    };
    const { data, response } = await clientOf(url, { dispatcher: newer }).books.get({ book: "b" }).withResponse();
    expect(data.name).toHaveLength(100_000);
    expect(response.headers.get("x-a")).toBe("1");
    const media = await clientOf(url, { dispatcher: newer }).books.exportMedia({ book: "b" });
    expect((await media.bytes()).length).toBeGreaterThan(200_000);
  });

  it("supports one with only the older handler interface", async () => {
    const { url } = await serve((_request, response) =>
      json(response, 200, { name: "é".repeat(100_000) }, { "x-a": "1" }),
    );
    const agent = new Agent();
    onTestFinished(() => agent.destroy());
    const older: Dispatcher = {
      dispatch(options, handler) {
        const methods = new Map(
          ["onConnect", "onHeaders", "onData", "onComplete", "onError"].map((name) => [
            name,
            Reflect.get(handler, name) as unknown,
          ]),
        );
        for (const [name, method] of methods)
          if (typeof method !== "function") throw new Error(`invalid ${name} method`);
        const bound = Object.fromEntries(
          [...methods].map(([name, method]) => [name, (method as () => unknown).bind(handler)]),
        );
        return agent.dispatch(options as Parameters<Agent["dispatch"]>[0], bound);
      },
    };
    const client = clientOf(url, { dispatcher: older });
    const { data, response } = await client.books.get({ book: "b" }).withResponse();
    expect(data.name).toHaveLength(100_000);
    expect(response.headers.get("x-a")).toBe("1");
    expect((await (await client.books.exportMedia({ book: "b" })).bytes()).length).toBeGreaterThan(200_000);
  });

  it("supports the one that Node's own fetch sets", async () => {
    const { seen, url } = await serve(statuses(200));
    // In a separate process, because the first user of undici sets the global dispatcher.
    const script = `
      await (await fetch(${JSON.stringify(url)})).text();
      const { ApiClient, call } = await import(${JSON.stringify(new URL("../../../runtime/src/index.ts", import.meta.url).href)});
      const { AnonymousCredentials } = await import(${JSON.stringify(new URL("../../../runtime/src/auth.ts", import.meta.url).href)});
      const api = { descriptors: 2, id: "a:v1", rootUrl: ${JSON.stringify(url)}, servicePath: "", scopes: [] };
      const method = { id: "m", httpMethod: "GET", path: "after-fetch", response: "json" };
      console.log(JSON.stringify(await call(new ApiClient(api, { auth: new AnonymousCredentials() }), method, {}, undefined)));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--import",
      "tsx",
      "--input-type=module",
      "-e",
      script,
    ]);
    expect(stdout.trim()).toBe('{"ok":true}');
    expect(seen.map((one) => one.url)).toEqual(["/", "/after-fetch"]);
  });

  it("rejects an object without dispatch()", () => {
    expect(() => undiciTransport({} as Dispatcher)).toThrow(InvalidRequestError);
    expect(() => clientOf("http://127.0.0.1:1/", { dispatcher: {} as Dispatcher })).toThrow(
      /dispatcher has no dispatch/,
    );
  });

  it("fails immediately with a closed one", async () => {
    const agent = new Agent();
    await agent.close();
    const error = await failureOf(clientOf("http://127.0.0.1:1/", { dispatcher: agent }).books.get({ book: "b" }));
    expect(error).toMatchObject({
      code: "CONNECTION_FAILED",
      systemCode: expect.stringMatching(/^UND_ERR_(?:CLOSED|DESTROYED)$/),
    });
  });
});

it.runIf(zstd !== undefined)("decodes zstd if Node supports it", async () => {
  const value = { name: "é".repeat(100_000), noise: Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 10_007) };
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { "content-encoding": "zstd" });
    response.end(zstd?.(JSON.stringify(value)));
  });
  const { books } = clientOf(url, { headers: { "accept-encoding": "gzip, zstd" } });
  expect(await books.get({ book: "b" })).toEqual(value);
  expect(JSON.parse(await (await books.exportMedia({ book: "b" })).text())).toEqual(value);
});

it("a truncated compressed body is an error, not a value", async () => {
  const damaged = zlib.gzipSync(JSON.stringify({ name: "é".repeat(100_000), noise: Math.random() })).subarray(0, 100);
  const { url } = await serve(
    (_request, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(damaged),
  );
  expect(await failureOf(clientOf(url).books.get({ book: "b" }))).toBeInstanceOf(ConnectionError);
  const media = await clientOf(url).books.exportMedia({ book: "b" });
  expect(await failureOf(media.bytes())).toBeInstanceOf(ConnectionError);
});

it("the user's transport gets complete requests and can return text, bytes or a stream", async () => {
  const bodies = [
    '{"name":"text"}',
    new TextEncoder().encode('{"name":"bytes"}'),
    new Blob(['{"name":"stream"}']).stream(),
  ];
  const requests: unknown[] = [];
  const transport = {
    send: async (request: object) => {
      requests.push(request);
      return { status: 200, headers: { "x-a": "1" }, body: bodies.shift() ?? "" };
    },
  };
  const client = new LibraryClient({ auth: new AccessTokenCredentials("a-token"), transport, timeout: 5 });
  expect([
    await client.books.get({ book: "b" }),
    await client.books.get({ book: "b" }),
    await client.books.get({ book: "b" }),
  ]).toEqual([{ name: "text" }, { name: "bytes" }, { name: "stream" }]);
  expect(requests[0]).toMatchObject({
    method: "GET",
    origin: "https://library.example.com",
    path: "/v1/books/b",
    headers: { authorization: "Bearer a-token" },
    timeout: 5,
    methodId: "library.books.get",
  });
});

it("an error of the user's transport becomes a ConnectionError without secrets", async () => {
  const transport = { send: () => Promise.reject(new Error("boom Bearer a-token")) };
  const error = await failureOf(
    new LibraryClient({ auth: new AccessTokenCredentials("a-token"), transport }).books.get({ book: "b" }),
  );
  expect(error).toBeInstanceOf(ConnectionError);
  expect(String(error)).toContain("boom");
  expect(String(error) + String((error as Error).cause)).not.toContain("a-token");
});
