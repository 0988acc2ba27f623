/** Sends requests over dispatchers of undici. Loaded with the first request, and undici with it. */
import symbols from "undici/lib/core/symbols.js";
import DispatcherBase from "undici/lib/dispatcher/dispatcher-base.js";
import { longestTimer } from "./deadlines.js";
import { Exchange } from "./exchange.js";
import { ModernHandler } from "./modern-handler.js";
import { StreamedExchange } from "./streamed.js";
import type { HttpRequest, HttpResponse } from "./transport.js";
import type { Dispatcher } from "./undici.js";

export { chooseDispatcher } from "./dispatchers.js";

/** How the plain dispatchers of our own undici, which is version 7, dispatch: `Agent`, `Pool`, `Client`. */
const plainDispatch: unknown = Reflect.get(DispatcherBase.prototype, "dispatch");

/** One request and its answer. */
export function exchange(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const exchange =
      request.stream === true ? new StreamedExchange(request, resolve, reject) : new Exchange(request, resolve, reject);
    if (exchange.done) return;
    // Plain dispatchers take the exchange as it is, which spares them to parse headers that nobody reads, and leave
    // the request's headers alone. Others may be of another version, or change what they are given, as the one for the
    // environment's proxies does though its `dispatch` is the plain one.
    const isPlain = dispatcher.dispatch === plainDispatch && !(symbols.kNoProxyAgent in dispatcher);
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
