/** Long-running operations over real requests, in every style that Google's APIs have. */
import { getEventListeners } from "node:events";
import { setTimeout } from "node:timers/promises";
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { AnonymousCredentials } from "../../../runtime/src/auth.js";
import {
  AbortError,
  ApiClient,
  type ApiDescriptor,
  ApiError,
  type CallOptions,
  type ClientOptions,
  DiscogenError,
  InvalidRequestError,
  type MethodDescriptor,
  type OperationDescriptor,
  OperationError,
  OperationPromise,
  TimeoutError,
  operate,
} from "../../../runtime/src/index.js";
import type * as Wait from "../../../runtime/src/policy/wait.js";
import { failureOf } from "../support/library.js";
import { type TestServer, json, serve, statuses } from "../support/server.js";

const pauses = vi.hoisted((): { lengths: number[] | undefined } => ({ lengths: undefined }));

vi.mock("../../../runtime/src/policy/wait.js", async (original) => {
  const wait = await original<typeof Wait>();
  const pause: typeof wait.pause = (milliseconds, signal, aborted) => {
    pauses.lengths?.push(milliseconds);
    return wait.pause(pauses.lengths === undefined ? milliseconds : 0, signal, aborted);
  };
  return { ...wait, pause };
});

const api: ApiDescriptor = {
  descriptors: 2,
  id: "works:v1",
  rootUrl: "https://works.example.com/",
  servicePath: "",
  scopes: [],
};

interface Operation {
  readonly name?: string;
  readonly done?: boolean;
}
interface Params {
  readonly [name: string]: unknown;
}

const inPath = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { required: true } as const]));

const get = (path: string, ...names: readonly string[]): MethodDescriptor => ({
  id: "works.operations.get",
  httpMethod: "GET",
  path,
  parameters: inPath(...names),
  response: "json",
});

const starter = (operation: OperationDescriptor, path = "v1/things"): MethodDescriptor => ({
  id: "works.things.make",
  httpMethod: "POST",
  path,
  request: "json",
  response: "json",
  operation,
});

const longrunning: OperationDescriptor = {
  polls: [{ method: get("v1/{+name}", "name"), parameters: { name: "response.name" } }],
  done: "done",
  error: "error",
  isAnswer: true,
};

const sql: OperationDescriptor = {
  polls: [
    {
      method: get("sql/projects/{project}/operations/{operation}", "project", "operation"),
      parameters: { project: "response.targetProject", operation: "response.name" },
    },
  ],
  done: "status",
  error: "error",
  isAnswer: true,
};

const named = (instance: string): OperationDescriptor => ({
  polls: [
    {
      method: get("projects/{project}/instances/{instance}/operations/{operation}", "project", "instance", "operation"),
      parameters: { project: "params.project", instance, operation: "response.operation" },
    },
  ],
  done: "state",
  error: "error",
});

const zonal = get("v1/projects/{projectId}/zones/{zone}/operations/{operationId}", "projectId", "zone", "operationId");
const gke: OperationDescriptor = {
  polls: [
    {
      method: get("v1/{+name}", "name"),
      parameters: { name: { value: "response.name", within: "parent" } },
    },
    {
      method: zonal,
      parameters: { projectId: "body.projectId", zone: "response.zone", operationId: "response.name" },
    },
  ],
  done: "status",
  error: "error",
  isAnswer: true,
};

const compute: OperationDescriptor = {
  polls: [
    {
      method: get("{project}/zones/{zone}/operations/{operation}", "project", "zone", "operation"),
      parameters: { project: "params.project", zone: "response.zone", operation: "response.name" },
    },
    {
      method: get("{project}/regions/{region}/operations/{operation}", "project", "region", "operation"),
      parameters: { project: "params.project", region: "response.region", operation: "response.name" },
    },
    {
      method: get("{project}/global/operations/{operation}", "project", "operation"),
      parameters: { project: "params.project", operation: "response.name" },
    },
  ],
  done: "status",
  error: "error",
  isAnswer: true,
};

const storage: OperationDescriptor = {
  ...longrunning,
  polls: [
    {
      method: get("b/{bucket}/operations/{operationId}", "bucket", "operationId"),
      parameters: { bucket: "params.bucket", operationId: "response.name" },
    },
  ],
};

const segment = { value: "response.name", segment: true } as const;

/** The name contains all parameters of a poll, and decides which poll is used. */
const appengine: OperationDescriptor = {
  ...longrunning,
  polls: [
    {
      method: get("v1/projects/{project}/operations/{operation}", "project", "operation"),
      parameters: { project: segment, operation: segment },
    },
    {
      method: get("v1/apps/{app}/operations/{operation}", "app", "operation"),
      parameters: { app: segment, operation: segment },
    },
  ],
};

const dns: OperationDescriptor = {
  polls: [
    {
      method: get("projects/{project}/zones/{zone}/operations/{operation}", "project", "zone", "operation"),
      parameters: { project: "params.project", zone: "params.zone", operation: "response.id" },
    },
  ],
  done: "status",
  error: "error",
  isAnswer: true,
};

const bigquery: OperationDescriptor = {
  polls: [
    {
      method: get("projects/{+projectId}/jobs/{+jobId}", "projectId", "jobId"),
      parameters: {
        projectId: "response.jobReference.projectId",
        jobId: "response.jobReference.jobId",
        location: "response.jobReference.location",
      },
    },
  ],
  done: "status.state",
  error: "status.errorResult",
  isAnswer: true,
};

interface Given {
  readonly operation?: OperationDescriptor;
  readonly path?: string;
  readonly params?: Params;
  readonly options?: CallOptions;
  readonly client?: ClientOptions;
}

/** Calls a method that starts an operation, of google.longrunning by default. */
function start(url: string, given: Given = {}): OperationPromise<Operation, Operation> {
  const { client, operation = longrunning, options, params = {}, path } = given;
  const target = new ApiClient(api, { auth: new AnonymousCredentials(), rootUrl: url, ...client });
  return operate<Operation, Operation>(target, starter(operation, path), params, options);
}

/** A server that returns these bodies one after the other, and then always the last one. */
const serverOf = (...bodies: readonly unknown[]): Promise<TestServer> =>
  serve((_request, response, index) => json(response, 200, bodies[Math.min(index, bodies.length - 1)]));

/** A server that responds to the start of an operation, but not to polls. */
const silentPolls = (): Promise<TestServer> =>
  serve((_request, response, index) => (index === 0 ? json(response, 200, { name: "operations/1" }) : undefined));

/** Records the delays of this test, which end immediately. */
function quickPauses(): readonly number[] {
  const lengths: number[] = [];
  pauses.lengths = lengths;
  onTestFinished(() => {
    pauses.lengths = undefined;
  });
  return lengths;
}

const urls = ({ seen }: TestServer): readonly string[] => seen.map((one) => `${one.method} ${one.url}`);

describe("wait() polls to the end", () => {
  const cluster = "projects/p/locations/l/clusters/c";
  const url = "https://compute.example.com/v1/projects/p";

  it.each<[string, Given, string, readonly object[]]>([
    [
      "google.longrunning",
      {},
      "/v1/projects/p/operations/1",
      [{ name: "projects/p/operations/1" }, { done: false }, { done: true, response: { size: 1 } }],
    ],
    [
      "Cloud SQL",
      { operation: sql },
      "/sql/projects/p/operations/1",
      [{ name: "1", targetProject: "p", status: "PENDING" }, { status: "RUNNING" }, { status: "DONE" }],
    ],
    [
      "GKE, a short id",
      { operation: gke, params: { parent: cluster } },
      "/v1/projects/p/locations/l/operations/op-1",
      [{ name: "op-1", status: "RUNNING" }, { status: "DONE" }],
    ],
    [
      "GKE, a complete name",
      { operation: gke, params: { parent: cluster } },
      "/v1/projects/q/locations/m/operations/op-1",
      [{ name: "projects/q/locations/m/operations/op-1", status: "RUNNING" }, { status: "DONE" }],
    ],
    [
      "GKE, the zonal twin",
      { operation: gke, params: { parent: "-", requestBody: { projectId: "p" } } },
      "/v1/projects/p/zones/z/operations/op-1",
      [{ name: "op-1", zone: "z", status: "RUNNING" }, { status: "DONE" }],
    ],
    [
      "Compute Engine in a zone, from the URL",
      { operation: compute, params: { project: "p" } },
      "/p/zones/z-1/operations/op-1",
      [{ name: "op-1", zone: `${url}/zones/z-1`, status: "PENDING" }, { status: "DONE" }],
    ],
    [
      "Compute Engine in a region, from the URL",
      { operation: compute, params: { project: "p" } },
      "/p/regions/r-1/operations/op-1",
      [{ name: "op-1", region: `${url}/regions/r-1`, status: "PENDING" }, { status: "DONE" }],
    ],
    [
      "Compute Engine at large",
      { operation: compute, params: { project: "p" } },
      "/p/global/operations/op-1",
      [{ name: "op-1", status: "PENDING" }, { status: "DONE" }],
    ],
    [
      "Cloud Storage, the id at the end of a name",
      { operation: storage, params: { bucket: "b-1" } },
      "/b/b-1/operations/op-1",
      [{ name: "projects/_/buckets/b-1/operations/op-1" }, { done: true }],
    ],
    [
      "App Engine, by the segments of the name",
      { operation: appengine },
      "/v1/apps/a/operations/1",
      [{ name: "apps/a/operations/1" }, { done: true }],
    ],
    [
      "App Engine, whose names may lie in a project",
      { operation: appengine },
      "/v1/projects/p/operations/1",
      [{ name: "projects/p/operations/1" }, { done: true }],
    ],
    [
      "Cloud DNS",
      { operation: dns, params: { project: "p", zone: "z" } },
      "/projects/p/zones/z/operations/1",
      [{ id: "1", status: "pending" }, { status: "done" }],
    ],
    [
      "BigQuery",
      { operation: bigquery },
      "/projects/p/jobs/j?location=EU",
      [
        { jobReference: { projectId: "p", jobId: "j", location: "EU" }, status: { state: "PENDING" } },
        { status: { state: "RUNNING" } },
        { status: { state: "DONE", errors: [{ reason: "invalid" }] } },
      ],
    ],
    [
      "BigQuery, no location",
      { operation: bigquery },
      "/projects/p/jobs/j",
      [{ jobReference: { projectId: "p", jobId: "j" } }, { status: { state: "DONE" } }],
    ],
  ])("%s", async (_, given, path, bodies) => {
    const lengths = quickPauses();
    const server = await serverOf(...bodies);
    const read: unknown[] = [];
    const last = await start(server.url, given).wait({ onProgress: (operation) => read.push(operation) });
    expect(last).toEqual(bodies.at(-1));
    expect(read).toEqual(bodies);
    expect(urls(server).slice(1)).toEqual(bodies.slice(1).map(() => `GET ${path}`));
    expect(lengths).toEqual([500, 750].slice(0, bodies.length - 1));
  });

  it.each<[string, OperationDescriptor, Params]>([
    ["the parameters", named("params.instance"), { project: "p", instance: "i" }],
    ["the body", named("body.instance"), { project: "p", requestBody: { instance: "i" } }],
  ])("Cloud SQL v1beta3: named by a string, with the rest from %s", async (_, operation, params) => {
    const lengths = quickPauses();
    const bodies = [{ kind: "sql#start", operation: "op-1" }, { state: "RUNNING" }, { state: "DONE" }];
    const server = await serverOf(...bodies);
    const read: unknown[] = [];
    const last = await start(server.url, { operation, params, path: "x" }).wait({
      onProgress: (one) => read.push(one),
    });
    expect(last).toEqual({ state: "DONE" });
    // The response is not an operation, so it is polled immediately.
    expect(read).toEqual(bodies.slice(1));
    expect(lengths).toEqual([0, 500]);
    expect(urls(server).slice(1)).toEqual([
      "GET /projects/p/instances/i/operations/op-1",
      "GET /projects/p/instances/i/operations/op-1",
    ]);
  });

  it.each<[string, OperationDescriptor, object]>([
    ["google.longrunning", longrunning, { name: "operations/1", done: true, response: {} }],
    ["google.longrunning without a name (Cloud Identity)", longrunning, { done: true, response: {} }],
    ["Cloud SQL", sql, { name: "1", targetProject: "p", status: "DONE" }],
    ["BigQuery", bigquery, { status: { state: "DONE" } }],
  ])("%s: an operation that is done is not polled", async (_, operation, body) => {
    const server = await serverOf(body);
    const read: unknown[] = [];
    const last = await start(server.url, { operation }).wait({ onProgress: (one) => read.push(one) });
    expect(last).toEqual(body);
    expect(read).toEqual([body]);
    expect(server.seen).toHaveLength(1);
  });

  it("with increasing delays of at most 15 seconds", async () => {
    const lengths = quickPauses();
    const server = await serverOf({ name: "operations/1" }, ...Array.from({ length: 11 }, () => ({})), { done: true });
    await start(server.url).wait();
    expect(lengths.map(Math.round)).toEqual([
      500, 750, 1125, 1688, 2531, 3797, 5695, 8543, 12_814, 15_000, 15_000, 15_000,
    ]);
  });

  it("with a delay after a response without information", async () => {
    const lengths = quickPauses();
    const server = await serve((_request, response, index) => {
      if (index === 1) response.writeHead(204).end();
      else json(response, 200, [{ name: "operations/1" }, undefined, null, { done: true }][index]);
    });
    expect(await start(server.url).wait()).toEqual({ done: true });
    expect(lengths).toEqual([500, 750, 1125]);
  });

  it("with a name that is encoded in the path", async () => {
    quickPauses();
    const server = await serverOf({ name: "operations/a?b#c%2F" }, { done: true });
    await start(server.url).wait();
    expect(urls(server)[1]).toBe("GET /v1/operations/a%3Fb%23c%252F");
    const other = await serverOf({ name: "operations/../secrets" }, { done: true });
    expect(await failureOf(start(other.url).wait())).toBeInstanceOf(InvalidRequestError);
    expect(other.seen).toHaveLength(1);
  });
});

describe("without wait()", () => {
  it("one request is sent, and its response is the value of the promise", async () => {
    const server = await serverOf({ name: "operations/1" });
    const operation = start(server.url);
    expectTypeOf(operation).resolves.toEqualTypeOf<Operation>();
    expect(await operation).toEqual({ name: "operations/1" });
    const { data, response } = await operation.withResponse();
    expect([data, response.status]).toEqual([{ name: "operations/1" }, 200]);
    expect(server.seen).toHaveLength(1);
  });

  it("an unidentified operation is not an error", async () => {
    const server = await serverOf({});
    expect(await start(server.url)).toEqual({});
  });
});

describe("waiting twice", () => {
  it("starts the operation once", async () => {
    quickPauses();
    const server = await serverOf({ name: "operations/1" }, { done: true });
    const operation = start(server.url);
    expect(await Promise.all([operation.wait(), operation.wait()])).toEqual([{ done: true }, { done: true }]);
    expect(urls(server)).toEqual(["POST /v1/things", "GET /v1/operations/1", "GET /v1/operations/1"]);
  });
});

describe("a failed operation", () => {
  const status = { code: 9, message: "The disk is full.", details: [] };
  const errors = [{ code: "QUOTA", message: "Too many." }, { code: "OTHER" }];
  const job = (errorResult: unknown) => ({
    jobReference: { projectId: "p", jobId: "j" },
    status: { state: "DONE", errorResult },
  });

  it.each<[string, OperationDescriptor, object, unknown, string]>([
    ["google.rpc.Status", longrunning, { done: true, error: status }, status, ": The disk is full."],
    ["an array of errors in an object", sql, { status: "DONE", error: { errors } }, { errors }, ": Too many., OTHER"],
    ["an array of errors", sql, { status: "DONE", error: errors }, errors, ": Too many., OTHER"],
    [
      "a BigQuery job",
      bigquery,
      job({ reason: "invalid", message: "No." }),
      { reason: "invalid", message: "No." },
      ": No.",
    ],
    ["an error without text", longrunning, { done: true, error: {} }, {}, ""],
  ])("rejects: %s", async (_, operation, body, error, text) => {
    const server = await serverOf(body);
    const started = start(server.url, { operation });
    const failure = await failureOf(started.wait());
    expect(failure).toBeInstanceOf(OperationError);
    expect(failure).toMatchObject({
      code: "OPERATION_FAILED",
      message: `works.things.make: the operation failed${text}`,
      operation: body,
      error,
    });
    // The call itself did not fail.
    expect(await started).toEqual(body);
  });

  it("rejects after onProgress, and after polls", async () => {
    quickPauses();
    const failed = { name: "operations/1", done: true, error: status };
    const server = await serverOf({ name: "operations/1" }, failed);
    const read: unknown[] = [];
    expect(await failureOf(start(server.url).wait({ onProgress: (operation) => read.push(operation) }))).toMatchObject({
      operation: failed,
    });
    expect(read).toEqual([{ name: "operations/1" }, failed]);
  });

  it.each<[string, object]>([
    ["null", { done: true, error: null }],
    ["an empty array", { done: true, error: [] }],
    ["in an operation that is not done", { name: "operations/1", error: status }],
  ])("is not one with an error that is %s", async (_, body) => {
    quickPauses();
    const server = await serverOf(body, { done: true });
    expect(await start(server.url).wait()).toMatchObject({ done: true });
  });
});

describe("a response that does not identify the operation", () => {
  it.each<[string, Given, unknown]>([
    ["has no name", {}, {}],
    ["has an empty name", {}, { name: "" }],
    ["has a name that is not a string", {}, { name: 1 }],
    ["is not an object", {}, null],
    ["lacks the project", { operation: sql }, { name: "1" }],
    ["has a reference without the job", { operation: bigquery }, { jobReference: { projectId: "p" } }],
    ["has a name of another shape", { operation: appengine }, { name: "things/a/operations/1" }],
    ["has a name with an empty segment", { operation: appengine }, { name: "apps//operations/1" }],
    ["has only a part of the name", { operation: appengine }, { name: "operations/1" }],
    ["has the name of a property of Object", { operation: named("params.constructor") }, { operation: "1" }],
    ["has a short id, and no collection is known", { operation: gke, params: { parent: "clusters/c" } }, { name: "1" }],
  ])("%s", async (_, given, body) => {
    const server = await serverOf(body);
    const started = start(server.url, given);
    const error = await failureOf(started.wait());
    expect(error).toBeInstanceOf(DiscogenError);
    expect(error).toMatchObject({
      code: "OPERATION_UNKNOWN",
      message: "works.things.make: the response does not identify the operation",
    });
    expect(await started).toEqual(body);
    expect(server.seen).toHaveLength(1);
  });
});

describe("options of the call", () => {
  it("apply to polls, except for conditions", async () => {
    quickPauses();
    const server = await serverOf({ name: "operations/1" }, { done: true });
    const options = { headers: { "x-a": "1" }, quotaProject: "q", ifMatch: '"e"', ifNoneMatch: '"f"' };
    await start(server.url, { options }).wait();
    expect(
      server.seen.map(({ headers }) => [
        headers["x-a"],
        headers["x-goog-user-project"],
        headers["if-match"],
        headers["if-none-match"],
      ]),
    ).toEqual([
      ["1", "q", '"e"', '"f"'],
      ["1", "q", undefined, undefined],
    ]);
  });

  it("API key and quota user apply to polls, other parameters do not", async () => {
    quickPauses();
    const server = await serverOf({ name: "operations/1" }, { done: true });
    const params = { key: "k", quotaUser: "u", fields: "name", requestId: "r", requestBody: { size: 1 } };
    await start(server.url, { params, client: { auth: undefined } }).wait();
    expect(urls(server)).toEqual([
      "POST /v1/things?key=k&quotaUser=u&fields=name&requestId=r",
      "GET /v1/operations/1?key=k&quotaUser=u",
    ]);
    expect(server.seen[1]?.body).toBe("");
  });

  it("a parameter of the method named key is not an API key", async () => {
    quickPauses();
    const server = await serverOf({ name: "operations/1" }, { done: true });
    await start(server.url, { params: { key: "k" }, path: "v1/keys/{key}" }).wait();
    expect(urls(server)).toEqual(["POST /v1/keys/k", "GET /v1/operations/1"]);
  });
});

describe("a failed poll", () => {
  it("is retried like any GET", async () => {
    quickPauses();
    const bodies = [{ name: "operations/1" }, undefined, undefined, { done: true }];
    const server = await serve((_request, response, index) =>
      json(response, bodies[index] === undefined ? 500 : 200, bodies[index] ?? {}),
    );
    const read: unknown[] = [];
    await start(server.url, { client: { retry: { maxDelay: 1 } } }).wait({ onProgress: (one) => read.push(one) });
    expect(server.seen).toHaveLength(4);
    expect(read).toEqual([{ name: "operations/1" }, { done: true }]);
  });

  it.each<[string, number, Given]>([
    ["with a final status", 404, {}],
    ["without retries", 500, { options: { retry: false } }],
  ])("%s rejects like any call", async (_, status, given) => {
    quickPauses();
    const server = await serve((_request, response, index) =>
      json(response, index === 0 ? 200 : status, { name: "operations/1" }),
    );
    const error = await failureOf(start(server.url, given).wait());
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status, response: { url: `${server.url}v1/operations/1` } });
    expect(server.seen).toHaveLength(2);
  });

  it("rejects in the same way if the start of the operation fails", async () => {
    const server = await serve(statuses(403));
    const operation = start(server.url);
    const error = await failureOf(operation.wait());
    expect(error).toMatchObject({ status: 403 });
    expect(await failureOf(operation)).toBe(error);
    expect(server.seen).toHaveLength(1);
  });

  it("can be an error of onProgress", async () => {
    const server = await serverOf({ name: "operations/1" });
    const stop = new Error("enough");
    const onProgress = (): never => {
      throw stop;
    };
    expect(await failureOf(start(server.url).wait({ onProgress }))).toBe(stop);
  });
});

describe("a signal", () => {
  const isAborted = (error: unknown, reason: unknown): void => {
    expect(error).toBeInstanceOf(AbortError);
    expect(error).toMatchObject({
      code: "ABORTED",
      message: "works.things.make: aborted by the caller's signal",
      cause: reason,
    });
  };

  it("that is aborted already ends the wait, and the call continues", async () => {
    const server = await serverOf({ name: "operations/1" });
    const operation = start(server.url);
    isAborted(await failureOf(operation.wait({ signal: AbortSignal.abort("why") })), "why");
    expect(await operation).toEqual({ name: "operations/1" });
    expect(server.seen).toHaveLength(1);
  });

  it("that is aborted already leaves no unhandled rejection of the call", async () => {
    const server = await serve(statuses(403));
    isAborted(await failureOf(start(server.url).wait({ signal: AbortSignal.abort("why") })), "why");
    await vi.waitFor(() => expect(server.seen).toHaveLength(1));
  });

  it("ends the wait for the response, and onProgress is no longer called", async () => {
    const controller = new AbortController();
    let respond = (): void => undefined;
    const server = await serve((_request, response) => {
      respond = () => json(response, 200, { name: "operations/1" });
      controller.abort("why");
    });
    const operation = start(server.url);
    const onProgress = vi.fn<() => void>();
    isAborted(await failureOf(operation.wait({ signal: controller.signal, onProgress })), "why");
    respond();
    expect(await operation).toEqual({ name: "operations/1" });
    expect(onProgress).not.toHaveBeenCalled();
  });

  it.each(["wait", "call"])("of the %s ends a delay, and leaves no timer and no listener", async (whose) => {
    const controller = new AbortController();
    const { signal } = controller;
    const server = await serverOf({ name: "operations/1" });
    const set = vi.spyOn(globalThis, "setTimeout");
    const clear = vi.spyOn(globalThis, "clearTimeout");
    onTestFinished(() => {
      set.mockRestore();
      clear.mockRestore();
    });
    const timers = () => set.mock.results.filter((_, index) => set.mock.calls[index]?.[1] === 500);
    const operation = start(server.url, whose === "call" ? { options: { signal } } : {});
    const failure = failureOf(operation.wait(whose === "wait" ? { signal } : {}));
    await vi.waitFor(() => expect(timers()).toHaveLength(1));
    controller.abort("why");
    isAborted(await failure, "why");
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    await vi.waitFor(() => expect(clear).toHaveBeenCalledWith(timers()[0]?.value));
    expect(server.seen).toHaveLength(1);
  });

  it("ends a poll and its connection", async () => {
    quickPauses();
    const controller = new AbortController();
    const closed = vi.fn<() => void>();
    const server = await serve((_request, response, index) => {
      if (index === 0) return json(response, 200, { name: "operations/1" });
      response.on("close", closed);
      return controller.abort("why");
    });
    isAborted(await failureOf(start(server.url).wait({ signal: controller.signal })), "why");
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.seen).toHaveLength(2);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("of the wait replaces that of the call", async () => {
    quickPauses();
    const ofCall = new AbortController();
    const ofWait = new AbortController();
    const server = await serverOf({ name: "operations/1" }, { done: true });
    const operation = start(server.url, { options: { signal: ofCall.signal } });
    await operation;
    ofCall.abort();
    expect(await operation.wait({ signal: ofWait.signal })).toEqual({ done: true });
    expect(getEventListeners(ofWait.signal, "abort")).toHaveLength(0);
  });
});

describe("a timeout", () => {
  const isOver = (error: unknown): void => {
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({
      code: "TOTAL_TIMEOUT",
      timeout: 100,
      message: "works.things.make: the operation did not finish within 100 ms",
    });
  };

  it("ends a delay", async () => {
    const server = await serverOf({ name: "operations/1" });
    isOver(await failureOf(start(server.url).wait({ timeout: 100 })));
    expect(server.seen).toHaveLength(1);
  });

  it("ends a poll without a response", async () => {
    quickPauses();
    const server = await silentPolls();
    isOver(await failureOf(start(server.url).wait({ timeout: 100 })));
    expect(server.seen).toHaveLength(2);
  });

  it("ends the wait for the response, and the call continues", async () => {
    let respond = (): void => undefined;
    const server = await serve((_request, response) => {
      respond = () => json(response, 200, { name: "operations/1" });
    });
    const operation = start(server.url);
    isOver(await failureOf(operation.wait({ timeout: 100 })));
    respond();
    expect(await operation).toEqual({ name: "operations/1" });
    expect(server.seen).toHaveLength(1);
  });

  it("of the call applies to each poll, not to the wait", async () => {
    quickPauses();
    const server = await silentPolls();
    const error = await failureOf(start(server.url, { options: { totalTimeout: 200 } }).wait());
    expect(error).toMatchObject({
      code: "TOTAL_TIMEOUT",
      timeout: 200,
      message: expect.stringContaining("operations.get"),
    });
  });

  it("may be Infinity", async () => {
    quickPauses();
    const server = await serverOf({ name: "operations/1" }, { done: true });
    const operation = start(server.url);
    expect(await operation.wait({ timeout: Number.POSITIVE_INFINITY, signal: undefined })).toEqual({ done: true });
  });
});

describe("wait() rejects", () => {
  it.each<[string, object]>([
    ["timeout", { timeout: -1 }],
    ["timeout", { timeout: Number.NaN }],
    ["timeout", { timeout: "1s" }],
    ["signal", { signal: {} }],
  ])("%s: %o", async (parameter, options) => {
    const server = await serverOf({ done: true });
    const error = await failureOf(start(server.url).wait(options));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ code: "INVALID_REQUEST", faults: [{ parameter }] });
  });

  it.each<[string, unknown, number]>([
    ["that is not done", { name: "operations/1", done: false }, 200],
    ["that was not started", { error: { message: "no" } }, 400],
  ])("invalid options of an operation %s, without an unhandled rejection", async (_name, body, status) => {
    const unhandled = vi.fn<(reason: unknown) => void>();
    process.on("unhandledRejection", unhandled);
    onTestFinished(() => void process.off("unhandledRejection", unhandled));
    const server = await serve((_request, response) => json(response, status, body));
    const operation = start(server.url);
    await failureOf(operation.wait({ timeout: -1 }));
    await operation.then(
      () => undefined,
      () => undefined,
    );
    await setTimeout(50);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("promises of calls that do not start an operation", async () => {
    const other = new OperationPromise((resolve) => resolve({}));
    expect(await failureOf(other.wait())).toMatchObject({ message: "this promise is not that of a call" });
    const server = await serverOf({});
    const target = new ApiClient(api, { auth: new AnonymousCredentials(), rootUrl: server.url });
    const error = await failureOf(operate(target, get("v1/things"), {}, undefined).wait());
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: "works.operations.get does not start an operation" });
  });
});
