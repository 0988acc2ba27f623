/**
 * The interface between this package and the network.
 *
 * The default is {@link undiciTransport}. Implement {@link Transport} to send requests in another way. A transport gets
 * complete requests and returns complete responses. Retries, authentication, JSON and errors are handled outside.
 */
import type { AbortSignal } from "../platform-types.js";

/** One HTTP request, ready to send. */
export interface HttpRequest {
  readonly method: string;
  /** Scheme, host and port: `https://sqladmin.googleapis.com`. */
  readonly origin: string;
  /** Encoded path and query, beginning with a slash. The URL is `origin + path`. */
  readonly path: string;
  /** Header fields, with names in lower case. */
  readonly headers: { readonly [name: string]: string };
  /** After `send` has settled, the caller may reuse the memory of a `Uint8Array`. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /**
   * The timeout for the complete response, in milliseconds. For a streamed response: until its head, and then between
   * two chunks of its body. Starts again with each chunk of an iterable request `body`. `Infinity`: no timeout. On
   * expiry the transport throws a `TimeoutError`.
   */
  readonly timeout: number;
  /** The latest time for the complete response, or the head of a streamed one, in `performance.now()` time. */
  readonly deadline?: number | undefined;
  /** On abort the transport cancels the request, also while a body streams, and throws an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * On abort the transport stops reading a response that has begun and throws an `AbortError`. A request without a
   * response continues. A response that begins later must end within 250 ms. Not for streamed bodies.
   */
  readonly readSignal?: AbortSignal | undefined;
  /** Return the body of a 2xx response as a stream. Otherwise collect it. */
  readonly stream?: boolean | undefined;
  /** For streamed bodies: do not decode the content-encoding, and name it in the response. Support is optional. */
  readonly keepEncoding?: boolean | undefined;
  /**
   * The maximum size of a collected body after decoding, in bytes. Does not apply to streamed bodies. For a larger body
   * the transport stops reading and throws a `DiscogenError` with code `RESPONSE_TOO_LARGE`. Default: the maximum
   * length of a string.
   */
  readonly maxResponseBytes?: number | undefined;
  /** The path is a secret, for example of an upload session. Do not log it or use it in messages. */
  readonly secretPath?: boolean | undefined;
  /** The API method, for example `sql.instances.list`. Absent for token requests. */
  readonly methodId?: string | undefined;
  /** The requests in the body of a batch, in order. */
  readonly parts?: readonly HttpRequest[] | undefined;
}

/** Header fields of a response, with names in lower case. */
export interface HttpHeaders {
  readonly [name: string]: string | readonly string[] | undefined;
}

/** One HTTP response. The transport has decoded its body, except for a content-encoding in `encoding`. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The content-encoding that the body still has. Only set for requests with `keepEncoding`. */
  readonly encoding?: string | undefined;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** Sends requests. */
export interface Transport {
  /**
   * Resolves to the response, with any status. Does not follow redirects. Rejects with a `ConnectionError`,
   * `TimeoutError` or `AbortError`. `sent: false` in a `ConnectionError` allows a retry of any method. The runtime
   * wraps other errors in a `ConnectionError`.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** Returns the value of a header, or its first value. */
export function header(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

const selfLimited: WeakSet<Transport> = new WeakSet();

/** Marks a transport that enforces timeout, deadline and signal of requests itself. */
export function selfLimiting<T extends Transport>(transport: T): T {
  selfLimited.add(transport);
  return transport;
}

export function isSelfLimited(transport: Transport): boolean {
  return selfLimited.has(transport);
}
