/** Methods that stream their responses, over real sockets. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, createGzip, gzipSync } from "node:zlib";
import { afterEach, describe, expect, expectTypeOf, it } from "vitest";
import { AnonymousCredentials } from "../../../runtime/src/auth.js";
import {
  AbortError,
  type ApiDescriptor,
  ApiClient,
  ApiError,
  type CallOptions,
  type ClientOptions,
  ConnectionError,
  type MethodDescriptor,
  type StreamPromise,
  TimeoutError,
  batch,
  call,
  fetchTransport,
  sendBatch,
  stream,
} from "../../../runtime/src/index.js";
import { leftovers, resources, until } from "../support/leftovers.js";
import { failureOf } from "../support/library.js";
import { json, serve } from "../support/server.js";

const api: ApiDescriptor = {
  descriptors: 2,
  id: "talk:v1",
  rootUrl: "https://talk.example.com/",
  servicePath: "v1/",
  batchPath: "batch",
  scopes: [],
};

const method: MethodDescriptor = {
  id: "talk.rooms.listen",
  httpMethod: "POST",
  path: "rooms:listen",
  request: "json",
  response: "stream",
};

interface Message {
  readonly n?: number;
}

type Listen = (options?: CallOptions) => StreamPromise<Message>;

/** Like generated code: the constructor takes only options. */
class TalkClient extends ApiClient {
  constructor(options?: ClientOptions) {
    super(api, options);
  }
}

function clientOf(url: string, options: ClientOptions = {}, of: ApiDescriptor = api): ApiClient {
  const all = { auth: new AnonymousCredentials(), rootUrl: url, retry: false, ...options } as const;
  return of === api ? new TalkClient(all) : new ApiClient(of, all);
}

function listenTo(url: string, options: ClientOptions = {}, of: ApiDescriptor = api): Listen {
  const client = clientOf(url, options, of);
  return (callOptions) => stream<Message>(client, method, {}, callOptions);
}

/** Starts a server that sends a head and then what `send` writes. */
async function talking(
  send: (response: ServerResponse, index: number) => unknown,
  headers: Record<string, string> = {},
) {
  return serve(async (_request, response, index) => {
    response.on("error", () => undefined);
    response.writeHead(200, { "content-type": "application/json; charset=UTF-8", ...headers });
    response.flushHeaders();
    await send(response, index);
  });
}

/** What a stream yields, and what ends it early. */
async function readAll(messages: AsyncIterable<Message>): Promise<{ read: Message[]; error: unknown }> {
  const read: Message[] = [];
  try {
    for await (const message of messages) read.push(message);
  } catch (error) {
    return { read, error };
  }
  return { read, error: undefined };
}

/** A promise and the function that resolves it. */
function signal(): { reached: Promise<void>; reach: () => void } {
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  return { reached, reach };
}

const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));
afterEach(() => {
  const [reason] = unhandled.splice(0);
  if (reason !== undefined) throw new Error("a rejection is unhandled", { cause: reason });
});

const one = '{"n":1}';
const failure = { error: { code: 503, message: "try later", status: "UNAVAILABLE", details: [{ "@type": "x" }] } };
const events = { "content-type": "text/event-stream" };

describe.each([
  ["undici", {}],
  ["fetch", { transport: fetchTransport() }],
] as const)("over %s", (_name, options: ClientOptions) => {
  it.each<[string, Record<string, string>, (n: number) => string]>([
    ["a JSON array", {}, (n) => `${n === 1 ? "[" : ","}{"n":${String(n)}}`],
    ["a pretty-printed array", {}, (n) => `${n === 1 ? "[" : "\n,\r\n"}{\n  "n": ${String(n)}\n}`],
    ["an object per line", {}, (n) => `{"n":${String(n)}}\n`],
    ["server-sent events", events, (n) => `data: {"n":${String(n)}}\r\n\r\n`],
  ])("yields each message as soon as it has arrived: %s", async (_form, headers, textOf) => {
    const steps = [signal(), signal(), signal()];
    const { url } = await talking(async (response) => {
      for (const [index, { reached }] of steps.entries()) {
        response.write(textOf(index + 1));
        await reached;
      }
      response.end(textOf(1).startsWith("[") ? "]" : "");
    }, headers);
    const read: unknown[] = [];
    for await (const message of listenTo(url, options)()) {
      read.push(message);
      // The server sends the next message only now.
      steps[read.length - 1]?.reach();
    }
    expect(read).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it("resolves to the array of all messages, with one request", async () => {
    const { seen, url } = await talking((response) => response.end('[{"n":1},{"n":2}]'));
    const messages = listenTo(url, options)();
    expectTypeOf(messages).toEqualTypeOf<StreamPromise<Message>>();
    expect(await messages).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await messages).toHaveLength(2);
    expect((await readAll(messages)).read).toEqual([{ n: 1 }, { n: 2 }]);
    expect(seen).toHaveLength(1);
  });

  it("resolves to messages, status and headers", async () => {
    const { url } = await talking((response) => response.end(`[${one}]`), { "x-mood": "good" });
    const { data, response } = await listenTo(url, options)().withResponse();
    expect(data).toEqual([{ n: 1 }]);
    expect([response.status, response.headers.get("x-mood")]).toEqual([200, "good"]);
  });

  it("rejects a message of more than maxResponseBytes, and ends the request", async () => {
    const closed = signal();
    const { url } = await talking((response) => {
      response.on("close", closed.reach);
      response.write(`[${one},{"text":"${"x".repeat(2000)}`);
    });
    const { error, read } = await readAll(listenTo(url, { ...options, maxResponseBytes: 1000 })());
    expect(read).toEqual([{ n: 1 }]);
    expect(error).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
    await closed.reached;
  });

  it("ends the request when the reader stops early", async () => {
    const closed = signal();
    const { url } = await talking((response) => {
      response.on("close", closed.reach);
      response.write(`[${one},{"n":2},`);
    });
    for await (const message of listenTo(url, options)()) {
      expect(message).toEqual({ n: 1 });
      break;
    }
    await closed.reached;
  });

  it("can be read in one way, and once", async () => {
    const { url } = await talking((response) => response.end(`[${one}]`));
    const messages = listenTo(url, options)();
    await readAll(messages);
    const want = { code: "INVALID_REQUEST", message: expect.stringContaining("was read before") };
    expect((await readAll(messages)).error).toMatchObject(want);
    expect(await failureOf(messages)).toMatchObject(want);
  });

  it.each<[string, Record<string, string>, string]>([
    ["the last element of the array", {}, `[${one},${JSON.stringify(failure)}]`],
    ["pretty-printed", {}, `[${one}\n,\n${JSON.stringify(failure, undefined, 2)}\n]`],
    ["the last of several lines", {}, `${one}\n${JSON.stringify(failure)}\n`],
    ["the last event", events, `data: ${one}\n\ndata: ${JSON.stringify(failure)}\n\n`],
    ["an event with a name", events, `data: ${one}\n\nevent: error\ndata: ${JSON.stringify(failure)}\n\n`],
    ["JSON after events", events, `data: ${one}\n\n${JSON.stringify(failure, undefined, 2)}\n`],
  ])("throws an ApiError for an error after messages: %s", async (_form, headers, body) => {
    const { url } = await talking((response) => response.end(body), headers);
    const { error, read } = await readAll(listenTo(url, options)());
    expect(read).toEqual([{ n: 1 }]);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 503,
      reason: "UNAVAILABLE",
      message: expect.stringContaining("try later"),
      details: [{ "@type": "x" }],
    });
    expect(await failureOf(listenTo(url, options)())).toBeInstanceOf(ApiError);
  });

  it("throws an ApiError for a status other than 2xx", async () => {
    const { url } = await serve((_request, response) => json(response, 404, [{ error: { code: 404, message: "no" } }]));
    expect((await readAll(listenTo(url, options)())).error).toMatchObject({
      status: 404,
      message: expect.stringContaining("no"),
    });
  });

  it.each<[string, string]>([
    ["an array that is cut", `[${one}`],
    ["an array that is cut after a comma", `[${one},`],
    ["a message that is cut", `[${one},{"n`],
    ["content after the array", `[${one}] x`],
    ["a second array", `[${one}][]`],
    ["no comma", `[${one} {"n":2}]`],
    ["invalid JSON", `[${one},{n:2}]`],
  ])("throws INVALID_RESPONSE after the messages before it: %s", async (_name, body) => {
    const { url } = await talking((response) => response.end(body));
    const { error, read } = await readAll(listenTo(url, options)());
    expect(read).toEqual([{ n: 1 }]);
    expect(error).toMatchObject({ code: "INVALID_RESPONSE", status: 200 });
  });

  it("throws INVALID_RESPONSE for a web page", async () => {
    const { url } = await talking((response) => response.end("<!DOCTYPE html><title>no</title>"));
    const { error } = await readAll(listenTo(url, options)());
    expect(error).toMatchObject({ code: "INVALID_RESPONSE", message: expect.stringContaining("web page") });
  });

  it("throws a ConnectionError if the connection breaks", async () => {
    const { url } = await talking((response) => {
      response.write(`[${one},`, () => setTimeout(() => response.destroy(), 20));
    });
    const { error, read } = await readAll(listenTo(url, options)());
    expect(read).toEqual([{ n: 1 }]);
    expect(error).toBeInstanceOf(ConnectionError);
  });

  it("retries a failure before the first message, but not after it", async () => {
    const { seen, url } = await serve((_request, response, index) => {
      response.on("error", () => undefined);
      if (index === 0) return json(response, 503, failure);
      response.writeHead(200);
      response.write(`[${one}`, () => setTimeout(() => response.destroy(), 20));
    });
    const retry = { decide: ({ proposed }: { proposed: number | undefined }) => proposed && 1, idempotent: true };
    const { error, read } = await readAll(listenTo(url, options)({ retry }));
    expect([read, seen.length]).toEqual([[{ n: 1 }], 2]);
    expect(error).toBeInstanceOf(ConnectionError);
  });

  it("throws a TimeoutError for silence between two chunks that is longer than timeout", async () => {
    const { url } = await talking((response) => response.write(`[${one},`));
    const { error, read } = await readAll(listenTo(url, options)({ timeout: 700 }));
    expect(read).toEqual([{ n: 1 }]);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ code: "TIMEOUT", timeout: 700 });
  });

  it("counts timeout from chunk to chunk, totalTimeout for the complete stream", async () => {
    const { url } = await talking(async (response) => {
      response.write("[");
      for (let n = 1; n < 100 && !response.destroyed; n++) {
        response.write(`{"n":${String(n)}},`);
        await sleep(50);
      }
    });
    const start = performance.now();
    const { error, read } = await readAll(listenTo(url, options)({ timeout: 1000, totalTimeout: 1500 }));
    expect(read.length).toBeGreaterThan(5);
    expect(error).toMatchObject({ code: "TOTAL_TIMEOUT", timeout: 1500 });
    expect(performance.now() - start).toBeGreaterThan(1400);
  });

  it("throws errors whose stack leads to the code that reads", async () => {
    const { url } = await talking((response) => response.write(`[${one},`));
    const listen = listenTo(url, options);
    async function iterating(): Promise<void> {
      for await (const _ of listen({ timeout: 700 }));
    }
    async function awaiting(): Promise<void> {
      await listen({ timeout: 700 });
    }
    const [iterated, awaited] = await Promise.all([failureOf(iterating()), failureOf(awaiting())]);
    expect(iterated).toMatchObject({ code: "TIMEOUT", stack: expect.stringContaining("iterating") });
    expect(awaited).toMatchObject({ code: "TIMEOUT", stack: expect.stringContaining("awaiting") });
  });

  describe("an abort", () => {
    it("before the head", async () => {
      const { url } = await serve(() => undefined);
      const controller = new AbortController();
      const messages = listenTo(url, options)({ signal: controller.signal });
      setTimeout(() => controller.abort(), 50);
      expect((await readAll(messages)).error).toBeInstanceOf(AbortError);
    });

    it("while the next message is awaited", async () => {
      const closed = signal();
      const { url } = await talking((response) => {
        response.on("close", closed.reach);
        response.write(`[${one},`);
      });
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 100);
      const { error, read } = await readAll(listenTo(url, options)({ signal: controller.signal }));
      expect(read).toEqual([{ n: 1 }]);
      expect(error).toBeInstanceOf(AbortError);
      await closed.reached;
    });

    it("while a message is processed: those that had arrived are not yielded", async () => {
      const { url } = await talking((response) => response.end(`[${one},{"n":2},{"n":3}]`));
      const controller = new AbortController();
      const read: unknown[] = [];
      const reading = (async () => {
        for await (const message of listenTo(url, options)({ signal: controller.signal })) {
          read.push(message);
          controller.abort();
        }
      })();
      expect(await failureOf(reading)).toBeInstanceOf(AbortError);
      expect(read).toEqual([{ n: 1 }]);
    });
  });

  it("does not wait for the end of a compressed stream", async () => {
    const next = signal();
    const { url } = await talking(
      async (response) => {
        const gzip = createGzip();
        gzip.pipe(response);
        gzip.write(`[${one},`);
        gzip.flush();
        await next.reached;
        gzip.write('{"n":2},');
        gzip.flush();
      },
      { "content-encoding": "gzip" },
    );
    const read: unknown[] = [];
    for await (const message of listenTo(url, options)()) {
      read.push(message);
      next.reach();
      if (read.length === 2) break;
    }
    expect(read).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("reports a compressed stream that breaks off", async () => {
    const text = JSON.stringify(Array.from({ length: 1000 }, (_, n) => ({ n, half: n / 7 })));
    const { url } = await talking((response) => response.end(gzipSync(text).subarray(0, 3000)), {
      "content-encoding": "gzip",
    });
    const { error } = await readAll(listenTo(url, options)());
    expect(error).toMatchObject({ code: expect.stringMatching(/CONNECTION_FAILED|INVALID_RESPONSE/) });
  });

  it("slows down the connection for a slow reader", async () => {
    const message = JSON.stringify({ n: 1, text: "x".repeat(64 * 1024) });
    let written = 0;
    const { url } = await talking(async (response) => {
      const closed = once(response, "close");
      response.write("[");
      while (!response.destroyed && written < 200 * message.length) {
        written += message.length;
        if (!response.write(`${message},`)) await Promise.race([once(response, "drain"), closed]);
      }
    });
    for await (const _message of listenTo(url, options)()) {
      await sleep(500);
      break;
    }
    expect(written).toBeLessThan(150 * message.length);
  });

  it("leaves no timer or connection if the result is ignored", async () => {
    const { seen, url } = await talking((response) => response.write(`[${one},`));
    const before = resources();
    for (let n = 0; n < 20; n++) void listenTo(url, options)({ timeout: 1500 });
    await until(() => seen.length === 20);
    expect(await leftovers(before)).toEqual([]);
  });

  it("throws a TimeoutError if reading begins too late", async () => {
    const { url } = await talking((response) => response.write(`[${one},`));
    const messages = listenTo(url, options)({ timeout: 700 });
    await sleep(1000);
    const { error } = await readAll(messages);
    expect(error).toMatchObject({ code: "TIMEOUT" });
  });
});

it("has one unhandled rejection if an error is ignored", async () => {
  const { seen, url } = await serve((_request, response) => json(response, 500, failure));
  void listenTo(url)();
  await until(() => unhandled.length > 0);
  await sleep(50);
  expect(seen).toHaveLength(1);
  expect(unhandled.splice(0)).toHaveLength(1);
});

it("decodes brotli", async () => {
  const { url } = await talking((response) => response.end(brotliCompressSync(`[${one}]`)), {
    "content-encoding": "br",
  });
  const headers = { "accept-encoding": "gzip, br" };
  expect(await listenTo(url, { headers })()).toEqual([{ n: 1 }]);
});

it("requests server-sent events if the API supports them", async () => {
  const { seen, url } = await talking((response) => response.end(`data: ${one}\n\n`), events);
  expect(await listenTo(url, {}, { ...api, altSse: true })()).toEqual([{ n: 1 }]);
  expect(await listenTo(url)()).toEqual([{ n: 1 }]);
  expect(seen.map((request) => request.url)).toEqual(["/v1/rooms:listen?alt=sse", "/v1/rooms:listen"]);
});

it("cannot be part of a batch", async () => {
  const { seen, url } = await serve((_request, response) => json(response, 200, {}));
  const collected = batch(clientOf(url));
  const messages = stream<Message>(collected, method, {}, undefined);
  const [outcome] = await sendBatch(collected);
  const message = expect.stringContaining("does not support methods that stream: make this call without the batch");
  expect(outcome).toMatchObject({ status: "rejected", reason: { message } });
  expect(await failureOf(messages)).toMatchObject({ code: "INVALID_REQUEST", message });
  expect(seen).toHaveLength(0);
});

describe("a JSON array instead of one message", () => {
  const unary: MethodDescriptor = { id: "talk.rooms.get", httpMethod: "GET", path: "rooms", response: "json" };

  const warning =
    'talk.rooms.get: the response is a JSON array, but its type is one message. If the method streams its responses, set `streaming: { "talk.rooms.get": true }` for talk:v1 in discogen.config.ts and generate its client again';

  it.each<["json" | "value", unknown, readonly string[]]>([
    ["json", [{ n: 1 }], [warning]],
    ["json", [], [warning]],
    ["json", { n: [1] }, []],
    ["value", [{ n: 1 }], []],
  ])("is a warning, and the value: %s, %j", async (response, value, want) => {
    const { url } = await serve((_request, reply) => json(reply, 200, value));
    const warnings: string[] = [];
    const logger = { warn: (message: string) => void warnings.push(message) };
    expect(await call(clientOf(url, { logger }), { ...unary, response }, {}, undefined)).toEqual(value);
    expect(warnings).toEqual(want);
    expect(await call(clientOf(url), { ...unary, response }, {}, undefined)).toEqual(value);
  });
});
