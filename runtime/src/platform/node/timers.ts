/** Node's timers. */

/** Timeouts from this many milliseconds share one timer. A timer per request takes 5 % of the time of a small call. */
export const sharedFrom: number = 5000;

/** Starts an interval that does not keep the process alive. */
export function startTicker(onTick: () => void, milliseconds: number): ReturnType<typeof setInterval> {
  const ticker = setInterval(onTick, milliseconds);
  // On Deno and other platforms timers are numbers.
  if (typeof ticker === "object") ticker.unref();
  return ticker;
}
