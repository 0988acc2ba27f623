/** Options of clients and calls, and what they must be. */
import type { Credentials } from "../auth/credentials.js";
import { type Known, checkNames } from "./check-names.js";
import { type Fault, InvalidRequestError, addFault, invalidRequest } from "../errors.js";
import type { AbortSignal } from "../platform-types.js";
import type { Logger } from "../policy/logger.js";
import type { Middleware } from "../policy/middleware.js";
import type { RetryOptions } from "../policy/retry.js";
import type { HeadersInput } from "../request/headers.js";
import type { ClientCertificate } from "../transport/client-certificate.js";
import type { Transport } from "../transport/transport.js";
import type { Dispatcher } from "../transport/dispatcher.js";

/** Options of one call; each goes before the client's. */
export interface CallOptions {
  /** Ends the call in any phase: token, request, body, pause before a retry, next page. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds for one attempt until its whole answer is there; for a streamed body until its head, and then between
   * two pieces. Starts again with each chunk of content that is sent. Also limits the wait for credentials, and applies to
   * middleware and a custom {@link ClientOptions.transport}. `Infinity`: no limit. Default: 60,000.
   */
  readonly timeout?: number | undefined;
  /** Milliseconds for the call with sign-in, retries and pauses. Each page has its own. Default: no limit. */
  readonly totalTimeout?: number | undefined;
  /** `false`: one attempt. Fields that are left out are the client's. */
  readonly retry?: false | RetryOptions | undefined;
  /** Further header fields, before the client's and the runtime's own. */
  readonly headers?: HeadersInput | undefined;
  /** The project that pays and whose quota counts: `X-Goog-User-Project`. */
  readonly quotaProject?: string | undefined;
  /** Do it only if the resource still has this etag: `If-Match`. Else an `ApiError` with code `PRECONDITION_FAILED`. */
  readonly ifMatch?: string | undefined;
  /** Answer only if the resource has another etag: `If-None-Match`. Else an `ApiError` with code `NOT_MODIFIED`. */
  readonly ifNoneMatch?: string | undefined;
}

/** Options of sending a batch. */
export interface BatchOptions {
  /** Ends every call of the batch that is not settled. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The most calls of one request, from 1 to 1,000; more are sent as several requests at once. Some APIs take fewer:
   * Gmail 100, Classroom 50. Default: 1,000.
   */
  readonly size?: number | undefined;
}

/** Options of a client. */
export interface ClientOptions {
  /** How to sign in. Required, if only as `new AnonymousCredentials()`: no request leaves unauthenticated in silence. */
  readonly auth?: Credentials | undefined;
  /**
   * Sends every call elsewhere: an emulator, a proxy, a private endpoint. http or https, may carry a path; plain http
   * with credentials on loopback only.
   */
  readonly rootUrl?: string | undefined;
  /**
   * The region whose endpoint is asked, for instance `us-central1`: one of those that the API's document names.
   * {@link rootUrl} goes before it. Default: the global endpoint.
   */
  readonly region?: string | undefined;
  /**
   * The domain of the cloud that is asked, which credentials must belong to. Default: `GOOGLE_CLOUD_UNIVERSE_DOMAIN`,
   * else `googleapis.com`. With {@link rootUrl} credentials are only held against a domain that is given here.
   */
  readonly universeDomain?: string | undefined;
  /**
   * The client certificate of connections, which then go to the API's address for them (AIP-4114). `false`: none, also
   * where the environment asks for one. Default: what `GOOGLE_API_USE_CLIENT_CERTIFICATE` and its kin say.
   */
  readonly mtls?: false | ClientCertificate | undefined;
  /** The project that pays and whose quota counts: `X-Goog-User-Project`. Default: what the credentials say. */
  readonly quotaProject?: string | undefined;
  /** Put in front of this package's own `User-Agent`, for instance `my-tool/1.2`. */
  readonly userAgent?: string | undefined;
  /** Header fields of every request. */
  readonly headers?: HeadersInput | undefined;
  /** Milliseconds for one attempt, see {@link CallOptions.timeout}. Default: 60,000. */
  readonly timeout?: number | undefined;
  /** Milliseconds for one call with everything in it. Default: no limit. */
  readonly totalTimeout?: number | undefined;
  /** `false`: one attempt. Default: 3 further attempts where it is safe. */
  readonly retry?: false | RetryOptions | undefined;
  /**
   * undici's `Agent`, `Pool`, `ProxyAgent`, `MockAgent`, …; also used for tokens. Node only. Default: the one that
   * `setGlobalDispatcher` set, else an agent of this package, through `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
   */
  readonly dispatcher?: Dispatcher | undefined;
  /**
   * Sends requests; also used for tokens. Default: undici on Node, or `fetch` if `DISCOGEN_TRANSPORT=fetch` is set; `fetch`
   * in browsers and workers.
   */
  readonly transport?: Transport | undefined;
  /** Functions around every attempt, the first one outermost; not around requests for tokens. */
  readonly middleware?: readonly Middleware[] | undefined;
  /**
   * The largest response that a call collects, in bytes after decoding, and the largest message of a stream; a larger
   * one is a `DiscogenError` with code `RESPONSE_TOO_LARGE`, and reading stops. Not for content, which is streamed;
   * bodies of errors are cut at 1 MiB. Default, and the most: what a string can hold, 536,870,888.
   */
  readonly maxResponseBytes?: number | undefined;
  /**
   * Is told what calls do, without secrets; `console` will do. Default: none, or standard error where the environment
   * variable `DISCOGEN_LOG` is `debug`, `info`, `warn` or `error`.
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

/** Checks what clients and calls have in common. */
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

/** Checks the options of one call, or of what follows one: those that are `known` there. */
export function checkCallOptions(
  methodId: string,
  options: CallOptions & { readonly onProgress?: unknown },
  known: { readonly [name: string]: 1 } = callOptions,
): void {
  const faults: Fault[] = [];
  if (typeof options !== "object" || options === null) {
    const message = "must be an object; methods take no callback, await the promise that they return";
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
