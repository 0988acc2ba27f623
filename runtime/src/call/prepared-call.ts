/** A call with its request and timeouts, ready for its attempts. */
import { AbortError, TimeoutError } from "../errors.js";
import type { MethodDescriptor } from "../method.js";
import type { AbortSignal } from "../platform-types.js";
import type { CallObserver } from "../policy/observe.js";
import type { RetryPolicy } from "../policy/retry.js";
import type { BuiltRequest, Params } from "../request/build.js";
import type { Core } from "./core.js";

/** A call that is ready for its attempts. */
export interface PreparedCall {
  readonly core: Core;
  readonly methodId: string;
  readonly httpMethod: string;
  readonly method: MethodDescriptor;
  readonly params: Params;
  readonly built: BuiltRequest;
  readonly stream: boolean;
  readonly keepEncoding: boolean;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds for one attempt. */
  readonly timeout: number;
  /** Milliseconds for the complete call; `Infinity`: no limit. */
  readonly totalTimeout: number;
  /** The end of the complete call, in the time of `performance.now()`. */
  readonly deadline: number;
  /** Set if there is a logger or a subscriber. */
  readonly observer: CallObserver | undefined;
  /** Set for a request to the session of a resumable upload. */
  readonly session?: SessionStep;
  /** Computed only after an attempt has failed. */
  retry(): RetryPolicy;
}

/** A request to the session of an upload. The response is 308 while bytes are missing. */
export interface SessionStep {
  /** The origin of the session. Its URL grants access to the upload. */
  readonly origin: string;
  /** Sent after a failed request: requests the number of bytes that have arrived. */
  readonly question: BuiltRequest;
  /** Requests without progress before this one. They count as failed attempts. */
  readonly failures: number;
}

/** Milliseconds until the deadline. At least 1, because an attempt must be able to start. */
export function remainingOf(call: PreparedCall): number {
  return Math.max(1, call.deadline - performance.now());
}

export function abortedCall(call: PreparedCall): AbortError {
  return new AbortError(`${call.methodId}: aborted by the caller's signal`, { cause: call.signal?.reason });
}

export function expiredCall(call: PreparedCall): TimeoutError {
  return new TimeoutError(
    `${call.methodId}: not finished within ${String(call.totalTimeout)} ms`,
    call.totalTimeout,
    "TOTAL_TIMEOUT",
  );
}
