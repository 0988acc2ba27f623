/** Middleware over real sockets: what it receives and may change, and which secrets it must not send elsewhere. */
import { describe, expect, it } from "vitest";
import { AccessTokenCredentials } from "../../../runtime/src/auth.js";
import {
  ApiError,
  type ClientOptions,
  ConnectionError,
  type HttpRequest,
  InvalidRequestError,
  type Middleware,
} from "../../../runtime/src/index.js";
import { clientOf, failureOf } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";

const token = "ya29.the-access-token";
const auth = new AccessTokenCredentials(token);

describe("middleware", () => {
  it("runs around every attempt, the first one outermost, with the authorized request", async () => {
    const { url } = await serve(statuses(503, 200));
    const events: string[] = [];
    const record =
      (name: string): Middleware =>
      async (request, next) => {
        events.push(`${name} ${request.methodId ?? ""} ${request.headers["authorization"] ?? ""}`);
        const response = await next(request);
        events.push(`${name} ${String(response.status)}`);
        return response;
      };
    await clientOf(url, { auth, retry: { maxDelay: 1 }, middleware: [record("a"), record("b")] }).books.get({
      book: "b",
    });
    const attempt = (status: number) => [
      `a library.books.get Bearer ${token}`,
      `b library.books.get Bearer ${token}`,
      `b ${String(status)}`,
      `a ${String(status)}`,
    ];
    expect(events).toEqual([...attempt(503), ...attempt(200)]);
  });

  it.each<[string, Middleware, (seen: { url: string; headers: Record<string, unknown> }) => unknown, unknown]>([
    [
      "headers",
      (request, next) => next({ ...request, headers: { ...request.headers, traceparent: "00-1-2-01" } }),
      ({ headers }) => headers["traceparent"],
      "00-1-2-01",
    ],
    [
      "the path",
      (request, next) => next({ ...request, path: `${request.path}?trace=1` }),
      ({ url }) => url,
      "/v1/books/b?trace=1",
    ],
  ])("may change %s", async (_, middleware, look, want) => {
    const { seen, url } = await serve(statuses(200));
    await clientOf(url, { middleware: [middleware] }).books.get({ book: "b" });
    expect(seen.map(look)).toEqual([want]);
  });

  it("may return its own response", async () => {
    const { seen, url } = await serve(statuses(200));
    const cached: Middleware = () => ({ status: 200, headers: {}, body: '{"name":"cached"}' });
    expect(await clientOf(url, { middleware: [cached] }).books.get({ book: "b" })).toEqual({ name: "cached" });
    expect(seen).toEqual([]);
  });

  it("may change the response before it is checked", async () => {
    const { url } = await serve(statuses(200));
    const teapot: Middleware = async (request, next) => ({ ...(await next(request)), status: 418 });
    const error = await failureOf(clientOf(url, { middleware: [teapot] }).books.get({ book: "b" }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 418 });
  });

  it("ends the call with its own error, unchanged and without a retry", async () => {
    const mine = new RangeError("not today");
    let runs = 0;
    const refuse: Middleware = () => {
      runs++;
      throw mine;
    };
    expect(await failureOf(clientOf("http://127.0.0.1:1/", { middleware: [refuse] }).books.get({ book: "b" }))).toBe(
      mine,
    );
    expect(runs).toBe(1);
  });

  it("gets connection errors of this package, which are retried", async () => {
    const { url } = await serve((_request, response, index) =>
      index === 0 ? void response.destroy() : json(response, 200, { name: "b" }),
    );
    const errors: unknown[] = [];
    const watch: Middleware = async (request, next) => {
      try {
        return await next(request);
      } catch (error) {
        errors.push(error);
        throw error;
      }
    };
    const client = clientOf(url, { middleware: [watch], retry: { maxDelay: 1 } });
    expect(await client.books.get({ book: "b" })).toEqual({ name: "b" });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(ConnectionError);
  });

  it("may send to another host, but without the authorization", async () => {
    const home = await serve(statuses(200));
    const elsewhere = await serve(statuses(200));
    const astray = (request: HttpRequest): HttpRequest => ({ ...request, origin: elsewhere.url.slice(0, -1) });
    await clientOf(home.url, {
      auth,
      quotaProject: "p",
      middleware: [(request, next) => next(astray(request))],
    }).books.get({ book: "b" });
    expect(home.seen).toEqual([]);
    expect(JSON.stringify(elsewhere.seen)).not.toContain(token);
    expect(elsewhere.seen[0]?.headers).not.toHaveProperty("authorization");
  });

  it("gets every request of an upload with its authorization", async () => {
    const { url } = await serve(({ method }, response) =>
      json(response, 200, { name: "b" }, method === "POST" ? { location: `${url}upload/1` } : {}),
    );
    const seen: string[] = [];
    const watch: Middleware = (request, next) => {
      seen.push(`${request.method} ${request.headers["authorization"] ?? ""}`);
      return next(request);
    };
    const { books } = clientOf(url, { auth, middleware: [watch] });
    expect(await books.create({ media: { body: "abc", resumable: true } })).toEqual({ name: "b" });
    expect(seen).toEqual([`POST Bearer ${token}`, `PUT Bearer ${token}`]);
  });

  it.each<[string, unknown, string]>([
    ["middleware", () => undefined, "middleware must be an array of functions"],
    ["middleware", ["x"], "middleware must be an array of functions"],
    ["logger", "console", "logger must be an object"],
  ])("is checked when the client is created: %s %o", (option, value, want) => {
    // A program without type checks may pass this.
    const options = { [option]: value } as ClientOptions;
    expect(() => clientOf("http://127.0.0.1:1/", options)).toThrow(InvalidRequestError);
    expect(() => clientOf("http://127.0.0.1:1/", options)).toThrow(want);
  });
});
