/** Sends a request over a dispatcher. Loaded with the first request. */
import { longestTimer } from "./deadlines.js";
import { Exchange } from "./exchange.js";
import { ModernHandler } from "./modern-handler.js";
import { StreamedExchange } from "./streamed.js";
import type { HttpRequest, HttpResponse } from "./transport.js";
import type { Dispatcher } from "./dispatcher.js";

/**
 * One request and its answer.
 *
 * @param isPlain The dispatcher takes the exchange as it is: Node's client and plain dispatchers of our own undici.
 *   Others may be of another version, or change what they are given.
 */
export function exchange(dispatcher: Dispatcher, isPlain: boolean, request: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const exchange =
      request.stream === true ? new StreamedExchange(request, resolve, reject) : new Exchange(request, resolve, reject);
    if (exchange.done) return;
    const handler = isPlain ? exchange : new ModernHandler(exchange);
    dispatch(dispatcher, exchange, handler, isPlain ? request.headers : { ...request.headers });
  });
}

function dispatch(dispatcher: Dispatcher, exchange: Exchange, handler: object, headers: object): void {
  const { request } = exchange;
  try {
    dispatcher.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method,
        headers,
        body: bodyOf(exchange),
        // The exchange has a timer of its own, which also covers the wait for a connection.
        headersTimeout: 0,
        bodyTimeout: request.stream === true && request.timeout <= longestTimer ? request.timeout : 0,
      },
      handler,
    );
  } catch (error) {
    exchange.onError(error);
  }
}

function bodyOf(exchange: Exchange): HttpRequest["body"] | null {
  const { body } = exchange.request;
  if (typeof body !== "object" || body instanceof Uint8Array) return body ?? null;
  return {
    async *[Symbol.asyncIterator]() {
      for await (const piece of body) {
        exchange.onProgress();
        yield piece;
      }
      exchange.onProgress();
    },
  };
}
