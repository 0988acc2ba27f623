/** The default transport of browsers and workers: `fetch`. */
import { InvalidRequestError } from "../../errors.js";
import type { CertificateSource } from "../client-certificate.js";
import type { Dispatcher } from "../dispatcher.js";
import { fetchTransport } from "../fetch.js";
import type { Transport } from "../transport.js";

/** @throws InvalidRequestError `INVALID_OPTION` for a dispatcher or certificate, which `fetch` does not support */
export function platformTransport(
  dispatcher: Dispatcher | undefined,
  certificate: CertificateSource | undefined,
): Transport {
  if (dispatcher !== undefined) throw unsupported("the client", "dispatcher");
  if (certificate !== undefined) throw unsupported("the client", "mtls");
  return fetchTransport();
}

/** @throws InvalidRequestError `INVALID_OPTION`, always: there is no undici in this build */
export function undiciTransport(_dispatcher?: Dispatcher): Transport {
  throw unsupported("undiciTransport", "dispatcher");
}

function unsupported(subject: string, parameter: string): InvalidRequestError {
  const message = "works only on Node: this platform uses fetch. Pass { transport: fetchTransport({ fetch }) }";
  return new InvalidRequestError(subject, [{ parameter, message }], "INVALID_OPTION");
}
