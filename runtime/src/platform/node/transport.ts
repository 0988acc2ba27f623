/** The default transport of Node. */
import type { CertificateSource } from "../../transport/client-certificate.js";
import type { Dispatcher } from "../../transport/dispatcher.js";
import type { Transport } from "../../transport/transport.js";
import { UndiciTransport } from "../../transport/undici.js";

export { undiciTransport } from "../../transport/undici.js";

/** The transport of clients and credentials that are given none. */
export function platformTransport(
  dispatcher: Dispatcher | undefined,
  certificate: CertificateSource | undefined,
): Transport {
  return new UndiciTransport(dispatcher, certificate);
}
