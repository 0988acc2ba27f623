/**
 * Timeouts of exchanges, with one shared timer.
 *
 * A Node timer per request takes 5 % of the time of a small call. Long timeouts are counted in ticks instead and may
 * expire up to 5 % late. Short timeouts have their own timer.
 */

import { sharedFrom, startTicker } from "../platform/node/timers.js";

/** Something with a timeout. */
export interface Timed {
  onExpired(): void;
}

/** A started timeout: a timer, which may be a number above 0, or a slot of the table below, counted down from -1. */
export type Deadline = ReturnType<typeof setTimeout> | number | undefined;

/** The length of a tick in milliseconds. */
const tick = 250;

/** Milliseconds for a response that no caller waits for. */
export const lateResponseTimeout = 250;

/** Longer timeouts overflow Node's timers, which would fire immediately. */
export const longestTimer: number = 2 ** 31 - 1;

/**
 * Slots of waiting owners and the ticks at which they expire. Free slots are reused. A Set or a linked list would keep
 * finished requests alive past young garbage collections, which costs more than the shared timer saves.
 */
const owners: (Timed | undefined)[] = [];
const lastTicks: number[] = [];
const freeSlots: number[] = [];
let now = 0;
let ticker: ReturnType<typeof startTicker> | undefined;

/** Calls `owner.onExpired()` after this time, unless stopped. `Infinity` means no timeout. */
export function startDeadline(owner: Timed, milliseconds: number): Deadline {
  if (milliseconds > longestTimer) return undefined;
  if (milliseconds < sharedFrom) return setTimeout(expire, milliseconds, owner);
  const slot = freeSlots.pop() ?? owners.length;
  owners[slot] = owner;
  // One more, because the current tick has already begun.
  lastTicks[slot] = now + Math.ceil(milliseconds / tick) + 1;
  if (freeSlots.length === owners.length - 1) restart();
  return -1 - slot;
}

export function stopDeadline(deadline: Deadline): void {
  if (deadline === undefined) return;
  if (typeof deadline !== "number" || deadline > 0) {
    clearTimeout(deadline);
    return;
  }
  const slot = -1 - deadline;
  owners[slot] = undefined;
  freeSlots.push(slot);
}

function expire(owner: Timed): void {
  owner.onExpired();
}

/** Starts the timer when the first slot is used. An older timer may have stopped: tests replace and restore timers. */
function restart(): void {
  clearInterval(ticker);
  // The sockets of requests keep the process alive. This timer must not.
  ticker = startTicker(onTick, tick);
}

function onTick(): void {
  now++;
  if (freeSlots.length === owners.length) {
    clearInterval(ticker);
    ticker = undefined;
    return;
  }
  for (let slot = 0; slot < owners.length; slot++) {
    if ((lastTicks[slot] ?? 0) > now) continue;
    // Expires only once. The owner frees the slot by calling `stopDeadline`.
    lastTicks[slot] = Infinity;
    owners[slot]?.onExpired();
  }
}
