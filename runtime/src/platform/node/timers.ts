/** Timers of Node. */

/** Milliseconds from which time limits share one timer: a timer for each request costs a twentieth of a small call. */
export const sharedFrom: number = 5000;

/** A repeated timer that does not keep the process alive. */
export function startTicker(onTick: () => void, milliseconds: number): ReturnType<typeof setInterval> {
  const ticker = setInterval(onTick, milliseconds);
  // Timers of Deno and of other platforms are numbers.
  if (typeof ticker === "object") ticker.unref();
  return ticker;
}
