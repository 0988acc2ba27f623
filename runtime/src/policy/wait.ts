/** Waiting that ends early on abort or at a deadline, and leaves no timer or listener behind. */
import type { AbortSignal } from "../platform-types.js";
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

/**
 * The value of the work, unless the limits end the wait before. The work itself goes on for others who wait for it, and
 * holds nothing of this wait then. A function gets a signal that aborts at that moment.
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
  /** Cleared at the end: work that goes on for long must not hold the call that gave up. */
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

  /** Also when nobody waits any more, so that its failure is no unhandled one. */
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

/** Resolves after so many milliseconds, 25 days at most; rejects at once when the signal aborts. */
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
