/** Calls over real sockets: what is retried, how often, and what ends a call. */
import { getEventListeners } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  AbortError,
  ApiError,
  AuthError,
  type ClientOptions,
  ConnectionError,
  type Credentials,
  type FailedAttempt,
  type ScopedCredentials,
  TimeoutError,
} from "../../../runtime/src/index.js";
import { clientOf, failureOf, LibraryClient } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";

const quick = { maxDelay: 1 };

describe("retries", () => {
  it("repeats the same request after a retryable failure", async () => {
    const { seen, url } = await serve(statuses(503, 429, 500, 200));
    await clientOf(url, { retry: quick }).books.get({ book: "b", x: "1" });
    expect(seen.map((one) => `${one.method} ${one.url}`)).toEqual(
      Array.from({ length: 4 }, () => "GET /v1/books/b?x=1"),
    );
  });

  it.each<[string, ClientOptions["retry"], (client: LibraryClient) => PromiseLike<unknown>, number]>([
    ["three more by default", quick, (client) => client.books.get({ book: "b" }), 4],
    ["as many as the option", { ...quick, attempts: 1 }, (client) => client.books.get({ book: "b" }), 2],
    ["none with false", false, (client) => client.books.get({ book: "b" }), 1],
    ["none for a POST", quick, (client) => client.books.insert({ requestBody: {} }), 1],
    ["none for a PATCH", quick, (client) => client.books.patch({ book: "b", requestBody: {} }), 1],
    ["a POST with a requestId", quick, (client) => client.books.insert({ requestId: "r", requestBody: {} }), 4],
    [
      "a POST with idempotent: true",
      quick,
      (client) => client.books.insert({ requestBody: {} }, { retry: { idempotent: true } }),
      4,
    ],
    [
      "none for a GET with idempotent: false",
      quick,
      (client) => client.books.get({ book: "b" }, { retry: { idempotent: false } }),
      1,
    ],
    ["a DELETE", quick, (client) => client.books.delete({ book: "b" }), 4],
  ])("%s", async (_name, retry, action, requests) => {
    const { seen, url } = await serve(statuses(503));
    const error = await failureOf(action(clientOf(url, { retry })));
    expect(error).toBeInstanceOf(ApiError);
    expect(seen).toHaveLength(requests);
  });

  it.each<[string, (failed: FailedAttempt) => number | undefined, number]>([
    ["can retry if the rules do not", ({ attempt }) => (attempt < 3 ? 0 : undefined), 3],
    ["can decide not to retry", () => undefined, 1],
    ["can retry more often than the rules", ({ attempt }) => (attempt < 7 ? 0 : undefined), 7],
    ["can follow the rules", ({ proposed }) => proposed, 1],
  ])("a custom policy %s", async (_name, decide, requests) => {
    const { seen, url } = await serve(statuses(503));
    const received: FailedAttempt[] = [];
    const noted = (failed: FailedAttempt): number | undefined => {
      received.push(failed);
      return decide(failed);
    };
    const call = clientOf(url, { retry: { ...quick, decide: noted } }).books.insert({ requestBody: {} });
    expect(await failureOf(call)).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(requests);
    expect(received).toEqual(
      Array.from({ length: requests }, (_entry, index) => ({
        methodId: "library.books.insert",
        httpMethod: "POST",
        attempt: index + 1,
        error: expect.objectContaining({ status: 503 }),
        idempotent: false,
        proposed: undefined,
      })),
    );
  });

  it("a custom policy gets what the rules propose, and is not called after an abort", async () => {
    const { url } = await serve((_request, response, index) =>
      index === 0 ? json(response, 503, {}) : void setTimeout(() => controller.abort()),
    );
    const controller = new AbortController();
    const proposed: unknown[] = [];
    const decide = (failed: FailedAttempt): number | undefined => {
      proposed.push(failed.proposed);
      return 0;
    };
    const call = clientOf(url, { retry: { decide } }).books.get({ book: "b" }, { signal: controller.signal });
    expect(await failureOf(call)).toBeInstanceOf(AbortError);
    expect(proposed).toEqual([expect.any(Number)]);
  });

  it("repeats the same body", async () => {
    const { seen, url } = await serve(statuses(503, 200));
    await clientOf(url, { retry: { ...quick, idempotent: true } }).books.upload({
      requestBody: { data: new Blob(["abc"]), contentType: "text/plain" },
    });
    expect(seen.map((one) => one.body)).toEqual(["abc", "abc"]);
  });

  it("sends a body once if it can be read only once", async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("abc");
    }
    const { seen, url } = await serve(statuses(503, 200));
    const error = await failureOf(
      clientOf(url, { retry: { ...quick, idempotent: true } }).books.upload({ requestBody: { data: chunks() } }),
    );
    expect(error).toMatchObject({ status: 503 });
    expect(seen.map((one) => one.body)).toEqual(["abc"]);
  });

  it("does not retry if the server's delay is above maxDelay", async () => {
    const { seen, url } = await serve(statuses({ status: 503, headers: { "retry-after": "3600" } }, 200));
    expect(await failureOf(clientOf(url).books.get({ book: "b" }))).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(1);
  });

  it("RetryInfo has the same effect as Retry-After", async () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "3600s" }];
    const { seen, url } = await serve(
      statuses({ status: 429, body: { error: { code: 429, message: "slow down", details } } }, 200),
    );
    expect(await failureOf(clientOf(url).books.get({ book: "b" }))).toMatchObject({
      status: 429,
      retryInfo: { retryDelay: 3_600_000 },
    });
    expect(seen).toHaveLength(1);
  });

  it("throws the failure at once if the delay ends after the deadline", async () => {
    const { seen, url } = await serve(statuses({ status: 503, headers: { "retry-after": "50" } }, 200));
    expect(await failureOf(clientOf(url, { totalTimeout: 20_000 }).books.get({ book: "b" }))).toMatchObject({
      status: 503,
    });
    expect(seen).toHaveLength(1);
  });

  it("retries a POST after a refused connection", async () => {
    let calls = 0;
    const transport = {
      send: () => {
        calls++;
        return calls < 3
          ? Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }))
          : Promise.resolve({ status: 200, headers: {}, body: '{"name":"b"}' });
      },
    };
    expect(
      await clientOf("http://127.0.0.1:1/", { transport, retry: quick }).books.insert({ requestBody: {} }),
    ).toEqual({ name: "b" });
    expect(calls).toBe(3);
  });

  it("does not retry a POST after a broken connection, since the server may have processed it", async () => {
    const { seen, url } = await serve((_request, response) => void response.destroy());
    const error = await failureOf(clientOf(url, { retry: quick }).books.insert({ requestBody: {} }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: "CONNECTION_FAILED", sent: true });
    expect(seen).toHaveLength(1);
  });

  it("retries a GET after a broken connection", async () => {
    const { seen, url } = await serve((_request, response, index) =>
      index === 0 ? void response.destroy() : json(response, 200, { name: "b" }),
    );
    expect(await clientOf(url, { retry: quick }).books.get({ book: "b" })).toEqual({ name: "b" });
    expect(seen).toHaveLength(2);
  });
});

describe("a 401", () => {
  class Counting implements Credentials {
    invalidated: (string | undefined)[] = [];
    getRequestHeaders(): Promise<Record<string, string>> {
      return Promise.resolve({ Authorization: `Bearer token-${String(this.invalidated.length)}` });
    }
    invalidate(refused?: string): void {
      this.invalidated.push(refused);
    }
  }

  it.each(["GET", "POST"])("of a %s refreshes the token and sends the request once more", async (verb) => {
    const { seen, url } = await serve((request, response) =>
      json(response, request.headers.authorization === "Bearer token-1" ? 200 : 401, {}),
    );
    const auth = new Counting();
    const { books } = clientOf(url, { auth, retry: false });
    await (verb === "GET" ? books.get({ book: "b" }) : books.insert({ requestBody: {} }));
    expect(auth.invalidated).toEqual(["Bearer token-0"]);
    expect(seen.map((one) => one.headers.authorization)).toEqual(["Bearer token-0", "Bearer token-1"]);
  });

  it("is thrown the second time", async () => {
    const { seen, url } = await serve(statuses(401));
    const auth = new Counting();
    expect(await failureOf(clientOf(url, { auth }).books.get({ book: "b" }))).toMatchObject({ status: 401 });
    expect(seen).toHaveLength(2);
    expect(auth.invalidated).toHaveLength(1);
  });

  it("does not count as a retry", async () => {
    const { seen, url } = await serve(statuses(401, 503, 503, 200));
    await clientOf(url, { auth: new Counting(), retry: { ...quick, attempts: 2 } }).books.get({ book: "b" });
    expect(seen).toHaveLength(4);
  });

  it("is final for a token that cannot be refreshed", async () => {
    const { seen, url } = await serve(statuses(401));
    const auth: Credentials = { getRequestHeaders: async () => ({ authorization: "Bearer fixed" }) };
    expect(await failureOf(clientOf(url, { auth }).books.get({ book: "b" }))).toMatchObject({ status: 401 });
    expect(seen).toHaveLength(1);
  });

  it("is retried with credentials that refresh on their own", async () => {
    const { seen, url } = await serve(statuses(401, 200));
    let count = 0;
    const auth: Credentials = {
      getRequestHeaders: async () => new Headers({ authorization: `Bearer own-${String(count++)}` }),
    };
    await clientOf(url, { auth }).books.get({ book: "b" });
    expect(seen.map((one) => one.headers.authorization)).toEqual(["Bearer own-0", "Bearer own-1"]);
  });

  async function* stream(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode("abc");
  }

  it.each<[string, (client: LibraryClient) => PromiseLike<unknown>]>([
    ["bytes", ({ books }) => books.upload({ requestBody: { data: stream() } })],
    ["media", ({ books }) => books.create({ media: { body: stream(), resumable: false } })],
    [
      "media and metadata",
      ({ books }) => books.create({ requestBody: {}, media: { body: stream(), resumable: false } }),
    ],
  ])("over a stream of %s is final, and the next call gets a new token", async (_, action) => {
    const { seen, url } = await serve(statuses(401, 200));
    const auth = new Counting();
    const client = clientOf(url, { auth });
    expect(await failureOf(action(client))).toMatchObject({ status: 401 });
    await action(client);
    expect(auth.invalidated).toEqual(["Bearer token-0"]);
    expect(seen.map((one) => one.headers.authorization)).toEqual(["Bearer token-0", "Bearer token-1"]);
  });

  it("while a download is resumed refreshes the token", async () => {
    const { seen, url } = await serve((request, response, index) => {
      if (index === 0) {
        response.writeHead(200, { "content-length": "6", etag: '"a"' });
        response.write("abc", () => response.destroy());
      } else if (request.headers.authorization === "Bearer token-0") json(response, 401, {});
      else response.writeHead(206, { "content-range": "bytes 3-5/6", etag: '"a"' }).end("def");
    });
    const auth = new Counting();
    const media = await clientOf(url, { auth, retry: quick }).books.exportMedia({ book: "b" });
    expect(await media.text()).toBe("abcdef");
    expect(auth.invalidated).toEqual(["Bearer token-0"]);
    expect(seen.map((one) => one.headers.authorization)).toEqual([
      "Bearer token-0",
      "Bearer token-0",
      "Bearer token-1",
    ]);
  });

  it("for a header of the caller refreshes nothing", async () => {
    const { seen, url } = await serve(statuses(401));
    const auth = new Counting();
    await failureOf(clientOf(url, { auth }).books.get({ book: "b" }, { headers: { authorization: "Bearer mine" } }));
    expect(auth.invalidated).toEqual([]);
    expect(seen).toHaveLength(1);
  });
});

describe("authorization", () => {
  it("is required: no credentials", async () => {
    const { seen, url } = await serve(statuses(200));
    const error = await failureOf(new LibraryClient({ rootUrl: url }).books.get({ book: "b" }));
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({ code: "NO_CREDENTIALS", message: expect.stringContaining("AnonymousCredentials") });
    expect(seen).toHaveLength(0);
  });

  it.each<[string, Record<string, string>]>([
    ["nothing", {}],
    ["only a project", { "x-goog-user-project": "p" }],
  ])("is required: credentials that return %s", async (_name, headers) => {
    const { seen, url } = await serve(statuses(200));
    const error = await failureOf(
      clientOf(url, { auth: { getRequestHeaders: async () => headers } }).books.get({ book: "b" }),
    );
    expect(error).toMatchObject({ code: "NO_CREDENTIALS" });
    expect(seen).toHaveLength(0);
  });

  it.each<[string, () => PromiseLike<unknown>, (url: string) => PromiseLike<unknown>]>([
    [
      "a header of the client",
      () => Promise.resolve(),
      (url) => new LibraryClient({ rootUrl: url, headers: { Authorization: "Bearer x" } }).books.list(),
    ],
    [
      "a header of the call",
      () => Promise.resolve(),
      (url) => new LibraryClient({ rootUrl: url }).books.list({}, { headers: { "X-Goog-Api-Key": "x" } }),
    ],
    [
      "the parameter key",
      () => Promise.resolve(),
      (url) => new LibraryClient({ rootUrl: url }).books.list({ key: "x" }),
    ],
  ])("%s counts as authorization", async (_name, _before, action) => {
    const { seen, url } = await serve(statuses(200));
    await action(url);
    expect(seen).toHaveLength(1);
  });

  it("credentials get the root URL of the API and the client's transport", async () => {
    const { url } = await serve(statuses(200));
    const getRequestHeaders = vi.fn<Credentials["getRequestHeaders"]>(async () => ({ authorization: "Bearer x" }));
    await clientOf(url, { auth: { getRequestHeaders } }).books.list();
    expect(getRequestHeaders).toHaveBeenCalledWith(url, {
      signal: expect.any(AbortSignal) as unknown,
      transport: expect.objectContaining({ send: expect.any(Function) as unknown }) as unknown,
    });
  });

  it("credentials without scopes get those of the API, once", async () => {
    const { seen, url } = await serve(statuses(200));
    const withScopes = vi.fn<ScopedCredentials["withScopes"]>((scopes) => ({
      getRequestHeaders: async () => ({ authorization: `Bearer ${scopes.join("+")}` }),
    }));
    const auth = { scopes: [], withScopes, getRequestHeaders: () => Promise.reject(new Error("not requested")) };
    const client = clientOf(url, { auth });
    await client.books.list();
    await client.books.list();
    expect(withScopes).toHaveBeenCalledTimes(1);
    expect(seen[1]?.headers.authorization).toBe(
      "Bearer https://example.com/auth/library+https://example.com/auth/library.readonly",
    );
  });

  it("credentials with scopes keep them", async () => {
    const { url } = await serve(statuses(200));
    const withScopes = vi.fn<ScopedCredentials["withScopes"]>();
    const auth: ScopedCredentials = {
      scopes: ["own"],
      withScopes,
      getRequestHeaders: async () => ({ authorization: "Bearer x" }),
    };
    await clientOf(url, { auth }).books.list();
    expect(withScopes).not.toHaveBeenCalled();
  });

  it("an error of other credentials becomes an AuthError without its members", async () => {
    const foreign = Object.assign(new Error("refused Bearer ya29.secret-token"), {
      config: { headers: { authorization: "Bearer ya29.secret-token" } },
      code: "401",
    });
    const error = await failureOf(
      clientOf("http://127.0.0.1:1/", { auth: { getRequestHeaders: () => Promise.reject(foreign) } }).books.list(),
    );
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({ code: "CREDENTIALS_FAILED", cause: { code: "401" } });
    expect(
      JSON.stringify(error) +
        String((error as Error).stack) +
        JSON.stringify(Object.getOwnPropertyDescriptors((error as Error).cause)),
    ).not.toContain("secret-token");
  });
});

/** A server that accepts connections and never responds. */
async function silent(): Promise<string> {
  const server = createServer();
  const sockets: { destroy(): void }[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
}

describe("timeouts", () => {
  it("of an attempt: TimeoutError, retried if it is safe", async () => {
    const { seen, url } = await serve((_request, response, index) => (index < 2 ? undefined : json(response, 200, {})));
    await clientOf(url, { timeout: 200, retry: quick }).books.get({ book: "b" });
    expect(seen).toHaveLength(3);
    const { seen: posts, url: other } = await serve(() => undefined);
    const error = await failureOf(clientOf(other, { timeout: 100, retry: quick }).books.insert({ requestBody: {} }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({
      code: "TIMEOUT",
      timeout: 100,
      message: expect.stringContaining("library.books.insert"),
    });
    expect(posts).toHaveLength(1);
  });

  it("of an attempt applies to a body that stops early", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write("{");
    });
    expect(await failureOf(clientOf(url, { timeout: 100, retry: false }).books.get({ book: "b" }))).toMatchObject({
      code: "TIMEOUT",
    });
  });

  it("of the call end attempts", async () => {
    const error = await failureOf(
      clientOf(await silent(), { timeout: 60_000, totalTimeout: 150 }).books.get({ book: "b" }),
    );
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ code: "TOTAL_TIMEOUT", timeout: 150 });
  });

  it("of the call end the wait for a token", async () => {
    const auth: Credentials = { getRequestHeaders: () => new Promise(() => undefined) };
    expect(
      await failureOf(clientOf("http://127.0.0.1:1/", { auth, totalTimeout: 50 }).books.get({ book: "b" })),
    ).toMatchObject({ code: "TOTAL_TIMEOUT" });
  });

  it.each([
    ["timeout", { timeout: -1 }],
    ["timeout", { timeout: 0 }],
    ["timeout", { timeout: Number.NaN }],
    ["totalTimeout", { totalTimeout: "1s" as unknown as number }],
    ["retry.attempts", { retry: { attempts: 1.5 } }],
    ["retry.maxDelay", { retry: { maxDelay: -1 } }],
    ["retry", { retry: true as unknown as false }],
    ["signal", { signal: {} as AbortSignal }],
  ])("%s is validated for each call: %o", async (parameter, options) => {
    const error = await failureOf(clientOf("http://127.0.0.1:1/").books.get({ book: "b" }, options));
    expect(error).toMatchObject({ code: "INVALID_REQUEST", faults: [{ parameter }] });
  });
});

describe("abort", () => {
  it("before anything is sent", async () => {
    const { seen, url } = await serve(statuses(200));
    const error = await failureOf(clientOf(url).books.get({ book: "b" }, { signal: AbortSignal.abort("because") }));
    expect(error).toBeInstanceOf(AbortError);
    expect(error).toMatchObject({ code: "ABORTED", name: "AbortError", cause: "because" });
    expect(seen).toHaveLength(0);
  });

  it("while waiting for a token", async () => {
    const controller = new AbortController();
    const auth: Credentials = { getRequestHeaders: () => new Promise(() => setImmediate(() => controller.abort())) };
    expect(
      await failureOf(
        clientOf("http://127.0.0.1:1/", { auth }).books.get({ book: "b" }, { signal: controller.signal }),
      ),
    ).toMatchObject({ code: "ABORTED" });
  });

  it("while waiting for a response, and the server sees it", async () => {
    const controller = new AbortController();
    const closed = vi.fn<() => void>();
    const { url } = await serve((_request, response) => {
      response.on("close", closed);
      controller.abort();
    });
    expect(await failureOf(clientOf(url).books.get({ book: "b" }, { signal: controller.signal }))).toMatchObject({
      code: "ABORTED",
    });
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  it("during a delay, without another request", async () => {
    const controller = new AbortController();
    const { seen, url } = await serve((_request, response) => {
      json(response, 503, {}, { "retry-after": "30" });
      setTimeout(() => controller.abort(), 20);
    });
    expect(await failureOf(clientOf(url).books.get({ book: "b" }, { signal: controller.signal }))).toMatchObject({
      code: "ABORTED",
    });
    expect(seen).toHaveLength(1);
  });

  it("leaves no listener after any outcome of a call", async () => {
    const { url } = await serve((_request, response, index) => json(response, [200, 404, 503][index % 3] ?? 200, {}));
    const { signal } = new AbortController();
    const client = clientOf(url, { retry: { attempts: 1, maxDelay: 1 }, totalTimeout: 60_000 });
    const warnings: unknown[] = [];
    const note = (warning: Error): void => void warnings.push(warning.name);
    process.on("warning", note);
    onTestFinished(() => void process.off("warning", note));
    await Promise.allSettled(Array.from({ length: 100 }, () => client.books.get({ book: "b" }, { signal })));
    expect(warnings).toEqual([]);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});
