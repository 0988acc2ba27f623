/**
 * Time limits of exchanges, by one shared timer.
 *
 * A timer of Node's for each request costs a twentieth of a small call. Long limits are counted in ticks instead and
 * may pass up to a twentieth late; short ones get a timer of their own.
 */

import { sharedFrom, startTicker } from "../platform/node/timers.js";

/** What runs against a limit. */
export interface Timed {
  onExpired(): void;
}

/** A started limit: a timer, which may be a number above 0, or a place in the table below, counted down from -1. */
export type Deadline = ReturnType<typeof setTimeout> | number | undefined;

/** Milliseconds of one tick. */
const tick = 250;

/** Milliseconds for the body of a response that nobody waits for any more. */
export const lateResponse = 250;

/** Longer times overflow Node's timers and would fire at once. */
export const longestTimer: number = 2 ** 31 - 1;

/**
 * Who waits until which tick; freed places are used again. A Set or list of fresh nodes would let dead requests
 * survive young collections, which costs more than the timers that are saved.
 */
const owners: (Timed | undefined)[] = [];
const lastTicks: number[] = [];
const free: number[] = [];
let now = 0;
let ticker: ReturnType<typeof startTicker> | undefined;

/** Calls `owner.onExpired()` after so many milliseconds, unless stopped. `Infinity`: never. */
export function startDeadline(owner: Timed, milliseconds: number): Deadline {
  if (milliseconds > longestTimer) return undefined;
  if (milliseconds < sharedFrom) return setTimeout(expire, milliseconds, owner);
  const place = free.pop() ?? owners.length;
  owners[place] = owner;
  // The tick under way is not a whole one.
  lastTicks[place] = now + Math.ceil(milliseconds / tick) + 1;
  if (free.length === owners.length - 1) restart();
  return -1 - place;
}

export function stopDeadline(deadline: Deadline): void {
  if (deadline === undefined) return;
  if (typeof deadline !== "number" || deadline > 0) {
    clearTimeout(deadline);
    return;
  }
  const place = -1 - deadline;
  owners[place] = undefined;
  free.push(place);
}

function expire(owner: Timed): void {
  owner.onExpired();
}

/** For the first of a busy time. A timer that is left from before may be dead: tests replace and restore timers. */
function restart(): void {
  clearInterval(ticker);
  // Requests keep the process alive by their sockets; this timer must not.
  ticker = startTicker(onTick, tick);
}

function onTick(): void {
  now++;
  if (free.length === owners.length) {
    clearInterval(ticker);
    ticker = undefined;
    return;
  }
  for (let place = 0; place < owners.length; place++) {
    if ((lastTicks[place] ?? 0) > now) continue;
    // Once; the place is free when its owner stops the limit, as at any other end.
    lastTicks[place] = Number.POSITIVE_INFINITY;
    owners[place]?.onExpired();
  }
}
