/** Waiting that ends early on abort or at a deadline, and leaves no timer or listener behind. */
import type { AbortSignal } from "../platform.js";
import { onAbort } from "../transport/abort-listeners.js";
import { longestTimer } from "../transport/deadlines.js";

/** What can end a wait. */
export interface Limits {
  readonly signal: AbortSignal | undefined;
  /** In milliseconds; `Infinity` for none. */
  readonly remaining: number;
  /** The error when the signal aborts. */
  aborted(): Error;
  /** The error when the time is over. */
  expired(): Error;
}

/** The promise's value, unless the limits end the wait before. The work itself goes on for others who wait for it. */
export function within<T>(work: Promise<T>, limits: Limits): Promise<T> {
  const { remaining, signal } = limits;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let stopListening: (() => void) | undefined;
    const stop = (): void => {
      clearTimeout(timer);
      stopListening?.();
    };
    const giveUp = (error: Error): void => {
      stop();
      reject(error);
    };
    // Also where nobody waits for it any more: its failure is no unhandled one.
    work.finally(stop).then(resolve, reject);
    if (signal?.aborted === true) return giveUp(limits.aborted());
    if (signal !== undefined) stopListening = onAbort(signal, () => giveUp(limits.aborted()));
    if (remaining <= longestTimer) timer = setTimeout(() => giveUp(limits.expired()), remaining);
  });
}

/** Resolves after so many milliseconds, 25 days at most; rejects at once when the signal aborts. */
export async function pause(
  milliseconds: number,
  signal: AbortSignal | undefined,
  aborted: () => Error,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(milliseconds, longestTimer));
  });
  try {
    await within(over, { signal, remaining: Number.POSITIVE_INFINITY, aborted, expired: aborted });
  } finally {
    clearTimeout(timer);
  }
}
