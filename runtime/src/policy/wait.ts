/** Waits that end on abort or at a deadline, and clean up their timers and listeners. */
import type { AbortSignal } from "../platform-types.js";
import { onAbort } from "../transport/abort-listeners.js";
import { longestTimer } from "../transport/deadlines.js";

/** What can end a wait. */
export interface Limits {
  readonly signal: AbortSignal | undefined;
  /** In milliseconds; `Infinity` for no timeout. */
  readonly remaining: number;
  /** The error when the signal aborts. */
  aborted(): Error;
  /** The error when the timeout ends the wait. */
  expired(): Error;
}

/**
 * Resolves to the value of the work, unless the limits end the wait. The work itself continues for other callers, without
 * a reference to this wait. A function gets a signal that aborts when the wait ends early.
 */
export function within<T>(
  work: Promise<T> | ((signal: AbortSignal) => PromiseLike<T> | T),
  limits: Limits,
): Promise<T> {
  return new Promise((resolve, reject) => new Wait({ resolve, reject, limits }).begin(work));
}

interface Waiter<T> {
  readonly limits: Limits;
  resolve(value: T): void;
  reject(error: unknown): void;
}

class Wait<T> {
  /** Cleared at the end, so that long work keeps no reference to a call that stopped waiting. */
  #waiter: Waiter<T> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopListening: (() => void) | undefined;
  #abandoned: AbortController | undefined;

  constructor(waiter: Waiter<T>) {
    this.#waiter = waiter;
  }

  begin(work: Promise<T> | ((signal: AbortSignal) => PromiseLike<T> | T)): void {
    if (this.#waiter === undefined) return;
    const { remaining, signal } = this.#waiter.limits;
    if (typeof work !== "function") this.#follow(work);
    if (signal?.aborted === true) return this.#giveUp("aborted");
    if (signal !== undefined) this.#stopListening = onAbort(signal, () => this.#giveUp("aborted"));
    if (remaining <= longestTimer) this.#timer = setTimeout(() => this.#giveUp("expired"), remaining);
    if (typeof work === "function") this.#follow(this.#start(work));
  }

  async #start(work: (signal: AbortSignal) => PromiseLike<T> | T): Promise<T> {
    this.#abandoned = new AbortController();
    return work(this.#abandoned.signal);
  }

  /** Handles a failure even after the wait has ended, so that it is not an unhandled rejection. */
  #follow(work: Promise<T>): void {
    work.then(
      (value) => this.#end()?.resolve(value),
      (error: unknown) => this.#end()?.reject(error),
    );
  }

  #giveUp(reason: "aborted" | "expired"): void {
    const waiter = this.#end();
    waiter?.reject(waiter.limits[reason]());
    this.#abandoned?.abort();
  }

  #end(): Waiter<T> | undefined {
    clearTimeout(this.#timer);
    this.#stopListening?.();
    const waiter = this.#waiter;
    this.#waiter = undefined;
    return waiter;
  }
}

/** Resolves after this many milliseconds, at most 24.8 days. Rejects when the signal aborts. */
export async function pause(
  milliseconds: number,
  signal: AbortSignal | undefined,
  aborted: () => Error,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(milliseconds, longestTimer));
  });
  try {
    await within(over, { signal, remaining: Infinity, aborted, expired: aborted });
  } finally {
    clearTimeout(timer);
  }
}
