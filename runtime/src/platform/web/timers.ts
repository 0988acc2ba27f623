/** The timers of browsers and workers. */

/** Timeouts never share a timer: a worker's timers stop with the request that started them. */
export const sharedFrom: number = Infinity;

export function startTicker(onTick: () => void, milliseconds: number): ReturnType<typeof setInterval> {
  return setInterval(onTick, milliseconds);
}
