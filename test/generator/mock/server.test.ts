/** The server: malformed requests, logging, and closing. */
import { createServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Mock, startMock } from "../../../generator/src/mock/index.js";
import { BODY_LIMIT } from "../../../generator/src/mock/bodies.js";
import { createListener } from "../../../generator/src/mock/listener.js";
import { responseOf, INSTANCES, library, mockFor, authorized, sqladmin, tokenFor } from "./support.js";

let mock: Mock;
let authorization: string;
const onError = vi.fn<(error: unknown) => void>();
beforeAll(async () => {
  mock = await startMock({ models: [sqladmin, library], onError });
  authorization = `Bearer ${await tokenFor(mock)}`;
});
afterAll(() => mock.close());

/** Sends raw bytes, and reads until the server closes the connection. */
/** Returns the received bytes when the connection ends, with or without an error. */
async function raw(bytes: string, at: Mock = mock): Promise<string> {
  const { hostname, port } = new URL(at.url);
  const socket = connect(Number(port), hostname);
  let received = "";
  socket.setEncoding("utf8").on("data", (part: string) => {
    received += part;
  });
  const closed = new Promise<void>((resolve) => socket.once("error", () => {}).once("close", () => resolve()));
  socket.write(bytes);
  await closed;
  return received;
}

const send = (init: RequestInit & { path?: string }) =>
  fetch(mock.url + (init.path ?? INSTANCES), {
    ...init,
    headers: { authorization, "content-type": "application/json", ...init.headers },
  }).then(responseOf);

describe("a request without a method", () => {
  it.each([
    ["an unknown path", "GET", "nowhere"],
    ["the root path", "GET", ""],
    ["an unknown HTTP method", "PURGE", INSTANCES],
    ["an HTTP method that this path does not have", "DELETE", INSTANCES],
    ["a longer path", "GET", `${INSTANCES}/a/b/c/d`],
  ])("gets Google's 404: %s", async (_what, method, path) => {
    expect(await send({ method, path })).toMatchObject({
      status: 404,
      body: { error: { code: 404, status: "NOT_FOUND", errors: [{ reason: "notFound" }] } },
    });
  });
});

describe("a request that is malformed", () => {
  it.each<[what: string, body: string, headers: Record<string, string>]>([
    ["not JSON", "{", {}],
    ["an array", "[]", {}],
    ["a string", '"x"', {}],
    ["null", "null", {}],
    ["not UTF-8", "\ud800", {}],
    ["nested too deep", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, {}],
    ["another content type", "<a/>", { "content-type": "application/xml" }],
  ])("gets Google's 400: %s", async (_what, body, headers) => {
    expect(await send({ method: "POST", body, headers })).toMatchObject({
      status: 400,
      body: { error: { code: 400, status: "INVALID_ARGUMENT", message: expect.any(String) } },
    });
  });

  it.each([
    ["..", "/sql/v1beta3/projects/../../../etc/passwd", 400],
    ["%2e%2e", "/sql/v1beta3/projects/%2e%2e/instances", 400],
    ["a broken escape", "/sql/v1beta3/projects/%/instances", 400],
    ["a path of 5,000 characters", `/${"a".repeat(5000)}`, 414],
    ["an absolute URL", "http://example.com/nowhere", 404],
    ["an asterisk", "*", 404],
  ])("is routed as sent, not as resolved: %s", async (_what, target, status) => {
    const response = await raw(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(response).toContain(`"code": ${status}`);
  });

  it.each([
    ["not HTTP", "hello\r\n\r\n"],
    ["headers without end", `GET / HTTP/1.1\r\nhost: x\r\na: ${"b".repeat(100_000)}`],
    ["a broken chunk", "POST /token HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
  ])("is turned away by its connection, and the next is served: %s", async (_what, bytes) => {
    // A reset can discard the response.
    expect(await raw(bytes)).toMatch(/^(?:HTTP\/1\.1 4\d\d |$)/);
    expect(await send({})).toMatchObject({ status: 200 });
  });

  it("gets 413 for a body that is too large, and the connection stays open", async () => {
    expect(await send({ method: "POST", body: "a".repeat(BODY_LIMIT + 1) })).toMatchObject({
      status: 413,
      body: { error: { code: 413 } },
    });
    expect(await send({})).toMatchObject({ status: 200 });
  });

  it("that its client aborts does not affect other requests", async () => {
    const aborted = new Promise((resolve) => {
      const request = httpRequest(mock.tokenUrl, { method: "POST", headers: { "content-length": "1000" } });
      request.on("error", resolve);
      request.write("a", () => request.destroy());
      request.on("close", resolve);
    });
    await aborted;
    expect(await send({})).toMatchObject({ status: 200 });
    expect(onError).not.toHaveBeenCalled();
  });
});

describe("HEAD", () => {
  it("gets the same response as GET, without a body", async () => {
    expect(await send({ method: "HEAD" })).toMatchObject({ status: 200, body: undefined });
    expect(await send({ method: "HEAD", path: "nowhere" })).toMatchObject({ status: 404, body: undefined });
  });
});

describe("an internal error of the mock", () => {
  it("returns a 500 without details, and calls onError", async () => {
    const fault = new Error("secret");
    const errors: unknown[] = [];
    const listener = createListener({
      respond: () => {
        throw fault;
      },
      onError: (error) => errors.push(error),
      onResponse: () => {},
    });
    const server = createServer(listener).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await vi.waitUntil(() => server.listening);
    // A server that listens on a port always has this type of address.
    const { port } = server.address() as AddressInfo;
    const response = await responseOf(await fetch(`http://127.0.0.1:${port}/`));
    expect(response).toMatchObject({ status: 500, body: { error: { status: "INTERNAL" } } });
    expect(JSON.stringify(response.body)).not.toContain("secret");
    expect(errors).toEqual([fault]);
  });
});

describe("the log", () => {
  it("contains method, path and status of each request, and no secret", async () => {
    const own = await mockFor();
    const call = await authorized(own);
    await call("GET", `${INSTANCES}?maxResults=1&key=secret`);
    await call("POST", INSTANCES, { instance: "a", project: "example-123", settings: { tier: "D1" } });
    await call("GET", "nowhere");
    expect(own.requests).toEqual([
      { method: "POST", path: "/token", status: 200 },
      { method: "GET", path: `/${INSTANCES}`, status: 200 },
      { method: "POST", path: `/${INSTANCES}`, status: 200 },
      { method: "GET", path: "/nowhere", status: 404 },
    ]);
  });
});

describe("closing", () => {
  it("closes open connections, frees the port, and can be called twice", async () => {
    const own = await startMock({ models: [sqladmin] });
    const { hostname, port } = new URL(own.url);
    const open = connect(Number(port), hostname);
    const ended = text(open);
    open.write("POST /token HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n");
    await fetch(own.url);
    await Promise.all([own.close(), own.close()]);
    await ended.catch(() => "");
    const again = await mockFor({ port: Number(port) });
    expect(again.url).toBe(own.url);
  });

  it("is not needed if the port is in use: the start fails", async () => {
    const port = Number(new URL(mock.url).port);
    await expect(startMock({ models: [sqladmin], port })).rejects.toThrow("EADDRINUSE");
  });
});
