/** Bodies on the wire: gzip, rejection before the body is read, permission to send it, and methods in headers. */
import { Agent, request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { BODY_LIMIT } from "../../../generator/src/mock/bodies.js";
import { type Json, type Mock, type MockRequest, startMock } from "../../../generator/src/mock/index.js";
import { ROOT } from "../../support/folders.js";
import { ADMIN, CLOUD, INSTANCES, LIBRARY, library, modelOf, responseOf, sqladmin, tokenFor } from "./support.js";

const driveFile = join(ROOT, "test/fixtures/media/drive.v3.json");
const drive = modelOf(readFileSync(driveFile, "utf8"), driveFile);
const UPLOAD = "upload/drive/v3/files";

const echoed = vi.fn<(request: MockRequest) => undefined>();
let mock: Mock;
let token: string;
beforeAll(async () => {
  mock = await startMock({ models: [sqladmin, library, drive], handlers: { "library.books.insert": echoed } });
  token = await tokenFor(mock, { scope: `${ADMIN} ${CLOUD} ${LIBRARY} https://www.googleapis.com/auth/drive` });
});
afterAll(() => mock.close());

const BOOKS = "library/v1/shelves/a/books";
const book = (title: string): string => JSON.stringify({ data: { title, pages: 1 } });

async function send(path: string, init: RequestInit & { headers?: Record<string, string> }) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", ...init.headers };
  return responseOf(await fetch(mock.url + path, { method: "POST", ...init, headers }));
}

/** Bytes as a body: the types of `fetch` do not accept a `Buffer`. */
const bytesOf = (content: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(content);

describe("a body with Content-Encoding", () => {
  it.each([
    ["gzip", gzipSync(book("gzip"))],
    ["x-gzip", gzipSync(book("x-gzip"))],
    ["GZIP", gzipSync(book("GZIP"))],
    ["identity", Buffer.from(book("identity"))],
  ])("is decoded: %s", async (encoding, body) => {
    const response = await send(BOOKS, { headers: { "content-encoding": encoding }, body: bytesOf(body) });
    expect(response).toMatchObject({ status: 200, body: { data: { title: encoding } } });
    expect(echoed.mock.lastCall?.[0].headers).not.toHaveProperty("content-encoding");
  });

  it.each<[what: string, status: number, encoding: string, body: Buffer]>([
    ["text that is not compressed", 400, "gzip", Buffer.from(book("a"))],
    ["an incomplete body", 400, "gzip", gzipSync(book("a")).subarray(0, 20)],
    ["another encoding", 400, "br", Buffer.from(book("a"))],
    ["two encodings", 400, "gzip, br", gzipSync(book("a"))],
    ["a small body that becomes too large", 413, "gzip", gzipSync("a".repeat(BODY_LIMIT + 1))],
  ])("is rejected: %s", async (_what, status, encoding, body) => {
    expect(await send(BOOKS, { headers: { "content-encoding": encoding }, body: bytesOf(body) })).toMatchObject({
      status,
      body: { error: { code: status, message: expect.any(String) } },
    });
  });

  it("is decoded before its parts are read", async () => {
    const parts =
      '--x\r\ncontent-type: application/json\r\n\r\n{"name":"zipped"}\r\n' +
      "--x\r\ncontent-type: text/plain\r\n\r\nmany words\r\n--x--";
    const headers = { "content-encoding": "gzip", "content-type": "multipart/related; boundary=x" };
    const made = await send(`${UPLOAD}?uploadType=multipart&fields=id,name`, {
      headers,
      body: bytesOf(gzipSync(parts)),
    });
    expect(made).toMatchObject({ status: 200, body: { name: "zipped" } });
    const { id } = made.body as { id: string }; // as requested with `fields`
    const read = await send(`drive/v3/files/${id}?alt=media`, { method: "GET" });
    expect(read).toMatchObject({ status: 200, body: "many words" });
  });

  it("is decoded in an upload session, where Content-Range counts decoded bytes", async () => {
    const started = await send(`${UPLOAD}?uploadType=resumable`, { body: "{}" });
    const location = (started.headers.get("location") ?? "").slice(mock.url.length);
    const content = "0123456789".repeat(1000);
    const headers = {
      "content-encoding": "gzip",
      "content-type": "text/plain",
      "content-range": `bytes 0-${content.length - 1}/${content.length}`,
    };
    const done = await send(location, { method: "PUT", headers, body: bytesOf(gzipSync(content)) });
    expect(done).toMatchObject({ status: 200, body: { id: expect.any(String) } });
  });
});

it("an interrupted body with Content-Encoding leaves decoded content in the upload session", async () => {
  // Random letters, which gzip cannot compress to a few bytes.
  const size = 1_000_000;
  const content = Array.from({ length: size }, () => String.fromCharCode(97 + Math.random() * 26)).join("");
  const cutAfter = 200_000;
  const own = await startMock({ models: [drive], open: true, faults: [{ on: "upload", after: 1, cutAfter }] });
  onTestFinished(() => own.close());
  const started = await fetch(`${own.url}${UPLOAD}?uploadType=resumable`, {
    method: "POST",
    headers: { "x-upload-content-type": "text/plain" },
  });
  const location = started.headers.get("location") ?? "";
  const put = (range: string, body: string, headers: Record<string, string> = {}) =>
    fetch(location, { method: "PUT", body: bytesOf(gzipSync(body)), headers: { "content-range": range, ...headers } });
  const encoding = { "content-encoding": "gzip" };
  await expect(put(`bytes 0-${size - 1}/${size}`, content, encoding)).rejects.toThrow("fetch failed");
  const asked = await fetch(location, { method: "PUT", headers: { "content-range": `bytes */${size}` } });
  const stored = Number(/^bytes=0-(\d+)$/.exec(asked.headers.get("range") ?? "")?.[1]) + 1;
  expect(stored).toBeGreaterThan(cutAfter);
  const done = await put(`bytes ${stored}-${size - 1}/${size}`, content.slice(stored), encoding);
  const { id } = (await done.json()) as { id: string }; // the resource of the upload
  expect(await (await fetch(`${own.url}drive/v3/files/${id}?alt=media`)).text()).toBe(content);
});

/** A connection on which a test sends part of a request. */
class Connection {
  readonly #socket: Socket;
  #received = "";

  constructor() {
    const { hostname, port } = new URL(mock.url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.setEncoding("utf8").on("data", (part: string) => {
      this.#received += part;
    });
    onTestFinished(() => void this.#socket.destroy());
  }

  send(content: string): void {
    this.#socket.write(content);
  }

  get isClosed(): boolean {
    return this.#socket.readableEnded;
  }

  /** Returns what was received since the last call, once it matches. */
  async receives(pattern: RegExp): Promise<string> {
    await vi.waitUntil(() => pattern.test(this.#received), { timeout: 3000 });
    const received = this.#received;
    this.#received = "";
    return received;
  }
}

const SIZE = 40 * 1024 * 1024;
const headOf = (path: string, headers: Record<string, string | number>, method = "POST"): string =>
  [`${method} /${path} HTTP/1.1`, "host: x", ...Object.entries(headers).map((pair) => pair.join(": ")), "", ""].join(
    "\r\n",
  );

describe("a large body that the headers already reject", () => {
  const other = async () => `Bearer ${await tokenFor(mock, { scope: "openid" })}`;
  const own = () => Promise.resolve(`Bearer ${token}`);
  const none = () => Promise.resolve(undefined);
  it.each<[what: string, status: number, path: string, authorization: () => Promise<string | undefined>]>([
    ["an upload without a token", 401, `${UPLOAD}?uploadType=media`, none],
    ["an upload with an unknown token", 401, `${UPLOAD}?uploadType=media`, () => Promise.resolve("Bearer x")],
    ["an upload at its second path", 401, `resumable/${UPLOAD}?uploadType=resumable`, none],
    ["an upload with a token for other scopes", 403, `${UPLOAD}?uploadType=multipart`, other],
    ["a call without a token", 401, INSTANCES, none],
    ["an unknown path", 404, "nowhere?uploadType=media", own],
    ["an unknown upload session", 404, `${UPLOAD}?upload_id=none`, none],
  ])("gets its response at once, and the connection stays usable: %s", async (_what, status, path, authorization) => {
    const value = await authorization();
    const connection = new Connection();
    const credentials = value === undefined ? {} : { authorization: value };
    connection.send(headOf(path, { "content-length": SIZE, ...credentials }) + "a".repeat(100_000));
    expect(await connection.receives(/\}\n$/)).toContain(`HTTP/1.1 ${status} `);
    // The client writes the rest, then its next request.
    connection.send("a".repeat(SIZE - 100_000));
    connection.send(headOf(INSTANCES, { authorization: `Bearer ${token}` }, "GET"));
    expect(await connection.receives(/\}\n$/)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("gets its response at once if its length is unknown", async () => {
    const connection = new Connection();
    connection.send(headOf(`${UPLOAD}?uploadType=media`, { "transfer-encoding": "chunked" }));
    expect(await connection.receives(/\}\n$/)).toContain("HTTP/1.1 401 ");
    connection.send(`${SIZE.toString(16)}\r\n${"a".repeat(SIZE)}\r\n0\r\n\r\n`);
    connection.send(headOf(INSTANCES, { authorization: `Bearer ${token}` }, "GET"));
    expect(await connection.receives(/\}\n$/)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("is no error for fetch and node:http, which are still writing", async () => {
    const body = new Uint8Array(SIZE);
    const url = `${mock.url}${UPLOAD}?uploadType=media`;
    expect((await responseOf(await fetch(url, { method: "POST", body }))).status).toBe(401);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    for (let turn = 0; turn < 2; turn += 1) {
      const status = await new Promise((resolve, reject) => {
        const request = httpRequest(url, { method: "POST", agent, headers: { "content-length": SIZE } }, (response) => {
          text(response).then(() => resolve(response.statusCode), reject);
        });
        request.on("error", reject).end(body);
      });
      expect(status).toBe(401);
    }
  });

  it("is read if the token is valid", async () => {
    const body = new Uint8Array(SIZE);
    const headers = { "content-type": "application/octet-stream" };
    expect(await send(`${UPLOAD}?uploadType=media`, { headers, body })).toMatchObject({ status: 200 });
  });

  it("is read in an open mock", async () => {
    const open = await startMock({ models: [drive], open: true });
    onTestFinished(() => open.close());
    const response = await fetch(`${open.url}${UPLOAD}?uploadType=media`, {
      method: "POST",
      body: new Uint8Array(100_000),
    });
    expect(response.status).toBe(200);
  });

  it("gets its response after the latency", async () => {
    const slow = await startMock({ models: [drive], latency: 200 });
    onTestFinished(() => slow.close());
    const start = performance.now();
    const response = await fetch(`${slow.url}${UPLOAD}?uploadType=media`, {
      method: "POST",
      body: new Uint8Array(100_000),
    });
    expect(response.status).toBe(401);
    // Timers can end up to 1 ms early.
    expect(performance.now() - start).toBeGreaterThan(198);
  });

  it("gets the headers of CORS", async () => {
    const open = await startMock({ models: [drive], cors: "http://localhost:5173" });
    onTestFinished(() => open.close());
    const response = await fetch(`${open.url}${UPLOAD}?uploadType=media`, {
      method: "POST",
      body: new Uint8Array(100_000),
      headers: { origin: "http://localhost:5173" },
    });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([
      401,
      "http://localhost:5173",
    ]);
  });
});

describe("a request with Expect: 100-continue", () => {
  const expecting = { expect: "100-continue", "content-type": "application/json" };

  it("is permitted to send its body, and gets its response", async () => {
    const connection = new Connection();
    const body = book("expected");
    const headers = { ...expecting, "content-length": body.length, authorization: `Bearer ${token}` };
    connection.send(headOf(BOOKS, headers));
    expect(await connection.receives(/\r\n\r\n$/)).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    connection.send(body);
    const response = await connection.receives(/\}\n$/);
    expect(response).toMatch(/^HTTP\/1\.1 200 /);
    expect(response).toMatch(/^connection: keep-alive/im);
  });

  it("is rejected without its body, and the connection is closed", async () => {
    const connection = new Connection();
    connection.send(headOf(BOOKS, { ...expecting, "content-length": 10 }));
    const response = await connection.receives(/\}\n$/);
    expect(response).toMatch(/^HTTP\/1\.1 401 /);
    expect(response).toMatch(/^connection: close/im);
    await vi.waitUntil(() => connection.isClosed);
  });
});

describe("a POST with X-HTTP-Method-Override", () => {
  const form = "application/x-www-form-urlencoded";
  it.each<[what: string, path: string, method: string, type: string, body: string, status: number, want: Json]>([
    ["GET with a form", `${INSTANCES}?maxResults=1`, "GET", form, "fields=kind", 200, { kind: "sql#instancesList" }],
    ["GET with a form that is not valid", INSTANCES, "GET", form, "maxResults=many", 400, {}],
    ["a method that the path does not have", INSTANCES, "DELETE", form, "", 404, {}],
  ])("has that method: %s", async (_what, path, method, type, body, status, want) => {
    const headers = { "x-http-method-override": method, "content-type": type };
    expect(await send(path, { headers, body })).toMatchObject({ status, body: want });
  });

  it("keeps its body if it is a PATCH", async () => {
    const made = await send(BOOKS, { body: book("a") });
    const { id } = (made.body as { data: { id: string } }).data; // the book that was made
    const headers = { "x-http-method-override": "PATCH" };
    const body = JSON.stringify({ data: { title: "b" } });
    expect(await send(`${BOOKS}/${id}`, { headers, body })).toMatchObject({
      status: 200,
      body: { data: { id, title: "b", pages: 1 } },
    });
  });

  it("takes its token from the form", async () => {
    const headers = { "x-http-method-override": "GET", "content-type": form };
    const body = new URLSearchParams({ access_token: token, quotaUser: "x".repeat(100_000) });
    expect((await fetch(mock.url + INSTANCES, { method: "POST", headers, body })).status).toBe(200);
  });
});
