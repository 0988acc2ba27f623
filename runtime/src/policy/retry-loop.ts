/** The retry loop of calls, token requests, media and the generator. Its callers decide what is retryable. */
import type { AbortSignal } from "../platform-types.js";
import { pause } from "./wait.js";

/** A failed attempt. */
export class AttemptFailure {
  readonly error: Error;
  /** Milliseconds until the next attempt; `undefined`: no attempt follows. */
  readonly delay: number | undefined;

  constructor(error: Error, delay: number | undefined) {
    this.error = error;
    this.delay = delay;
  }
}

/** What {@link retry} repeats. */
export interface Attempts<Value> {
  /**
   * Makes one attempt. A rejection ends the loop.
   *
   * @param failures How many attempts failed before this one.
   */
  attempt(failures: number): Promise<AttemptFailure | Value>;
  /** Failures before the first attempt. Default: 0. */
  readonly failures?: number;
  /** Ends the delay between two attempts. */
  readonly signal: AbortSignal | undefined;
  /** The error when the signal aborts in the delay after `error`. */
  aborted(error: Error): Error;
}

/**
 * Repeats attempts until one succeeds, and resolves to its value.
 *
 * @throws the error of the attempt that no other follows, or what an attempt throws
 */
export async function retry<Value>(attempts: Attempts<Value>): Promise<Value> {
  for (let { failures = 0 } = attempts; ; failures++) {
    const result = await attempts.attempt(failures);
    if (!(result instanceof AttemptFailure)) return result;
    const { delay, error } = result;
    if (delay === undefined) throw error;
    await pause(delay, attempts.signal, () => attempts.aborted(error));
  }
}
