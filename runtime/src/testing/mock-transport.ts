/** A transport for tests: functions of the test's own answer in place of the API, told apart by method id. */
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

/** Known to the runtime: clients of a mock share no retry budget. */
const mock: unique symbol = Symbol.for("@discogen/runtime.mock");

/** One request as its handler sees it. */
export interface MockRequest {
  /** For instance `sql.instances.list`. */
  readonly methodId: string;
  readonly httpMethod: string;
  /** Encoded, without the query: `/sql/v1beta3/projects/p/instances`. */
  readonly path: string;
  /** Query parameters; one that is given more than once is a list. */
  readonly query: { readonly [name: string]: string | readonly string[] };
  /** Names are in lower case. */
  readonly headers: { readonly [name: string]: string };
  /** What was sent as JSON, else text or bytes; `undefined` where there was no body. */
  readonly body: unknown;
}

/** An answer with a status, headers, or a body that is no JSON. Made by {@link mockResponse}. */
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
 * An answer other than 200 with JSON. `body`: text and bytes go as they are, everything else as JSON. Default: status
 * 200, no headers, no body.
 */
export function mockResponse(init: {
  readonly status?: number;
  readonly headers?: HttpHeaders;
  readonly body?: unknown;
}): MockResponse {
  return new MockResponse(init.status ?? 200, init.headers ?? {}, init.body);
}

/** Answers a request: with the value of the method, or a {@link MockResponse}. What it throws ends the call as it is. */
export type MockHandler<Value> = (request: MockRequest) => MockResponse | Value | Promise<MockResponse | Value>;

/**
 * Handlers by method id. The ids are those of the client's own methods, with anything in front, since many documents
 * begin them with a name of their own (`sql.instances.list`).
 */
export type MockHandlers<Client> = Client extends unknown // A condition, or handlers would not know what they take.
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

/** What the method at this path returns; of content its bytes or text. A stream also comes one message at a time. */
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

/** A transport that remembers what it was asked. */
export interface MockTransport extends Transport {
  /** Every request so far. */
  readonly requests: readonly MockRequest[];
}

/**
 * A transport that answers with these handlers, without a network: `new SQLAdminClient({ auth, transport })`. Retries,
 * paging, waiting, batches and errors run as ever. A request that no handler is for fails with an
 * `InvalidRequestError`. In a batch, what a handler throws ends every call of that batch.
 *
 * @param client The class of the client that it is for: it tells the ids and what each method answers.
 */
export function createMockTransport<Client extends ApiClient>(
  client: new (options?: ClientOptions) => Client,
  handlers: MockHandlers<Client>,
): MockTransport {
  // By name, whatever the client: a handler gets what it takes, and what it gives is JSON in any case.
  const byId = new Map(Object.entries(handlers as unknown as { readonly [id: string]: MockHandler<unknown> }));
  const requests: MockRequest[] = [];
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    if (request.parts !== undefined) return batchResponse(await Promise.all(request.parts.map(send)));
    const seen = await mockRequest(request);
    requests.push(seen);
    const handler = byId.get(seen.methodId);
    if (handler === undefined) throw unhandled(client.name, seen.methodId, [...byId.keys()]);
    const answer = await handler(seen);
    return answer instanceof MockResponse ? httpResponse(answer) : httpResponse(mockResponse({ body: answer ?? "" }));
  };
  return Object.defineProperty({ requests, send }, mock, { value: true });
}

function unhandled(client: string, methodId: string, known: readonly string[]): InvalidRequestError {
  const message = `has no handler; there are those of ${known.length === 0 ? "no method" : known.join(", ")}`;
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

/** Bytes as they are, everything else as JSON, a line each. */
async function* chunksOf(values: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const value of values)
    yield value instanceof Uint8Array ? value : new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}
