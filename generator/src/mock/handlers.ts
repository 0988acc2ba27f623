/** Functions of the user's own that answer in place of the mock, by method id. */
import type { IncomingHttpHeaders } from "node:http";
import { quotedName } from "@discogen/runtime/names";
import type { IndexedMethod } from "./api-index.js";
import type { Call } from "./call.js";
import type { Answer } from "./google-error.js";
import type { JsonObject } from "./json.js";
import type { HttpRequest } from "./listener.js";

/** One request as its handler sees it: routed, signed in, its parameters and body checked. */
export interface MockRequest {
  /** For instance `sql.instances.list`. */
  readonly methodId: string;
  readonly httpMethod: string;
  /** As it was sent, without the query. */
  readonly path: string;
  /** Path parameters, decoded. */
  readonly params: { readonly [name: string]: string };
  /** Query parameters; one that is given more than once is a list. */
  readonly query: { readonly [name: string]: string | readonly string[] };
  /** Names are in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Undefined where there was none. */
  readonly body: JsonObject | undefined;
}

/** An answer with a status and headers of its own. Made by {@link mockAnswer}. */
export class MockAnswer {
  readonly answer: Answer;

  constructor(answer: Answer) {
    this.answer = answer;
  }
}

/** An answer other than 200 with JSON. Default: status 200, no body, no headers. */
export function mockAnswer(init: {
  readonly status?: number;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}): MockAnswer {
  return new MockAnswer({ status: init.status ?? 200, body: init.body, headers: init.headers ?? {} });
}

/** The method's value, or a {@link MockAnswer}; undefined leaves the request to the mock. */
export type MockResult = JsonObject | MockAnswer | undefined;

/** Answers a request, at once or later. */
export type MockHandler = (request: MockRequest) => MockResult | Promise<MockResult>;

/** Handlers, or answers that are always the same, by method id. */
export type MockHandlers = { readonly [methodId: string]: MockHandler | JsonObject };

type Override = (call: Call, request: HttpRequest) => Promise<Answer | undefined>;

/** @throws {RangeError} for an id that no method has */
export function handled(
  entries: readonly IndexedMethod[],
  handlers: MockHandlers,
): ReadonlyMap<IndexedMethod, Override> {
  return new Map(
    Object.entries(handlers).flatMap(([id, handler]) => {
      const found = entries.filter(({ method }) => method.id === id);
      if (found.length === 0) throw new RangeError(`no method of the served APIs has the id ${quotedName(id)}`);
      return found.map((entry): [IndexedMethod, Override] => [entry, overrideBy(handler)]);
    }),
  );
}

function overrideBy(handler: MockHandler | JsonObject): Override {
  return async (call, request) => {
    const value = typeof handler === "function" ? await handler(mockRequest(call, request)) : handler;
    if (value === undefined) return undefined;
    return value instanceof MockAnswer ? value.answer : { status: 200, body: value };
  };
}

function mockRequest({ entry: { method }, variables, body }: Call, { path, query, headers }: HttpRequest): MockRequest {
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
  };
}
