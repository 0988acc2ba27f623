/** Node's default transport. The build for browsers and workers replaces this file. */
import type { CertificateSource } from "../../transport/client-certificate.js";
import type { Dispatcher } from "../../transport/dispatcher.js";
import { fetchTransport } from "../../transport/fetch.js";
import { isFetchChosen } from "../../transport/transport-choice.js";
import type { Transport } from "../../transport/transport.js";
import { UndiciTransport } from "../../transport/undici.js";

export { undiciTransport } from "../undici.js";

/**
 * Returns the default transport of clients and credentials. With `DISCOGEN_TRANSPORT=fetch` it uses `fetch` instead of
 * undici, except with a dispatcher or a client certificate, which `fetch` does not support.
 *
 * @throws InvalidRequestError `INVALID_OPTION` for an unknown value of `DISCOGEN_TRANSPORT`
 */
export function platformTransport(
  dispatcher: Dispatcher | undefined,
  certificate: CertificateSource | undefined,
): Transport {
  const usesFetch = isFetchChosen() && dispatcher === undefined && certificate === undefined;
  return usesFetch ? fetchTransport() : new UndiciTransport(dispatcher, certificate);
}
