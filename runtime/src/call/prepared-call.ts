/** A call with its limits, as the attempt loop takes it. */
import { AbortError, TimeoutError } from "../errors.js";
import type { MethodDescriptor } from "../method.js";
import type { AbortSignal } from "../platform-types.js";
import type { BuiltRequest, Params } from "../request/build.js";
import type { Core } from "./core.js";
import type { CallObserver } from "../policy/observe.js";
import type { RetryPolicy } from "../policy/retry.js";

/** One call, ready for its attempts. */
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
  /** For one attempt, in milliseconds. */
  readonly timeout: number;
  /** For the whole call, in milliseconds; `Infinity` for no limit. */
  readonly totalTimeout: number;
  /** When the whole call must be over, in the time of `performance.now()`. */
  readonly deadline: number;
  /** Where somebody watches. */
  readonly observer: CallObserver | undefined;
  /** Of a step of a resumable upload. */
  readonly session?: SessionStep;
  /** Worked out only when an attempt has failed. */
  retry(): RetryPolicy;
}

/** How a request to an upload's session differs from others: it is answered with 308 while bytes are missing. */
export interface SessionStep {
  /** Where the session lives. Its URL alone grants access, as the sign-in of the request that began it did. */
  readonly origin: string;
  /** What is sent in place of a step that failed: the question how much has arrived. */
  readonly question: BuiltRequest;
  /** Steps without progress before this one, which count as failed attempts. */
  readonly failures: number;
}

/** At least a millisecond: an exchange that is over at once is told apart by the deadline. */
export function remainingOf(call: PreparedCall): number {
  return Math.max(1, call.deadline - performance.now());
}

export function abortedCall(call: PreparedCall): AbortError {
  return new AbortError(`${call.methodId}: aborted by the caller's signal`, { cause: call.signal?.reason });
}

export function expiredCall(call: PreparedCall): TimeoutError {
  return new TimeoutError(
    `${call.methodId}: not done within ${String(call.totalTimeout)} ms`,
    call.totalTimeout,
    "TOTAL_TIMEOUT",
  );
}
