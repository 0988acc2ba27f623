/** Decides whether to retry, and after which delay. Pure functions. */
import type { DiscogenError } from "../errors.js";
import type { MethodDescriptor } from "../method.js";

/** Options for retries. */
export interface RetryOptions {
  /** Attempts after the first. Default: 3. */
  readonly attempts?: number | undefined;
  /** The longest delay in milliseconds. No retry follows if the server requests a longer one. Default: 60,000. */
  readonly maxDelay?: number | undefined;
  /** Whether it is safe to repeat. Default: depends on the HTTP method; POST and PATCH only with a `requestId`. */
  readonly idempotent?: boolean | undefined;
  /**
   * Replaces the rules above. Called after each failed attempt; returns the milliseconds until the next one, or
   * `undefined` for none. Not called if a retry is impossible: after an abort, after the deadline, or if the body was a
   * stream.
   */
  readonly decide?: ((failed: FailedAttempt) => number | undefined) | undefined;
}

/** The argument of {@link RetryOptions.decide}. */
export interface FailedAttempt {
  /** For example `sql.instances.list`. */
  readonly methodId: string;
  readonly httpMethod: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly error: DiscogenError;
  /** Whether the method may be repeated even if the server has processed the request. */
  readonly idempotent: boolean;
  /** What the rules would decide: the delay in milliseconds, or `undefined` for no retry. */
  readonly proposed: number | undefined;
}

/** {@link RetryOptions} with all defaults. */
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

/** The maximum of the first delay in milliseconds. It doubles with each retry. */
export const baseDelay: number = 500;

const defaults: { readonly attempts: number; readonly maxDelay: number } = { attempts: 3, maxDelay: 60_000 };

/** RFC 9110 §9.2.2. */
const idempotentMethods: ReadonlySet<string> = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PUT"]);

const rateLimitReasons: ReadonlySet<string> = new Set([
  "RATE_LIMIT_EXCEEDED",
  "rateLimitExceeded",
  "userRateLimitExceeded",
]);

/** Codes of connections that broke or failed. Not those of rejected certificates, since a retry fails too. */
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
  // Custom transports may report undici's names.
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/** The policy of one call: its own options, then the client's, then the defaults. */
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
 * The delay before the next attempt in milliseconds, or `undefined` for no retry.
 *
 * Exponential backoff with full jitter: a random part of 500 ms, 1 s, 2 s, … up to `maxDelay`. A delay that the server
 * requests is the minimum. A random part of the first delay is added, so that not all clients return at once.
 *
 * @param attempt How many attempts failed before this one.
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
      // A request that never reached the server can always be repeated. A custom transport may report no code.
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
 * `Retry-After` in milliseconds: seconds or a date (RFC 9110 §10.2.3). `undefined` if it is absent or invalid, or a date
 * in the past: then the clocks differ, and the delay is unknown.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Every HTTP date begins with the name of a day. The format without a comma has no time zone, which is GMT.
  const [, comma] = /^[A-Za-z]{3,9}(,?) /.exec(text) ?? [];
  const date = comma === undefined ? Number.NaN : Date.parse(comma === "" ? `${text} GMT` : text);
  return date > now ? date - now : undefined;
}
