/** The default transport of Node. The build for browsers and workers replaces this file. */
import { isFetchChosen } from "../transport-choice.js";
import type { CertificateSource } from "../client-certificate.js";
import type { Dispatcher } from "../dispatcher.js";
import { fetchTransport } from "../fetch.js";
import type { Transport } from "../transport.js";
import { UndiciTransport } from "../undici.js";

export { undiciTransport } from "../undici.js";

/**
 * Returns the transport for a client or credentials that were given none. `DISCOGEN_TRANSPORT` is read now: `fetch`
 * replaces undici, except where a dispatcher or a client certificate is given, which `fetch` does not take.
 *
 * @throws InvalidRequestError `INVALID_OPTION` for a value of `DISCOGEN_TRANSPORT` that is not known
 */
export function platformTransport(
  dispatcher: Dispatcher | undefined,
  certificate: CertificateSource | undefined,
): Transport {
  const usesFetch = isFetchChosen() && dispatcher === undefined && certificate === undefined;
  return usesFetch ? fetchTransport() : new UndiciTransport(dispatcher, certificate);
}
