/** Timers of browsers and workers. */

/** Never: a worker's timers end with the request that started them, so no two requests may share one. */
export const sharedFrom: number = Number.POSITIVE_INFINITY;

export function startTicker(onTick: () => void, milliseconds: number): ReturnType<typeof setInterval> {
  return setInterval(onTick, milliseconds);
}
