/** The server itself: what it survives, what it logs, and how it ends. */
import { createServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Mock, startMock } from "../../../generator/src/mock/index.js";
import { BODY_LIMIT, createListener } from "../../../generator/src/mock/listener.js";
import { answerOf, INSTANCES, library, mockFor, signedIn, sqladmin, tokenFor } from "./support.js";

let mock: Mock;
let authorization: string;
const onError = vi.fn<(error: unknown) => void>();
beforeAll(async () => {
  mock = await startMock({ models: [sqladmin, library], onError });
  authorization = `Bearer ${await tokenFor(mock)}`;
});
afterAll(() => mock.close());

/** Sends bytes as they are, and reads until the server hangs up. */
/** What comes back until the connection ends, in whichever way it does. */
async function raw(bytes: string, at: Mock = mock): Promise<string> {
  const { hostname, port } = new URL(at.url);
  const socket = connect(Number(port), hostname);
  let received = "";
  socket.setEncoding("utf8").on("data", (piece: string) => {
    received += piece;
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
  }).then(answerOf);

describe("a request that nothing answers", () => {
  it.each([
    ["an unknown path", "GET", "nowhere"],
    ["the top", "GET", ""],
    ["an unknown verb", "PURGE", INSTANCES],
    ["a verb that no method here has", "DELETE", INSTANCES],
    ["a path beyond", "GET", `${INSTANCES}/a/b/c/d`],
  ])("gets Google's 404: %s", async (_what, method, path) => {
    expect(await send({ method, path })).toMatchObject({
      status: 404,
      body: { error: { code: 404, status: "NOT_FOUND", errors: [{ reason: "notFound" }] } },
    });
  });
});

describe("a request that is malformed", () => {
  it.each<[what: string, body: string, headers: Record<string, string>]>([
    ["no JSON", "{", {}],
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
    ["a whole URL", "http://example.com/nowhere", 404],
    ["an asterisk", "*", 404],
  ])("is answered as it was sent, not as it resolves: %s", async (_what, target, status) => {
    const answer = await raw(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(`"code": ${status}`);
  });

  it.each([
    ["no HTTP", "hello\r\n\r\n"],
    ["headers without end", `GET / HTTP/1.1\r\nhost: x\r\na: ${"b".repeat(100_000)}`],
    ["a broken chunk", "POST /token HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
  ])("is turned away by its connection, and the next is served: %s", async (_what, bytes) => {
    // A reset that overtakes the answer takes it away.
    expect(await raw(bytes)).toMatch(/^(?:HTTP\/1\.1 4\d\d |$)/);
    expect(await send({})).toMatchObject({ status: 200 });
  });

  it("is told when its body is too large, and the connection lives on", async () => {
    expect(await send({ method: "POST", body: "a".repeat(BODY_LIMIT + 1) })).toMatchObject({
      status: 413,
      body: { error: { code: 413 } },
    });
    expect(await send({})).toMatchObject({ status: 200 });
  });

  it("that its client gives up halfway harms nobody", async () => {
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
  it("is answered like GET, without a body", async () => {
    expect(await send({ method: "HEAD" })).toMatchObject({ status: 200, body: undefined });
    expect(await send({ method: "HEAD", path: "nowhere" })).toMatchObject({ status: 404, body: undefined });
  });
});

describe("a fault of the mock's own", () => {
  it("is answered with a 500 that tells nothing, and told to onError", async () => {
    const fault = new Error("secret");
    const told: unknown[] = [];
    const listener = createListener({
      respond: () => {
        throw fault;
      },
      onError: (error) => told.push(error),
      onResponse: () => {},
    });
    const server = createServer(listener).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await vi.waitUntil(() => server.listening);
    // A server that listens on a port has an address of this type.
    const { port } = server.address() as AddressInfo;
    const answer = await answerOf(await fetch(`http://127.0.0.1:${port}/`));
    expect(answer).toMatchObject({ status: 500, body: { error: { status: "INTERNAL" } } });
    expect(JSON.stringify(answer.body)).not.toContain("secret");
    expect(told).toEqual([fault]);
  });
});

describe("the log", () => {
  it("holds method, path and status of each request, and no secret", async () => {
    const own = await mockFor();
    const call = await signedIn(own);
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
  it("cuts connections that are open, frees the port, and may be asked for twice", async () => {
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

  it("is not needed when the port is taken: the start fails", async () => {
    const port = Number(new URL(mock.url).port);
    await expect(startMock({ models: [sqladmin], port })).rejects.toThrow("EADDRINUSE");
  });
});
