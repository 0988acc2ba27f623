/** Runs the user's functions around each attempt. */
import { connectionError } from "../transport/failure.js";
import type { HttpRequest, HttpResponse, Transport } from "../transport/transport.js";
import { type Clock, sendWithin, withProgress } from "./limits.js";

/**
 * Wraps every attempt of a call. It receives the authorized request before it is sent, and the response of any status
 * before it is checked. It may change both, return its own response, or throw. Its errors end the call unchanged. Not
 * called for token requests. The bodies of request and response may be streams that can be read only once.
 *
 * `signal`, `timeout` and `totalTimeout` of the call apply to middleware too. `timeout` limits the time before `next`,
 * and separately the time after it. `next` has its own timeout.
 */
export type Middleware = (
  request: HttpRequest,
  next: (request: HttpRequest) => Promise<HttpResponse>,
) => HttpResponse | Promise<HttpResponse>;

/** Headers that authorize a request. They are sent only to its original origin. */
const authorizing: ReadonlySet<string> = new Set(["authorization", "cookie", "x-goog-api-key", "x-goog-user-project"]);

/** Returns a transport that calls these functions. The first one is the outermost. */
export function withMiddleware(transport: Transport, middleware: readonly Middleware[] | undefined): Transport {
  if (middleware === undefined || middleware.length === 0) return transport;
  return {
    send: (request) => sendWithin(request, (limited, clock) => through(transport, middleware, limited, clock)),
  };
}

/** The clock of the middleware stops while the transport sends, which applies the timeouts itself. */
function through(
  transport: Transport,
  middleware: readonly Middleware[],
  request: HttpRequest,
  clock: Clock,
): Promise<HttpResponse> {
  const { origin } = request;
  let next = async (inner: HttpRequest): Promise<HttpResponse> => {
    try {
      const response = await clock.suspend(() => transport.send(inner.origin === origin ? inner : unauthorized(inner)));
      // Headers as an own property, so that `{ ...response, status }` keeps them. In a transport they may be a getter.
      return { ...response, headers: response.headers, body: withProgress(response.body, clock) };
    } catch (error) {
      // The class distinguishes it from the errors of the middleware.
      throw connectionError(inner, error, true);
    }
  };
  for (const wrap of middleware.toReversed()) {
    const inner = next;
    next = async (outer) => wrap(outer, inner);
  }
  return next(request);
}

function unauthorized(request: HttpRequest): HttpRequest {
  const headers = Object.entries(request.headers).filter(([name]) => !authorizing.has(name.toLowerCase()));
  return { ...request, headers: Object.fromEntries(headers) };
}
