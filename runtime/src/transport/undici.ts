/** The default transport: undici, through the caller's dispatcher or the global one. */
import { InvalidRequestError } from "../errors.js";
import { longestTimer } from "./deadlines.js";
import { Exchange } from "./exchange.js";
import { ModernHandler } from "./modern-handler.js";
import { StreamedExchange } from "./streamed.js";
import type { HttpRequest, HttpResponse, Transport } from "./transport.js";

/**
 * Anything with undici's `dispatch`: `Agent`, `Pool`, `ProxyAgent`, `MockAgent`, … of undici 6, 7 or 8. Structural, so
 * that undici's own types are not needed and its versions do not clash.
 */
export interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}

/** What is used of undici, once it is loaded. */
interface Undici {
  getGlobalDispatcher(): Dispatcher;
  /** How the plain dispatchers of our own undici, which is version 7, dispatch: `Agent`, `Pool`, `Client`. */
  readonly plainDispatch: unknown;
}

let undici: Undici | undefined;

/** Loaded with the first request: a program that sends none need not wait for it. */
async function loadUndici(): Promise<void> {
  const [global, base] = await Promise.all([
    import("undici/lib/global.js"),
    import("undici/lib/dispatcher/dispatcher-base.js"),
  ]);
  undici = {
    getGlobalDispatcher: global.default.getGlobalDispatcher,
    plainDispatch: Reflect.get(base.default.prototype, "dispatch"),
  };
}

class UndiciTransport implements Transport {
  readonly #dispatcher: Dispatcher | undefined;

  constructor(dispatcher: Dispatcher | undefined) {
    this.#dispatcher = dispatcher;
  }

  send(request: HttpRequest): Promise<HttpResponse> {
    const loaded = undici;
    if (loaded === undefined) return loadUndici().then(() => this.send(request));
    // The global dispatcher is asked for each time: a test or a proxy may be set at any moment.
    const dispatcher = this.#dispatcher ?? loaded.getGlobalDispatcher();
    return new Promise((resolve, reject) => {
      const exchange =
        request.stream === true
          ? new StreamedExchange(request, resolve, reject)
          : new Exchange(request, resolve, reject);
      if (exchange.done) return;
      // Plain dispatchers take the exchange as it is, which spares them to parse headers that nobody reads, and leave
      // the request's headers alone. Others may be of another version, or change what they are given.
      const isPlain = dispatcher.dispatch === loaded.plainDispatch;
      const handler = isPlain ? exchange : new ModernHandler(exchange);
      dispatch(dispatcher, exchange, handler, isPlain ? request.headers : { ...request.headers });
    });
  }
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

/**
 * A transport over undici.
 *
 * @param dispatcher Default: undici's global dispatcher at the time of each request, which is what
 * `setGlobalDispatcher` sets.
 */
export function undiciTransport(dispatcher?: Dispatcher): Transport {
  if (dispatcher !== undefined && typeof dispatcher?.dispatch !== "function") {
    const fault = { parameter: "dispatcher", message: "has no dispatch(): pass an Agent, Pool or the like of undici" };
    throw new InvalidRequestError("undiciTransport", [fault], "INVALID_OPTION");
  }
  return new UndiciTransport(dispatcher);
}
