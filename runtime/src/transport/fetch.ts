/** A transport over `fetch`, for platforms other than Node and for whoever brings a `fetch` of their own. */
import { InvalidRequestError } from "../errors.js";
import type { Fetch } from "./fetch-exchange.js";
import { type Transport, selfLimiting } from "./transport.js";

/** Options of {@link fetchTransport}. */
export interface FetchTransportOptions {
  /** Sends the requests. Default: the platform's at the time of each request. */
  readonly fetch?: Fetch | undefined;
}

/**
 * A transport over `fetch`, with the errors, limits and streams of the one over undici, which is not loaded.
 *
 * `fetch` tells less of what went wrong: only where it names a failure to connect, as Node's does, is a request known
 * not to have been sent (`ConnectionError.sent`); of any other it is assumed that it was, so POST and PATCH are not
 * repeated. Proxies, client certificates and connections are the business of `fetch`. Bodies are decoded by it too:
 * Node's overlooks that compressed data breaks off. Node's also ends a silence of five minutes, whatever the limits.
 *
 * Strings, bytes and blobs are sent as bytes. A stream is sent as a stream where the platform can; browsers cannot, and
 * there it is collected first, up to 32 MiB. Browsers set `user-agent` and `accept-encoding` themselves, and hide where
 * a redirect leads: it is an error with code `INVALID_RESPONSE`.
 *
 * @throws InvalidRequestError where there is no `fetch`
 */
export function fetchTransport(options: FetchTransportOptions = {}): Transport {
  const { fetch } = options;
  if (typeof (fetch ?? globalThis.fetch) !== "function") {
    const message = fetch === undefined ? "is missing: this platform has none" : "must be a function";
    throw new InvalidRequestError("fetchTransport", [{ parameter: "fetch", message }], "INVALID_OPTION");
  }
  return selfLimiting({
    async send(request) {
      const { FetchExchange } = await import("./fetch-exchange.js");
      return new FetchExchange(request).send(fetch ?? globalThis.fetch);
    },
  });
}
