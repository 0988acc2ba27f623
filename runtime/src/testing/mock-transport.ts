/** A transport for tests: handlers, selected by method id, respond in place of the API. */
import {
  type ApiClient,
  type ClientOptions,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  InvalidRequestError,
  type MediaResponse,
  type StreamPromise,
  type Transport,
} from "@discogen/runtime";
import { type InstanceCheck, instancesOf, setKind } from "../kinds.js";
import { batchResponse } from "./batch-response.js";

/** A mark for the runtime: clients with a mock transport do not share a retry budget. */
const mock: unique symbol = Symbol.for("@discogen/runtime.mock");

/** The request that a handler gets. */
export interface MockRequest {
  /** For example `sql.instances.list`. */
  readonly methodId: string;
  readonly httpMethod: string;
  /** Encoded, without the query: `/sql/v1beta3/projects/p/instances`. */
  readonly path: string;
  /** Query parameters. A repeated parameter is an array. */
  readonly query: { readonly [name: string]: string | readonly string[] };
  /** Header fields, with names in lower case. */
  readonly headers: { readonly [name: string]: string };
  /** The value of a JSON body, else its text or bytes. `undefined` without a body. */
  readonly body: unknown;
}

/** A response with a status, headers, or a body that is not JSON. Created by {@link mockResponse}. */
export class MockResponse {
  static readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf("MockResponse");
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: unknown;

  constructor(status: number, headers: HttpHeaders, body: unknown) {
    setKind(this, "MockResponse");
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/**
 * Returns a response other than status 200 with JSON. A `body` of text or bytes is sent unchanged, other values as
 * JSON. Default: status 200, no headers, no body.
 */
export function mockResponse(init: {
  readonly status?: number;
  readonly headers?: HttpHeaders;
  readonly body?: unknown;
}): MockResponse {
  return new MockResponse(init.status ?? 200, init.headers ?? {}, init.body);
}

/** Responds to a request: returns the method's value or a {@link MockResponse}. If it throws, the call rejects. */
export type MockHandler<Value> = (request: MockRequest) => MockResponse | Value | Promise<MockResponse | Value>;

/**
 * Handlers by method id. An id is the path of a method with any prefix, because many documents use one:
 * `sql.instances.list`.
 */
export type MockHandlers<Client> = Client extends unknown // a condition, so that handlers' parameters are inferred
  ? { readonly [Path in MethodPath<Client> as `${string}.${Path}`]?: MockHandler<ValueAt<Client, Path>> }
  : never;

/** `instances.list` | `projects.locations.get` | … */
type MethodPath<Part> = {
  [Name in keyof Part & string]: Part[Name] extends (...args: never[]) => PromiseLike<unknown>
    ? Name
    : Part[Name] extends (...args: never[]) => unknown
      ? never
      : `${Name}.${MethodPath<Part[Name]>}`;
}[keyof Part & string];

/** The value that the method at this path returns. For content, bytes or text. For a stream, messages or an array. */
type ValueAt<Part, Path extends string> = Path extends keyof Part
  ? Part[Path] extends (...args: never[]) => StreamPromise<infer Item>
    ? AsyncIterable<Item> | readonly Item[]
    : Part[Path] extends (...args: never[]) => PromiseLike<infer Value>
      ? Value extends void
        ? unknown
        : Value extends MediaResponse
          ? Uint8Array | string
          : Value
      : never
  : Path extends `${infer Name}.${infer Rest}`
    ? Name extends keyof Part
      ? ValueAt<Part[Name], Rest>
      : never
    : never;

/** A transport that records its requests. */
export interface MockTransport extends Transport {
  /** All requests so far. */
  readonly requests: readonly MockRequest[];
}

/**
 * Returns a transport that responds with these handlers, without a network:
 * `new SQLAdminClient({ auth, transport })`. Retries, paging, operations, batches and errors work as usual. A request
 * without a handler fails with an `InvalidRequestError`. In a batch, an error of one handler rejects all calls.
 *
 * @param client The class of the client. It determines the method ids and the types of the handlers.
 */
export function createMockTransport<Client extends ApiClient>(
  client: new (options?: ClientOptions) => Client,
  handlers: MockHandlers<Client>,
): MockTransport {
  // The cast forgets the types of single methods: each handler takes a MockRequest and returns JSON.
  const byId = new Map(Object.entries(handlers as unknown as { readonly [id: string]: MockHandler<unknown> }));
  const requests: MockRequest[] = [];
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    if (request.parts !== undefined) return batchResponse(await Promise.all(request.parts.map(send)));
    const received = await mockRequest(request);
    requests.push(received);
    const handler = byId.get(received.methodId);
    if (handler === undefined) throw unhandled(client.name, received.methodId, [...byId.keys()]);
    const value = await handler(received);
    return httpResponse(value instanceof MockResponse ? value : mockResponse({ body: value ?? "" }));
  };
  return Object.defineProperty({ requests, send }, mock, { value: true });
}

function unhandled(client: string, methodId: string, known: readonly string[]): InvalidRequestError {
  const message = `has no handler; handlers: ${known.length === 0 ? "none" : known.join(", ")}`;
  return new InvalidRequestError(`the mock transport of ${client}`, [{ parameter: methodId, message }]);
}

async function mockRequest(request: HttpRequest): Promise<MockRequest> {
  const [path = "", query = ""] = request.path.split("?", 2);
  const parameters = new URLSearchParams(query);
  const entries = [...new Set(parameters.keys())].map((name) => {
    const [first = "", ...others] = parameters.getAll(name);
    return [name, others.length === 0 ? first : [first, ...others]] as const;
  });
  return {
    methodId: request.methodId ?? `${request.method} ${request.origin}`,
    httpMethod: request.method,
    path,
    query: Object.fromEntries(entries),
    headers: request.headers,
    body: await content(request),
  };
}

async function content({ body, headers }: HttpRequest): Promise<unknown> {
  if (typeof body === "string")
    return /\bjson\b/.test(headers["content-type"] ?? "") ? (JSON.parse(body) as unknown) : body;
  if (body === undefined || body instanceof Uint8Array) return body;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of body) chunks.push(new Uint8Array(chunk));
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function httpResponse({ body, headers, status }: MockResponse): HttpResponse {
  if (isAsyncIterable(body)) return { status, headers, body: chunksOf(body) };
  const isRaw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  const type = isRaw ? {} : { "content-type": "application/json; charset=UTF-8" };
  return { status, headers: { ...type, ...headers }, body: isRaw ? (body ?? "") : JSON.stringify(body) };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Yields bytes unchanged, other values as one line of JSON each. */
async function* chunksOf(values: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const value of values)
    yield value instanceof Uint8Array ? value : new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}
