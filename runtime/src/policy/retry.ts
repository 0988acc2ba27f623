/** When to try again, and after what pause. Pure: the loop in `send.ts` does what is decided here. */
import type { DiscogenError } from "../errors.js";
import type { MethodDescriptor } from "../method.js";

/** How a failed attempt is repeated. */
export interface RetryOptions {
  /** Further attempts after the first. Default: 3. */
  readonly attempts?: number | undefined;
  /** The longest pause, in milliseconds. A server that asks for a longer one gets no further attempt. Default: 60,000. */
  readonly maxDelay?: number | undefined;
  /** `true`: safe to repeat; `false`: not. Default: by the HTTP method; POST and PATCH only with a `requestId`. */
  readonly idempotent?: boolean | undefined;
  /**
   * Decides in place of the rules above, after each attempt that failed: milliseconds until the next one, or
   * `undefined` to give up. Not asked where a repetition cannot be: after an abort, when the time is over, and when the
   * body was a stream.
   */
  readonly decide?: ((failed: FailedAttempt) => number | undefined) | undefined;
}

/** What {@link RetryOptions.decide} is told. */
export interface FailedAttempt {
  /** For instance `sql.instances.list`. */
  readonly methodId: string;
  readonly httpMethod: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly error: DiscogenError;
  /** Whether the method may be repeated though the server may have done what was asked. */
  readonly idempotent: boolean;
  /** What the rules would do: the pause in milliseconds, or `undefined` for no further attempt. */
  readonly proposed: number | undefined;
}

/** {@link RetryOptions} with everything decided. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly maxDelay: number;
  /** Whether an attempt that may have reached the server may be repeated. */
  readonly idempotent: boolean;
  readonly decide?: RetryOptions["decide"];
}

/** Why an attempt failed. */
export type Failure =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly reasons: readonly string[];
      readonly retryAfter: number | undefined;
    }
  | { readonly kind: "connection"; readonly sent: boolean; readonly systemCode: string | undefined }
  | { readonly kind: "timeout" }
  | { readonly kind: "final" };

/** The first pause is up to this long, in milliseconds; each further one up to twice the one before. */
export const baseDelay: number = 500;

const defaults: { readonly attempts: number; readonly maxDelay: number } = { attempts: 3, maxDelay: 60_000 };

/** RFC 9110 §9.2.2. */
const idempotentMethods: ReadonlySet<string> = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PUT"]);

const rateLimitReasons: ReadonlySet<string> = new Set([
  "RATE_LIMIT_EXCEEDED",
  "rateLimitExceeded",
  "userRateLimitExceeded",
]);

/** Codes of connections that broke or were never made. Not those of a refused certificate, which stays refused. */
const retryableCodes: ReadonlySet<string> = new Set([
  "EADDRNOTAVAIL",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ERR_HTTP2_ERROR",
  "ERR_HTTP2_GOAWAY_SESSION",
  "ERR_HTTP2_INVALID_SESSION",
  "ERR_HTTP2_OUT_OF_STREAMS",
  "ERR_HTTP2_SESSION_ERROR",
  "ERR_HTTP2_STREAM_CANCEL",
  "ERR_HTTP2_STREAM_ERROR",
  "ETIMEDOUT",
  // Transports of the caller's may report undici's names.
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/** The policy of one call: its own fields, then the client's, then the defaults. */
export function retryPolicy(
  method: MethodDescriptor,
  requestId: unknown,
  client: false | RetryOptions | undefined,
  call: false | RetryOptions | undefined,
): RetryPolicy {
  const chosen = call ?? client;
  const shared = client === false ? undefined : client;
  const given: RetryOptions | undefined = chosen === false ? { attempts: 0 } : chosen;
  const safe = idempotentMethods.has(method.httpMethod) || (typeof requestId === "string" && requestId !== "");
  return {
    attempts: given?.attempts ?? shared?.attempts ?? defaults.attempts,
    maxDelay: given?.maxDelay ?? shared?.maxDelay ?? defaults.maxDelay,
    idempotent: given?.idempotent ?? shared?.idempotent ?? safe,
    decide: chosen === false ? undefined : (given?.decide ?? shared?.decide),
  };
}

/**
 * The pause before the next attempt in milliseconds, or `undefined` to give up.
 *
 * Pauses grow with full jitter: a random share of 500 ms, 1 s, 2 s, … up to `maxDelay`. Where the server says how long
 * to wait, that is the least; a random share of the first pause on top keeps many callers from returning at once.
 *
 * @param attempt How many attempts have failed before this one.
 * @param random From 0 up to 1.
 */
export function pauseBefore(
  attempt: number,
  policy: RetryPolicy,
  failure: Failure,
  random: number,
): number | undefined {
  if (attempt >= policy.attempts || !isRetryable(failure, policy)) return undefined;
  const after = failure.kind === "status" ? failure.retryAfter : undefined;
  if (after === undefined) return random * Math.min(policy.maxDelay, baseDelay * 2 ** attempt);
  return after > policy.maxDelay ? undefined : Math.min(policy.maxDelay, after + random * baseDelay);
}

/** Whether the same request may succeed later. */
export function isRetryable(failure: Failure, policy: Pick<RetryPolicy, "idempotent">): boolean {
  switch (failure.kind) {
    case "final":
      return false;
    case "timeout":
      return policy.idempotent;
    case "connection":
      // What never reached the server may be repeated whatever it was; a transport of the user's may know no code.
      if (failure.systemCode === undefined) return !failure.sent;
      return (policy.idempotent || !failure.sent) && retryableCodes.has(failure.systemCode);
    case "status":
      return policy.idempotent && isRetryableStatus(failure.status, failure.reasons);
  }
}

function isRetryableStatus(status: number, reasons: readonly string[]): boolean {
  if (status === 403) return reasons.some((reason) => rateLimitReasons.has(reason));
  return status === 408 || status === 429 || (status >= 500 && status <= 599);
}

/**
 * `Retry-After` in milliseconds: seconds or a date (RFC 9110 §10.2.3). `undefined` where it is absent or nonsense, or a
 * date gone by: then clocks differ, and how long to wait is not told.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Every form of HTTP date begins with the name of a day; the one without a comma does not say that it is in GMT.
  const [, comma] = /^[A-Za-z]{3,9}(,?) /.exec(text) ?? [];
  const date = comma === undefined ? Number.NaN : Date.parse(comma === "" ? `${text} GMT` : text);
  return date > now ? date - now : undefined;
}
