/** The default transport: undici, with the caller's dispatcher, the global one, or the proxies of the environment. */
import { InvalidRequestError } from "../errors.js";
import type { CertificateSource } from "./client-certificate.js";
import type { Dispatcher } from "./dispatcher.js";
import { type HttpRequest, type HttpResponse, type Transport, selfLimiting } from "./transport.js";

/** The transport of {@link undiciTransport} and of clients with a certificate. */
export class UndiciTransport implements Transport {
  readonly #dispatcher: Dispatcher | undefined;
  readonly #certificate: CertificateSource | undefined;
  #send: Transport["send"] | undefined;
  #ready: Promise<void> | undefined;

  constructor(dispatcher: Dispatcher | undefined, certificate: CertificateSource | undefined) {
    this.#dispatcher = dispatcher;
    this.#certificate = certificate;
    selfLimiting<Transport>(this);
  }

  send(request: HttpRequest): Promise<HttpResponse> {
    return this.#send === undefined ? this.#begin(request) : this.#send(request);
  }

  async #begin(request: HttpRequest): Promise<HttpResponse> {
    this.#ready ??= this.#prepare().finally(() => {
      this.#ready = undefined;
    });
    await this.#ready;
    return this.send(request);
  }

  async #prepare(): Promise<void> {
    // Also loads undici. Programs that send no request do not load it.
    const { senderOver } = await import("./dispatchers.js");
    this.#send = await senderOver(this.#dispatcher, this.#certificate);
  }
}

/**
 * Returns a transport over undici. Node only.
 *
 * Without a dispatcher, each request uses the current dispatcher of `setGlobalDispatcher` (undici 6 to 8), else an
 * agent of this package. That agent uses the proxies of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, also in lower case,
 * which are read at the first request. Metadata servers and this machine never use a proxy.
 *
 * @throws InvalidRequestError for a dispatcher without `dispatch()`. `send` throws it for a proxy that is not a URL
 */
export function undiciTransport(dispatcher?: Dispatcher): Transport {
  if (dispatcher !== undefined && typeof dispatcher?.dispatch !== "function") {
    const fault = {
      parameter: "dispatcher",
      message: "has no dispatch(): pass an Agent, Pool or another dispatcher of undici",
    };
    throw new InvalidRequestError("undiciTransport", [fault], "INVALID_OPTION");
  }
  return new UndiciTransport(dispatcher, undefined);
}
