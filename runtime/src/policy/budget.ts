/**
 * Keeps retries from multiplying an outage: when everything fails, retries soon come to a fifth of the calls instead of
 * three times as many.
 *
 * A client begins with a hundred retries. One that leads to success is given back; every call earns a fifth of one, up
 * to five hundred; and time refills the first hundred at ten a second.
 */
const initial = 100;
const most = 500;
const perCall = 0.2;
const perSecond = 10;

/** The retries that a client, with all clones for the same address, has left. */
export class RetryBudget {
  #left = initial;
  #counted = performance.now();

  /** A call begins. */
  earn(): void {
    if (this.#left < most) this.#left += perCall;
  }

  /** Takes one retry, if there is one left. */
  spend(now: number = performance.now()): boolean {
    const earned = ((now - this.#counted) / 1000) * perSecond;
    this.#left = Math.max(this.#left, Math.min(initial, this.#left + earned));
    this.#counted = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** So many retries led to success. */
  giveBack(retries: number): void {
    this.#left = Math.min(most, this.#left + retries);
  }
}
