/** How often operations are polled: methods that wait on the server, Retry-After, waiting in another process. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { AnonymousCredentials } from "../../../runtime/src/auth.js";
import {
  ApiClient,
  type ApiDescriptor,
  type MethodDescriptor,
  type OperationPromise,
  operate,
} from "../../../runtime/src/index.js";
import type * as Wait from "../../../runtime/src/policy/wait.js";
import { failureOf } from "../support/library.js";
import { type Handler, type TestServer, json, serve } from "../support/server.js";

const pauses = vi.hoisted((): { lengths: number[] | undefined } => ({ lengths: undefined }));

vi.mock("../../../runtime/src/policy/wait.js", async (original) => {
  const wait = await original<typeof Wait>();
  const pause: typeof wait.pause = (milliseconds, signal, aborted) => {
    pauses.lengths?.push(milliseconds);
    return wait.pause(pauses.lengths === undefined ? milliseconds : 0, signal, aborted);
  };
  return { ...wait, pause };
});

function quickPauses(): readonly number[] {
  const lengths: number[] = [];
  pauses.lengths = lengths;
  onTestFinished(() => {
    pauses.lengths = undefined;
  });
  return lengths;
}

const api: ApiDescriptor = {
  descriptors: 2,
  id: "works:v1",
  rootUrl: "https://works.example.com/",
  servicePath: "v1/",
  scopes: [],
};

const named = { parameters: { name: { required: true } }, response: "json" } as const;
const get: MethodDescriptor = { id: "works.operations.get", httpMethod: "GET", path: "{+name}", ...named };
const wait: MethodDescriptor = { id: "works.operations.wait", httpMethod: "POST", path: "{+name}:wait", ...named };
const ends = { done: "done", error: "error", isAnswer: true } as const;
const start: MethodDescriptor = {
  id: "works.things.make",
  httpMethod: "POST",
  path: "things",
  response: "json",
  operation: { polls: [{ method: get, wait, parameters: { name: "response.name" } }], ...ends },
};

interface Operation {
  readonly name?: string;
  readonly done?: boolean;
}

function begin(
  { url }: TestServer,
  method: MethodDescriptor = start,
  params: object = {},
): OperationPromise<Operation, Operation> {
  const client = new ApiClient(api, { auth: new AnonymousCredentials(), rootUrl: url, retry: false });
  return operate(client, method, params, undefined);
}

const requestsTo = ({ seen }: TestServer): readonly string[] => seen.map(({ method, url }) => `${method} ${url}`);

const running = { name: "operations/1" };

describe("a method that waits on the server until the operation is done", () => {
  it("is called immediately instead of a poll", async () => {
    const lengths = quickPauses();
    const server = await serve((_request, response, index) => json(response, 200, { ...running, done: index === 1 }));
    expect(await begin(server).wait()).toEqual({ name: "operations/1", done: true });
    expect(requestsTo(server)).toEqual(["POST /v1/things", "POST /v1/operations/1:wait"]);
    expect(lengths).toEqual([0]);
  });

  it("is called again while the operation runs, with delays if it does not wait", async () => {
    const lengths = quickPauses();
    const server = await serve((_request, response, index) => json(response, 200, { ...running, done: index === 3 }));
    await begin(server).wait();
    expect(requestsTo(server).slice(1)).toEqual(Array.from({ length: 3 }, () => "POST /v1/operations/1:wait"));
    expect(lengths[1]).toBeGreaterThan(300);
    expect(lengths[1]).toBeLessThanOrEqual(500);
  });

  it.each<[string, Handler]>([
    ["does not exist", (_request, response) => json(response, 404, {})],
    ["is not implemented", (_request, response) => json(response, 501, {})],
    ["breaks its connection", (_request, response) => void response.destroy()],
  ])("is replaced by plain polls if it %s", async (_, refuse) => {
    quickPauses();
    const server = await serve((request, response, index) =>
      request.url.endsWith(":wait")
        ? refuse(request, response, index)
        : json(response, 200, { ...running, done: index > 3 }),
    );
    expect(await begin(server).wait()).toMatchObject({ done: true });
    expect(requestsTo(server)).toEqual([
      "POST /v1/things",
      "POST /v1/operations/1:wait",
      "GET /v1/operations/1",
      "GET /v1/operations/1",
      "GET /v1/operations/1",
    ]);
  });

  it("is aborted by the signal", async () => {
    const server = await serve((_request, response, index) => (index === 0 ? json(response, 200, running) : undefined));
    const controller = new AbortController();
    const failure = failureOf(begin(server).wait({ signal: controller.signal }));
    await vi.waitFor(() => expect(server.seen).toHaveLength(2));
    controller.abort();
    expect(await failure).toMatchObject({ code: "ABORTED" });
    expect(requestsTo(server)).toHaveLength(2);
  });
});

describe("Retry-After", () => {
  const polled: MethodDescriptor = {
    ...start,
    operation: { polls: [{ method: get, parameters: { name: "response.name" } }], ...ends },
  };

  it.each([
    ["is used", "7", 7000],
    ["is at least the first delay", "0", 500],
    ["of a fraction of a second is at least the first delay", "0.001", 500],
    ["is limited", "100000", 300_000],
    ["is ignored if it is invalid", "soon", 500],
    ["is ignored if it is a date in the past, because clocks differ", "Fri, 02 Jan 2015 00:00:00 GMT", 500],
  ])("%s", async (_, retryAfter, want) => {
    const lengths = quickPauses();
    const server = await serve((_request, response, index) =>
      json(response, 200, { ...running, done: index === 1 }, { "retry-after": retryAfter }),
    );
    await begin(server, polled).wait();
    expect(lengths).toEqual([want]);
  });
});

describe("a server that suggests no delay", () => {
  const plain: MethodDescriptor = {
    ...start,
    operation: { polls: [{ method: get, parameters: { name: "response.name" } }], ...ends },
  };
  const unnamed: MethodDescriptor = {
    ...start,
    operation: { polls: [{ method: get, parameters: { name: "response.name" } }], done: "done", error: "error" },
  };

  it.each<[string, MethodDescriptor, string, readonly number[]]>([
    ["polls", plain, "0", [500, 500, 500, 500]],
    ["polls with a fraction of a second", plain, "0.05", [500, 500, 500, 500]],
    ["methods that should wait, but do not", start, "0", [0, 500, 500, 500]],
    ["operations with only a name", unnamed, "0", [0, 500, 500, 500]],
  ])("gets at most one request in 500 ms from %s", async (_, method, retryAfter, want) => {
    const lengths = quickPauses();
    const server = await serve((_request, response, index) =>
      json(response, 200, { ...running, done: index === 4 }, { "retry-after": retryAfter }),
    );
    await begin(server, method).wait();
    // For a method that waits, the time of its response counts as delay.
    expect(lengths.map((length) => Math.ceil(length / 250) * 250)).toEqual(want);
  });
});

describe("an operation of another process", () => {
  const read: MethodDescriptor = { ...get, operation: { polls: [], ...ends } };

  it("can be waited for with the method that reads it", async () => {
    quickPauses();
    const server = await serve((_request, response, index) => json(response, 200, { ...running, done: index === 2 }));
    const operation = begin(server, read, { name: "operations/1" });
    expect(await operation).toEqual({ ...running, done: false });
    expect(await operation.wait()).toEqual({ ...running, done: true });
    expect(requestsTo(server)).toEqual(Array.from({ length: 3 }, () => "GET /v1/operations/1"));
  });

  it("resolves immediately if it is done, and throws if it failed", async () => {
    const over = await serve((_request, response) => json(response, 200, { ...running, done: true }));
    expect(await begin(over, read, running).wait()).toMatchObject({ done: true });
    expect(over.seen).toHaveLength(1);
    const failed = await serve((_request, response) =>
      json(response, 200, { ...running, done: true, error: { code: 3, message: "no room" } }),
    );
    expect(await failureOf(begin(failed, read, running).wait())).toMatchObject({
      code: "OPERATION_FAILED",
      message: "works.operations.get: the operation failed: no room",
    });
  });
});
