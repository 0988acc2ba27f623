/** The user's own functions around each attempt. */
import { type Clock, sendWithin, withProgress } from "./limits.js";
import { connectionError } from "../transport/failure.js";
import type { HttpRequest, HttpResponse, Transport } from "../transport/transport.js";

/**
 * Wraps every attempt of a call: sees the signed request before it is sent and the answer, whatever its status, before
 * it is judged. May change either, answer by itself, or throw; what it throws ends the call as it is. Not called for
 * tokens. `request.body` may be a stream that can be read only once, and so may the answer's body.
 *
 * `signal`, `timeout` and `totalTimeout` of the call end it here too. The time of `next` is limited by itself; the
 * middleware has `timeout` before it, and again after it.
 */
export type Middleware = (
  request: HttpRequest,
  next: (request: HttpRequest) => Promise<HttpResponse>,
) => HttpResponse | Promise<HttpResponse>;

/** Signs a request for its own host alone. */
const signing: ReadonlySet<string> = new Set(["authorization", "cookie", "x-goog-api-key", "x-goog-user-project"]);

/** A transport that goes through these functions, the first one outermost. */
export function withMiddleware(transport: Transport, middleware: readonly Middleware[] | undefined): Transport {
  if (middleware === undefined || middleware.length === 0) return transport;
  return {
    send: (request) => sendWithin(request, (limited, clock) => through(transport, middleware, limited, clock)),
  };
}

/** The time below the middleware is not counted by its clock: the transport keeps the limits itself. */
function through(
  transport: Transport,
  middleware: readonly Middleware[],
  request: HttpRequest,
  clock: Clock,
): Promise<HttpResponse> {
  const { origin } = request;
  let next = async (inner: HttpRequest): Promise<HttpResponse> => {
    try {
      const answer = await clock.suspend(() => transport.send(inner.origin === origin ? inner : unsigned(inner)));
      // Headers among its own, so that `{ ...response, status }` keeps them: transports may work them out when asked.
      return { ...answer, headers: answer.headers, body: withProgress(answer.body, clock) };
    } catch (error) {
      // Told apart by its class from what the functions around throw themselves.
      throw connectionError(inner, error, true);
    }
  };
  for (const wrap of middleware.toReversed()) {
    const inner = next;
    next = async (outer) => wrap(outer, inner);
  }
  return next(request);
}

function unsigned(request: HttpRequest): HttpRequest {
  const headers = Object.entries(request.headers).filter(([name]) => !signing.has(name.toLowerCase()));
  return { ...request, headers: Object.fromEntries(headers) };
}
