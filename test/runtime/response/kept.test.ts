// slow: waits for garbage collection.
/** What a promise, a response or an error keeps in memory after the call. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { AccessTokenCredentials } from "../../../runtime/src/auth.js";
import {
  fetchTransport,
  type HttpRequest,
  type MethodDescriptor,
  operate,
  OperationPromise,
  type Transport,
  undiciTransport,
} from "../../../runtime/src/index.js";
import { clientOf, failureOf, type LibraryClient, methods } from "../support/library.js";
import { json, serve } from "../support/server.js";

setFlagsFromString("--expose-gc");
// The flag applies to contexts that are created after it.
const gc = runInNewContext("gc") as () => void;

async function collect(): Promise<void> {
  // The target of a WeakRef is kept until the end of the task that read it.
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    gc();
  }
}

async function used(): Promise<number> {
  await collect();
  const { arrayBuffers, external, heapUsed } = process.memoryUsage();
  return heapUsed + Math.max(arrayBuffers, external);
}

/** A transport that keeps weak references to its requests and responses. */
function weakly(status: number): { transport: Transport; alive(): string[] } {
  const refs = new Map<string, WeakRef<object>>();
  const note = (name: string, value: unknown): void => {
    if (typeof value === "object" && value !== null) refs.set(name, new WeakRef(value));
  };
  const send = async (request: HttpRequest) => {
    const body = new TextEncoder().encode(status === 200 ? '{"name":"b"}' : '{"error":{"message":"no"}}');
    const response = { status, headers: { "x-a": "1" }, body };
    for (const [name, value] of Object.entries({ request, ...request })) note(`request: ${name}`, value);
    note("response", response);
    note("response: body", body);
    return response;
  };
  return {
    transport: { send },
    alive: () => [...refs].filter(([, ref]) => ref.deref() !== undefined).map(([name]) => name),
  };
}

type Run = (client: LibraryClient, bytes: Uint8Array) => Promise<unknown>;
const upload: Run = ({ books }, data) =>
  books.upload({ requestBody: { data, contentType: "x/y" } }, { headers: { "x-b": "1" } });

it.each<[string, number, Run]>([
  ["a promise", 200, upload],
  ["a promise of a POST with JSON", 200, ({ books }) => books.insert({ requestBody: { name: "b" } })],
  ["a promise of a method without a response", 200, ({ books }) => books.delete({ book: "b" })],
  ["a rejected promise", 404, upload],
])("%s keeps neither request nor response", async (_name, status, run) => {
  const { alive, transport } = weakly(status);
  const auth = new AccessTokenCredentials("a-token");
  const promise = run(clientOf("http://127.0.0.1:1/", { transport, auth, retry: false }), new Uint8Array(1000));
  await promise.catch(() => undefined);
  await collect();
  // The headers that all requests share belong to the client.
  expect(alive().filter((name) => name !== "request: headers" || run === upload)).toEqual([]);
  expect(promise).toBeInstanceOf(Promise);
});

it("a promise of an operation keeps neither the body nor the content of the call", async () => {
  const starter: MethodDescriptor = {
    id: "library.books.move",
    httpMethod: "POST",
    path: "books:move",
    request: "json",
    response: "json",
    operation: {
      polls: [{ method: methods.get, parameters: { book: "response.name" } }],
      done: "done",
      error: "error",
    },
  };
  const { alive, transport } = weakly(200);
  const { books } = clientOf("http://127.0.0.1:1/", { transport });
  const begin = () => {
    const requestBody = { name: "b" };
    const refs = [new WeakRef(requestBody)];
    return { refs, promise: operate(books, starter, { shelf: "s", requestBody }, undefined) };
  };
  const { promise, refs } = begin();
  await promise;
  await collect();
  expect([refs[0]?.deref(), alive()]).toEqual([undefined, []]);
  expect(promise).toBeInstanceOf(OperationPromise);
});

it("withResponse() still has status, headers and URL", async () => {
  const { transport } = weakly(200);
  const promise = clientOf("http://127.0.0.1:1/", { transport }).books.get({ book: "b", key: "secret" });
  await promise;
  await collect();
  const { data, response } = await promise.withResponse();
  expect([data, response.status, response.headers.get("x-a"), response.url]).toEqual([
    { name: "b" },
    200,
    "1",
    "http://127.0.0.1:1/v1/books/b?key=[redacted]",
  ]);
});

const undici = undiciTransport();

it.each([
  ["undici", undici],
  ["fetch", fetchTransport()],
] satisfies [string, Transport][])("stored promises over %s reference only their data", async (_name, transport) => {
  const size = 1_000_000;
  const calls = 30;
  const { seen, url } = await serve((_request, response) => {
    seen.length = 0;
    json(response, 200, { name: "x".repeat(size) }, { "x-a": "1" });
  });
  const { books } = clientOf(url, { transport });
  const insert = () => books.insert({ requestBody: { name: "y".repeat(size) } });
  await insert();
  const before = await used();
  const kept: ReturnType<typeof insert>[] = [];
  for (let call = 0; call < calls; call++) {
    const promise = insert();
    await promise;
    kept.push(promise);
  }
  // A string per call would double this.
  expect((await used()) - before).toBeLessThan(calls * size * 1.25);
  expect((await kept[0]?.withResponse())?.response.headers.get("x-a")).toBe("1");
});

it("an error keeps status, headers and URL", async () => {
  const { transport } = weakly(404);
  const error = await failureOf(clientOf("http://127.0.0.1:1/", { transport }).books.get({ book: "b" }));
  expect(error).toMatchObject({ response: { status: 404, url: "http://127.0.0.1:1/v1/books/b" } });
});
