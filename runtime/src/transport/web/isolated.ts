/** Browsers and workers manage their connections themselves. */
import { fetchTransport } from "../fetch.js";
import type { IsolatedTransport } from "../node/isolated.js";

/** Returns the `fetch` transport. It has no certificate, and its connections cannot be closed. */
export function isolatedTransport(_tls?: object): IsolatedTransport {
  return { transport: fetchTransport(), destroy: () => undefined };
}
