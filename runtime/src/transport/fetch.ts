/** A transport over `fetch`, for platforms other than Node and for callers with their own `fetch`. */
import { InvalidRequestError } from "../errors.js";
import type { Fetch } from "./fetch-types.js";
import { type Transport, selfLimiting } from "./transport.js";

/** Options of {@link fetchTransport}. */
export interface FetchTransportOptions {
  /** Sends the requests. Default: the platform's `fetch` at the time of each request. */
  readonly fetch?: Fetch | undefined;
}

/**
 * Returns a transport over `fetch`. It has the same errors, timeouts and streams as the transport over undici, and does
 * not load undici. The differences:
 *
 * - `fetch` reports fewer details of errors. `ConnectionError.sent` is `false` only if `fetch` reports a failure to
 *   connect, as Node's does. Other failed requests count as sent, so POST and PATCH are not retried.
 * - `fetch` manages proxies, client certificates and connections, and decodes bodies. Node's `fetch` does not notice
 *   truncated compressed data, and fails after five minutes without data, even with a longer timeout.
 * - Strings, bytes and blobs are sent as bytes. A stream is sent as a stream if the platform supports this. Browsers do
 *   not, so there it is collected first, up to 32 MiB.
 * - Browsers set `user-agent` and `accept-encoding` themselves. They hide the target of a redirect, which is an error
 *   with code `INVALID_RESPONSE`.
 *
 * @throws InvalidRequestError if there is no `fetch`
 */
export function fetchTransport(options: FetchTransportOptions = {}): Transport {
  const { fetch } = options;
  if (typeof (fetch ?? globalThis.fetch) !== "function") {
    const message = fetch === undefined ? "is required: this platform has no fetch" : "must be a function";
    throw new InvalidRequestError("fetchTransport", [{ parameter: "fetch", message }], "INVALID_OPTION");
  }
  return selfLimiting({
    async send(request) {
      const { FetchExchange } = await import("./fetch-exchange.js");
      return new FetchExchange(request).send(fetch ?? globalThis.fetch);
    },
  });
}
