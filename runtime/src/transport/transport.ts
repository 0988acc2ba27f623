/**
 * The seam between this package and the network.
 *
 * The default is {@link undiciTransport}. Write your own to send over something else: it gets whole requests and gives
 * whole answers; retries, sign-in, JSON and errors stay outside.
 */
import type { AbortSignal } from "../platform-types.js";

/** One HTTP request, ready to send. */
export interface HttpRequest {
  readonly method: string;
  /** Scheme, host and port: `https://sqladmin.googleapis.com`. */
  readonly origin: string;
  /** Encoded path and query, beginning with a slash. The URL is `origin + path`. */
  readonly path: string;
  /** Names are in lower case. */
  readonly headers: { readonly [name: string]: string };
  /** Once `send` has settled, the memory of a `Uint8Array` may be used for something else. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /**
   * Milliseconds until the whole answer must be there; for a streamed answer until its head, and then between two
   * pieces of its body. Begins anew with each piece of a `body` that is iterated. `Infinity`: no limit. On expiry the
   * transport throws a `TimeoutError`.
   */
  readonly timeout: number;
  /** When the answer, or the head of a streamed one, must be there whatever happens: in time of `performance.now()`. */
  readonly deadline?: number | undefined;
  /** On abort the transport ends the request, also while a body streams, and throws an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * On abort the transport stops reading a response that has begun and throws an `AbortError`. A request without a
   * response goes on; a response that begins later must end within 250 ms. Not for streamed bodies.
   */
  readonly readSignal?: AbortSignal | undefined;
  /** Give the body of a 2xx as it arrives. Otherwise collect it. */
  readonly stream?: boolean | undefined;
  /** Of a streamed body: leave the content-encoding on and name it in the answer. A transport need not be able to. */
  readonly keepEncoding?: boolean | undefined;
  /**
   * The largest body, after decoding, that the transport may collect, in bytes. Does not apply to streamed bodies. A
   * larger one is a `DiscogenError` with code `RESPONSE_TOO_LARGE`, and reading stops. Default: what a string can hold.
   */
  readonly maxResponseBytes?: number | undefined;
  /** The path is a secret, as that of an upload session is: keep it out of logs and messages. */
  readonly secretPath?: boolean | undefined;
  /** The API method, for instance `sql.instances.list`; absent for requests for tokens. */
  readonly methodId?: string | undefined;
  /** The requests that the body of a batch holds, in their order. */
  readonly parts?: readonly HttpRequest[] | undefined;
}

/** Header fields of an answer, names in lower case. */
export interface HttpHeaders {
  readonly [name: string]: string | readonly string[] | undefined;
}

/** One HTTP answer. Its body is already free of any content-encoding, but for one that `encoding` names. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The content-encoding that is still on the body: only where the request asked to keep it. */
  readonly encoding?: string | undefined;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** Sends requests. */
export interface Transport {
  /**
   * Resolves to any answer, whatever its status; redirects are not followed. Rejects with a `ConnectionError` (its
   * `sent: false` allows a repetition of any method), `TimeoutError` or `AbortError`. Whatever else it throws is
   * wrapped in a `ConnectionError`.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** The value of a header, or its first value. */
export function header(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

const selfLimited: WeakSet<Transport> = new WeakSet();

/** Marks a transport that ends every request at its limits, whatever happens below it. */
export function selfLimiting<T extends Transport>(transport: T): T {
  selfLimited.add(transport);
  return transport;
}

export function isSelfLimited(transport: Transport): boolean {
  return selfLimited.has(transport);
}
