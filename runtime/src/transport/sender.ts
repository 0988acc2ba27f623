/** Sends a request over a dispatcher. Loaded with the first request. */
import { longestTimer } from "./deadlines.js";
import { Exchange } from "./exchange.js";
import { ModernHandler } from "./modern-handler.js";
import { StreamedExchange } from "./streamed.js";
import type { HttpRequest, HttpResponse } from "./transport.js";
import type { Dispatcher } from "./dispatcher.js";

/**
 * Sends a request and returns its response.
 *
 * @param isPlain Whether the dispatcher is an agent of this package, which accepts the exchange as its handler. Other
 *   dispatchers may belong to another version of undici, or change the headers object.
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
        // The exchange has its own timer, which includes the time to connect.
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
      for await (const chunk of body) {
        exchange.onProgress();
        yield chunk;
      }
      exchange.onProgress();
    },
  };
}
