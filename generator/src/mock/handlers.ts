/** User functions that handle requests in place of the mock, by method id. */
import type { IncomingHttpHeaders } from "node:http";
import { quotedName } from "@discogen/runtime/names";
import type { IndexedMethod } from "./api-index.js";
import type { Call } from "./call.js";
import type { HttpResponse } from "./google-error.js";
import type { JsonObject } from "./json.js";
import type { HttpRequest } from "./request.js";

/** A request as a handler receives it: routed and authorized, with valid parameters and body. */
export interface MockRequest {
  /** For example `sql.instances.list`. */
  readonly methodId: string;
  readonly httpMethod: string;
  /** As sent, without the query. */
  readonly path: string;
  /** Path parameters, decoded. */
  readonly params: { readonly [name: string]: string };
  /** Query parameters. A repeated parameter is an array. */
  readonly query: { readonly [name: string]: string | readonly string[] };
  /** Names are lowercase. */
  readonly headers: IncomingHttpHeaders;
  /** `undefined` if the request has no body. For an upload, the metadata. */
  readonly body: JsonObject | undefined;
  /** Content of an upload; `undefined` for any other request. */
  readonly content: { readonly data: Uint8Array; readonly type: string } | undefined;
}

/** A response with its own status and headers. Created by {@link mockAnswer}. */
export class MockAnswer {
  readonly response: HttpResponse;

  constructor(response: HttpResponse) {
    this.response = response;
  }
}

/** Creates a response other than 200 with JSON. Default: status 200, no body, no headers. */
export function mockAnswer(init: {
  readonly status?: number;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}): MockAnswer {
  return new MockAnswer({ status: init.status ?? 200, body: init.body, headers: init.headers ?? {} });
}

/** The value of the method, or a {@link MockAnswer}. If `undefined`, the mock handles the request. */
export type MockResult = JsonObject | MockAnswer | undefined;

/** Handles a request, synchronously or asynchronously. */
export type MockHandler = (request: MockRequest) => MockResult | Promise<MockResult>;

/** Handlers or constant response values, by method id. */
export type MockHandlers = { readonly [methodId: string]: MockHandler | JsonObject };

export type Override = (call: Call, request: HttpRequest) => Promise<HttpResponse | undefined>;

/** @throws {RangeError} for an unknown method id */
export function handled(
  entries: readonly IndexedMethod[],
  handlers: MockHandlers,
): ReadonlyMap<IndexedMethod, Override> {
  return new Map(
    Object.entries(handlers).flatMap(([id, handler]) => {
      const found = entries.filter(({ method }) => method.id === id);
      if (found.length === 0) throw new RangeError(`the served APIs have no method with the id ${quotedName(id)}`);
      return found.map((entry): [IndexedMethod, Override] => [entry, overrideBy(handler)]);
    }),
  );
}

function overrideBy(handler: MockHandler | JsonObject): Override {
  return async (call, request) => {
    const value = typeof handler === "function" ? await handler(mockRequest(call, request)) : handler;
    if (value === undefined) return undefined;
    return value instanceof MockAnswer ? value.response : { status: 200, body: value };
  };
}

function mockRequest(
  { entry: { method }, variables, body, content }: Call,
  { path, query, headers }: HttpRequest,
): MockRequest {
  const parameters = Array.from(new Set(query.keys()), (name) => {
    const [first = "", ...others] = query.getAll(name);
    return [name, others.length === 0 ? first : [first, ...others]] as const;
  });
  return {
    methodId: method.id,
    httpMethod: method.httpMethod,
    path,
    params: Object.fromEntries(variables),
    query: Object.fromEntries(parameters),
    headers,
    body,
    content: content && { data: content.bytes, type: content.type },
  };
}
