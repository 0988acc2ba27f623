/** The default transport: dispatchers of every make, encodings, and servers that misbehave. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { Agent, getGlobalDispatcher, MockAgent, ProxyAgent, setGlobalDispatcher } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { ApiError, ConnectionError, InvalidRequestError, undiciTransport } from "../../../runtime/src/index.js";
import type { Dispatcher } from "../../../runtime/src/index.js";
import { AccessTokenCredentials } from "../../../runtime/src/auth/index.js";
import { clientOf, failureOf, LibraryClient } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";

/** A raw TCP server that answers each connection's first bytes with these. */
async function raw(...answers: readonly string[]): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      for (const answer of answers) socket.write(answer);
      socket.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
}

function mockAgent(): MockAgent {
  const agent = new MockAgent();
  agent.disableNetConnect();
  return agent;
}

describe("dispatchers", () => {
  it("the global one is used, also when it is set late", async () => {
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

  it("a client's own goes before the global one", async () => {
    const agent = mockAgent();
    agent
      .get("https://library.example.com")
      .intercept({ path: "/v1/books", method: "POST", body: '{"name":"n"}' })
      .reply(200, { name: "own" });
    const client = new LibraryClient({ auth: new AccessTokenCredentials("a-token"), dispatcher: agent });
    expect(await client.books.insert({ requestBody: { name: "n" } })).toEqual({ name: "own" });
    agent.assertNoPendingInterceptors();
  });

  it("what a mock agent says of an unexpected request shows no token", async () => {
    const client = new LibraryClient({ auth: new AccessTokenCredentials("a-secret-token"), dispatcher: mockAgent() });
    const error = await failureOf(client.books.get({ book: "b" }));
    expect(error).toBeInstanceOf(ConnectionError);
    const { cause } = error as Error;
    expect([String(error), (error as Error).stack, String(cause), (cause as Error).stack].join()).not.toContain(
      "a-secret-token",
    );
  });

  it("a proxy carries the requests", async () => {
    const { seen, url } = await serve(statuses(200));
    const asked: string[] = [];
    const proxy = createServer((client) => {
      client.on("error", () => undefined);
      client.once("data", (head) => {
        const target = /^CONNECT ([^ ]+):(\d+) /.exec(head.toString());
        asked.push(target?.[0] ?? "");
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
    expect(asked).toEqual([`CONNECT 127.0.0.1:${new URL(url).port} `]);
    expect(seen).toHaveLength(1);
  });

  it("one that knows only the newer handlers will do", async () => {
    const { url } = await serve((_request, response) =>
      json(response, 200, { name: "é".repeat(100_000) }, { "x-a": "1" }),
    );
    const agent = new Agent();
    onTestFinished(() => agent.destroy());
    const newer: Dispatcher = {
      dispatch(options, handler) {
        if (!("onRequestStart" in handler)) throw new Error("invalid onRequestStart method");
        // Its type is of undici 7, which is what is behind.
        return agent.dispatch(...([options, handler] as unknown as Parameters<Agent["dispatch"]>));
      },
    };
    const { data, response } = await clientOf(url, { dispatcher: newer }).books.get({ book: "b" }).withResponse();
    expect(data.name).toHaveLength(100_000);
    expect(response.headers.get("x-a")).toBe("1");
    const media = await clientOf(url, { dispatcher: newer }).books.exportMedia({ book: "b" });
    expect((await media.bytes()).length).toBeGreaterThan(200_000);
  });

  it("one that knows only the older handlers will do", async () => {
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

  it("the one that Node's own fetch leaves behind will do", async () => {
    const { seen, url } = await serve(statuses(200));
    // In a process of its own: what comes first decides which dispatcher is the global one.
    const script = `
      await (await fetch(${JSON.stringify(url)})).text();
      const { ApiClient, call } = await import(${JSON.stringify(new URL("../../../runtime/src/index.ts", import.meta.url).href)});
      const { AnonymousCredentials } = await import(${JSON.stringify(new URL("../../../runtime/src/auth/index.ts", import.meta.url).href)});
      const api = { id: "a:v1", rootUrl: ${JSON.stringify(url)}, servicePath: "", scopes: [] };
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

  it("one that is none is refused", () => {
    expect(() => undiciTransport({} as Dispatcher)).toThrow(InvalidRequestError);
    expect(() => clientOf("http://127.0.0.1:1/", { dispatcher: {} as Dispatcher })).toThrow(
      /dispatcher has no dispatch/,
    );
  });

  it("one that is closed is no reason to wait", async () => {
    const agent = new Agent();
    await agent.close();
    const error = await failureOf(clientOf("http://127.0.0.1:1/", { dispatcher: agent }).books.get({ book: "b" }));
    expect(error).toMatchObject({
      code: "CONNECTION_FAILED",
      systemCode: expect.stringMatching(/^UND_ERR_(?:CLOSED|DESTROYED)$/),
    });
  });
});

describe("requests", () => {
  it("carry what Google's servers expect of a client", async () => {
    const { seen, url } = await serve(statuses(200));
    const client = clientOf(url, { userAgent: "my-tool/1.2", quotaProject: "q" });
    await client.books.get({ book: "b" });
    await client.books.insert({ requestBody: {} });
    await client.books.insert();
    expect(seen[0]?.headers).toMatchObject({
      accept: "application/json",
      "accept-encoding": "gzip",
      "user-agent": expect.stringMatching(/^my-tool\/1\.2 discogen\/\d+\.\d+\.\d+ \(gzip\)$/),
      "x-goog-api-client": expect.stringMatching(/^gl-node\/\d+\.\d+\.\d+ gdcl\/\d+\.\d+\.\d+$/),
      "x-goog-user-project": "q",
    });
    expect(seen.map((one) => [one.headers["content-type"], one.headers["content-length"], one.body])).toEqual([
      [undefined, undefined, ""],
      ["application/json", "2", "{}"],
      [undefined, "0", ""],
    ]);
  });

  it.each<[string, unknown, string]>([
    ["a string", "é", "é"],
    ["bytes", new TextEncoder().encode("abc"), "abc"],
    ["a part of a buffer", new TextEncoder().encode("xabcx").subarray(1, 4), "abc"],
    ["an ArrayBuffer", new TextEncoder().encode("abc").buffer, "abc"],
    ["a Blob", new Blob(["ab", "c"]), "abc"],
    ["a web stream", new Blob(["abc"]).stream(), "abc"],
  ])("send %s as it is", async (_name, data, want) => {
    const { seen, url } = await serve(statuses(200));
    await clientOf(url).books.upload({ requestBody: { data, contentType: "x/y" } });
    expect([seen[0]?.body, seen[0]?.headers["content-type"]]).toEqual([want, "x/y"]);
  });
});

describe("encodings", () => {
  const small = { name: "é" };
  const large = {
    name: "é".repeat(100_000),
    noise: Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 10_007).join(),
  };
  it.each([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["GZIP", gzipSync],
    ["identity", (data: string) => Buffer.from(data)],
    ["deflate, gzip", (data: string) => gzipSync(deflateSync(data))],
  ] as const)("%s is taken off, collected or streamed, small or large", async (encoding, encode) => {
    const { url } = await serve((request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": encoding });
      response.end(encode(JSON.stringify(request.url.includes("small") ? small : large)));
    });
    const { books } = clientOf(url);
    expect(await books.get({ book: "small" })).toEqual(small);
    expect(await books.get({ book: "large" })).toEqual(large);
    expect(JSON.parse(await (await books.exportMedia({ book: "large" })).text())).toEqual(large);
  });

  it("a damaged body is an error, not a value", async () => {
    const damaged = gzipSync(JSON.stringify(large)).subarray(0, 400);
    const { url } = await serve(
      (_request, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(damaged),
    );
    expect(await failureOf(clientOf(url).books.get({ book: "b" }))).toBeInstanceOf(ConnectionError);
    const media = await clientOf(url).books.exportMedia({ book: "b" });
    expect(await failureOf(media.bytes())).toBeInstanceOf(ConnectionError);
  });

  it("an unknown one is named", async () => {
    const { url } = await serve(
      (_request, response) => void response.writeHead(200, { "content-encoding": "zip" }).end("x"),
    );
    expect(await failureOf(clientOf(url).books.get({ book: "b" }))).toMatchObject({
      message: expect.stringContaining('"zip"'),
    });
    expect(await failureOf(clientOf(url).books.exportMedia({ book: "b" }))).toMatchObject({
      message: expect.stringContaining('"zip"'),
    });
  });

  it("of an error that cannot be read does not hide the error", async () => {
    const { url } = await serve(
      (_request, response) => void response.writeHead(404, { "content-encoding": "gzip" }).end("not gzip"),
    );
    expect(await failureOf(clientOf(url).books.get({ book: "b" }))).toMatchObject({ status: 404 });
  });

  it("an error's body that would fill the memory is not unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 32));
    const { url } = await serve(
      (_request, response) => void response.writeHead(404, { "content-encoding": "gzip" }).end(bomb),
    );
    expect(await failureOf(clientOf(url).books.get({ book: "b" }))).toMatchObject({
      status: 404,
      message: "library.books.get failed with status 404",
    });
  });
});

describe("servers that misbehave", () => {
  it("a redirect is an error: sign-in never leaves for another host", async () => {
    const { seen: elsewhere, url: other } = await serve(statuses(200));
    const { url } = await serve((_request, response) => void response.writeHead(302, { location: other }).end());
    const error = await failureOf(
      clientOf(url, { auth: new AccessTokenCredentials("a-token") }).books.get({ book: "b" }),
    );
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 302 });
    expect(elsewhere).toHaveLength(0);
  });

  it.each<[string, readonly string[], Record<string, unknown>]>([
    ["nothing at all", [], { code: "CONNECTION_FAILED" }],
    ["half a head", ["HTTP/1.1 200 OK\r\nconte"], { code: "CONNECTION_FAILED" }],
    ["no HTTP", ["SSH-2.0-OpenSSH_9\r\n"], { code: "CONNECTION_FAILED" }],
    [
      "a body that is cut off",
      ["HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", '{"name":'],
      { code: "CONNECTION_FAILED" },
    ],
    [
      "a chunk that is cut off",
      ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "ff\r\n{"],
      { code: "CONNECTION_FAILED" },
    ],
    [
      "an error that is cut off",
      ["HTTP/1.1 503 Busy\r\ncontent-length: 100\r\n\r\n", '{"error":'],
      { code: "API_ERROR", status: 503 },
    ],
    [
      "early hints and then an answer",
      ["HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", "HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n"],
      { code: "API_ERROR", status: 404 },
    ],
  ])("%s", async (_name, answers, want) => {
    expect(await failureOf(clientOf(await raw(...answers), { retry: false }).books.get({ book: "b" }))).toMatchObject(
      want,
    );
  });

  it("an endless error is cut", async () => {
    let written = 0;
    const { url } = await serve((_request, response) => {
      response.writeHead(500);
      const chunk = Buffer.alloc(256 * 1024, 120);
      const more = (): void => {
        written += chunk.length;
        response.write(chunk, (error) => (error ? undefined : setImmediate(more)));
      };
      more();
    });
    expect(await failureOf(clientOf(url, { retry: false }).books.get({ book: "b" }))).toMatchObject({ status: 500 });
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  it("a port where nobody listens: nothing was sent", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    const error = await failureOf(
      clientOf(`http://127.0.0.1:${String(port)}/`, { retry: false }).books.get({ book: "b" }),
    );
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({
      sent: false,
      systemCode: "ECONNREFUSED",
      message: expect.stringMatching(/^library\.books\.get: no connection: .*ECONNREFUSED/),
    });
  });
});

it("a transport of the user's own gets whole requests and may answer with text, bytes or a stream", async () => {
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

it("an error of the user's own transport is a ConnectionError without secrets", async () => {
  const transport = { send: () => Promise.reject(new Error("boom Bearer a-token")) };
  const error = await failureOf(
    new LibraryClient({ auth: new AccessTokenCredentials("a-token"), transport }).books.get({ book: "b" }),
  );
  expect(error).toBeInstanceOf(ConnectionError);
  expect(String(error)).toContain("boom");
  expect(String(error) + String((error as Error).cause)).not.toContain("a-token");
});
