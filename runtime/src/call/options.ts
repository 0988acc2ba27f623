/** Options of clients, calls and batches, and the checks of call options. */
import type { Credentials } from "../auth/credentials.js";
import { type Fault, InvalidRequestError, addFault, invalidRequest } from "../errors.js";
import type { AbortSignal } from "../platform-types.js";
import type { Logger } from "../policy/logger.js";
import type { Middleware } from "../policy/middleware.js";
import type { RetryOptions } from "../policy/retry.js";
import type { HeadersInput } from "../request/headers.js";
import type { ClientCertificate } from "../transport/client-certificate.js";
import type { Dispatcher } from "../transport/dispatcher.js";
import type { Transport } from "../transport/transport.js";
import { type Known, checkNames } from "./check-names.js";

/** Options of one call. They override the client's. */
export interface CallOptions {
  /** Aborts the call in any phase: token, request, body, delay before a retry, next page. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds for one attempt, until the complete response has arrived. For a streamed body: until the headers, and
   * then between two chunks. Restarts with each chunk of an upload. Also applies to credentials, middleware and a custom
   * {@link ClientOptions.transport}. `Infinity`: no limit. Default: 60,000.
   */
  readonly timeout?: number | undefined;
  /** Milliseconds for the call with authentication, retries and delays. Restarts with each page. Default: no limit. */
  readonly totalTimeout?: number | undefined;
  /** `false`: one attempt. Omitted fields are the client's. */
  readonly retry?: false | RetryOptions | undefined;
  /** Additional header fields. They override those of the client and the runtime. */
  readonly headers?: HeadersInput | undefined;
  /** The project for quota and billing: `X-Goog-User-Project`. */
  readonly quotaProject?: string | undefined;
  /** `If-Match`: if the resource has another etag, the call throws `ApiError` with code `PRECONDITION_FAILED`. */
  readonly ifMatch?: string | undefined;
  /** `If-None-Match`: if the resource has this etag, the call throws `ApiError` with code `NOT_MODIFIED`. */
  readonly ifNoneMatch?: string | undefined;
}

/** Options of `send()` of a batch. */
export interface BatchOptions {
  /** Aborts every call of the batch that is not settled. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The maximum number of calls in one request, from 1 to 1,000. More calls are sent as several requests in parallel.
   * Some APIs accept fewer: Gmail 100, Classroom 50. Default: 1,000.
   */
  readonly size?: number | undefined;
}

/** Options of a client. */
export interface ClientOptions {
  /** Credentials. Required. To send requests without authorization, pass `new AnonymousCredentials()`. */
  readonly auth?: Credentials | undefined;
  /**
   * Sends every call to another address: an emulator, a proxy, a private endpoint. http or https, may have a path. With
   * credentials, http is allowed only for loopback addresses.
   */
  readonly rootUrl?: string | undefined;
  /**
   * Sends every call to the endpoint of this region, for example `us-central1`. The API's document lists the regions.
   * {@link rootUrl} overrides it. Default: the global endpoint.
   */
  readonly region?: string | undefined;
  /**
   * The domain of the cloud, which credentials must belong to. Default: `GOOGLE_CLOUD_UNIVERSE_DOMAIN`, else
   * `googleapis.com`. With {@link rootUrl}, credentials are checked only against a domain that is set here.
   */
  readonly universeDomain?: string | undefined;
  /**
   * The client certificate. Requests are then sent to the API's mTLS endpoint (AIP-4114). `false`: no certificate, even
   * if the environment requires one. Default: as `GOOGLE_API_USE_CLIENT_CERTIFICATE` and related variables specify.
   */
  readonly mtls?: false | ClientCertificate | undefined;
  /** The project for quota and billing: `X-Goog-User-Project`. Default: that of the credentials. */
  readonly quotaProject?: string | undefined;
  /** Precedes this package's own `User-Agent`, for example `my-tool/1.2`. */
  readonly userAgent?: string | undefined;
  /** Header fields of every request. */
  readonly headers?: HeadersInput | undefined;
  /** Milliseconds for one attempt, see {@link CallOptions.timeout}. Default: 60,000. */
  readonly timeout?: number | undefined;
  /** Milliseconds for one call, see {@link CallOptions.totalTimeout}. Default: no limit. */
  readonly totalTimeout?: number | undefined;
  /** `false`: one attempt. Default: up to 3 retries if they are safe. */
  readonly retry?: false | RetryOptions | undefined;
  /**
   * undici's `Agent`, `Pool`, `ProxyAgent`, `MockAgent` and so on. Also used for tokens. Node only. Default: that of
   * `setGlobalDispatcher`, else an agent of this package, which uses `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
   */
  readonly dispatcher?: Dispatcher | undefined;
  /**
   * Sends requests. Also used for tokens. Default: undici on Node, or `fetch` if `DISCOGEN_TRANSPORT=fetch` is set. In
   * browsers and workers: `fetch`.
   */
  readonly transport?: Transport | undefined;
  /** Functions around every attempt. The first one is the outermost. Not called for token requests. */
  readonly middleware?: readonly Middleware[] | undefined;
  /**
   * The maximum size of a response, and of a message of a stream, in bytes after decoding. A larger one throws a
   * `DiscogenError` with code `RESPONSE_TOO_LARGE`. Does not apply to content, which is streamed, or to bodies of
   * errors, which are cut at 1 MiB. Default and maximum: the length of the longest string, 536,870,888.
   */
  readonly maxResponseBytes?: number | undefined;
  /**
   * Logs calls, without secrets. `console` is a logger. Default: none, or standard error if the environment variable
   * `DISCOGEN_LOG` is `debug`, `info`, `warn` or `error`.
   */
  readonly logger?: Logger | undefined;
}

/** The default of {@link CallOptions.timeout}. */
export const defaultTimeout: number = 60_000;

/** Names of {@link CallOptions}. */
export const callOptions: Known<CallOptions> = {
  headers: 1,
  ifMatch: 1,
  ifNoneMatch: 1,
  quotaProject: 1,
  retry: 1,
  signal: 1,
  timeout: 1,
  totalTimeout: 1,
};

const retryOptions: Known<RetryOptions> = { attempts: 1, decide: 1, idempotent: 1, maxDelay: 1 };

/** Checks the options that clients and calls have in common. */
export function checkLimits(options: CallOptions | ClientOptions, faults: Fault[]): void {
  checkTime("timeout", options.timeout, faults);
  checkTime("totalTimeout", options.totalTimeout, faults);
  const { retry } = options;
  if (retry === undefined || retry === false) return;
  if (typeof retry !== "object" || retry === null) {
    addFault(faults, "retry", "must be false or { attempts, maxDelay, idempotent }");
    return;
  }
  checkNames(retry, retryOptions, faults, "retry.");
  const { attempts, decide, idempotent, maxDelay } = retry;
  if (attempts !== undefined && !(Number.isInteger(attempts) && attempts >= 0))
    addFault(faults, "retry.attempts", "must be an integer, 0 or more");
  if (maxDelay !== undefined && !(typeof maxDelay === "number" && maxDelay >= 0))
    addFault(faults, "retry.maxDelay", "must be milliseconds, 0 or more");
  if (idempotent !== undefined && typeof idempotent !== "boolean")
    addFault(faults, "retry.idempotent", "must be true or false");
  if (decide !== undefined && typeof decide !== "function") addFault(faults, "retry.decide", "must be a function");
}

function checkTime(option: string, value: number | undefined, faults: Fault[]): void {
  if (value !== undefined && !(typeof value === "number" && value > 0))
    addFault(faults, option, "must be milliseconds above 0, or Infinity for no limit");
}

export function checkSignal({ signal }: CallOptions | BatchOptions, faults: Fault[]): void {
  if (
    signal !== undefined &&
    (typeof signal !== "object" || signal === null || typeof signal.addEventListener !== "function")
  ) {
    addFault(faults, "signal", "must be an AbortSignal");
  }
}

/** Checks the options of a call, or of a function that accepts the options in `known`. */
export function checkCallOptions(
  methodId: string,
  options: CallOptions & { readonly onProgress?: unknown },
  known: { readonly [name: string]: 1 } = callOptions,
): void {
  const faults: Fault[] = [];
  if (typeof options !== "object" || options === null) {
    const message = "must be an object. Methods take no callback: await the returned promise";
    throw invalidRequest(methodId, "options", message);
  }
  checkNames(options, known, faults);
  const { onProgress } = options;
  if (onProgress !== undefined && typeof onProgress !== "function")
    addFault(faults, "onProgress", "must be a function");
  checkLimits(options, faults);
  checkSignal(options, faults);
  if (faults.length > 0) throw new InvalidRequestError(methodId, faults);
}
