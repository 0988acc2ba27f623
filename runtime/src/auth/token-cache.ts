/**
 * Keeps access tokens fresh.
 *
 * Near its end a token is renewed in the background while it still serves; at its very end calls wait for the new one.
 * However many wait, one request is under way, where calls can share it. Its response is not read any further when none
 * of them waits any more.
 */
import { AbortError } from "../errors.js";
import { sharesWork } from "../platform/node/environment.js";
import type { AbortSignal } from "../platform-types.js";
import { onAbort } from "../transport/abort-listeners.js";

/** A token, and the headers it is sent in. */
export interface Token {
  readonly token: string;
  readonly headers: Record<string, string>;
  /** When it was got and when it ends, in milliseconds since the epoch. */
  readonly obtained: number;
  readonly expires: number;
}

/** With less than this left a token is renewed in the background, in milliseconds. */
const advisory: number = 4 * 60_000;
/** With less than this left calls wait for the new token. */
const mandatory: number = 60_000;
/** After a renewal failed, a token that still serves is used for this long before the next one. */
const backoff: number = 15_000;
/** Where none serves, the second failure in a row is told to whoever asks within this time, each further one twice as long. */
const firstHold: number = 500;

type Fetch = (signal: AbortSignal) => Promise<Token>;

interface Waiter {
  resolve(token: Token): void;
  reject(error: unknown): void;
  stopListening?: () => void;
}

/** A request for a token, and those who wait for it. One who leaves is forgotten at once. */
class Renewal {
  readonly #waiters: Set<Waiter> = new Set();
  readonly #abandoned: AbortController = new AbortController();

  /** Aborts when nobody waits any more. */
  get signal(): AbortSignal {
    return this.#abandoned.signal;
  }

  /** Without a signal it is waited for to the end. */
  wait(signal: AbortSignal | undefined): Promise<Token> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject };
      this.#waiters.add(waiter);
      if (signal !== undefined) waiter.stopListening = onAbort(signal, () => this.#leave(waiter, signal));
    });
  }

  end(settle: (waiter: Waiter) => void): void {
    for (const waiter of this.#waiters) {
      waiter.stopListening?.();
      settle(waiter);
    }
    this.#waiters.clear();
  }

  #leave(waiter: Waiter, signal: AbortSignal): void {
    waiter.stopListening?.();
    this.#waiters.delete(waiter);
    waiter.reject(abandoned(signal));
    if (this.#waiters.size === 0) this.#abandoned.abort();
  }
}

function abandoned(signal: AbortSignal): AbortError {
  return new AbortError("aborted while waiting for a token", { cause: signal.reason });
}

export class TokenCache {
  #token: Token | undefined;
  #renewal: Renewal | undefined;
  #notBefore = 0;
  /** Failures in a row that left calls without a token. */
  #failures = 0;
  #failure: unknown;
  #heldUntil = 0;

  /**
   * A token that is good for a while. `fetch` requests a new one for all who wait; its signal aborts when the last of
   * them has left by their own `signal`.
   */
  get(fetch: Fetch, signal?: AbortSignal): Promise<Token> {
    const now = Date.now();
    const token = this.#token;
    const left = token === undefined ? 0 : token.expires - now;
    // A server that is down, or that keeps refusing, is not asked for every call.
    if (token === undefined || left <= 0)
      return isAhead(this.#heldUntil, now) ? Promise.reject(this.#failure) : this.#renew(fetch, signal);
    // Shares of a short life, or such a token would be renewed for every call.
    const life = token.expires - token.obtained;
    if (left > Math.min(advisory, life / 4) || isAhead(this.#notBefore, now)) return Promise.resolve(token);
    const isInBackground = left > Math.min(mandatory, life / 10);
    // Without the work of others to wait for, each call would renew it.
    if (!sharesWork()) this.#notBefore = now + backoff;
    const renewal = this.#renew(fetch, isInBackground ? undefined : signal).catch(() => token); // it still serves
    return isInBackground ? Promise.resolve(token) : renewal;
  }

  /** The token, if it needs no renewal yet. */
  fresh(now: number = Date.now()): Token | undefined {
    const token = this.#token;
    return token !== undefined && token.expires - now > advisory ? token : undefined;
  }

  /** Forgets the token if it is the one that was refused, or whatever it is where that is not said. */
  forget(refused: string | undefined): void {
    if (refused === undefined || this.#token?.headers["authorization"] === refused) this.#token = undefined;
  }

  /** When the token ends: in the past where none serves, unless one is being requested. */
  get expires(): number {
    return this.#renewal === undefined ? (this.#token?.expires ?? 0) : Infinity;
  }

  #renew(fetch: Fetch, signal: AbortSignal | undefined): Promise<Token> {
    if (signal?.aborted === true) return Promise.reject(abandoned(signal));
    const renewal = sharesWork() ? (this.#renewal ??= this.#begin(fetch)) : this.#begin(fetch);
    const isLate = renewal.signal.aborted;
    const token = renewal.wait(signal);
    // It may have been cut off for those who left.
    return isLate ? token.catch(() => this.#renew(fetch, signal)) : token;
  }

  #begin(fetch: Fetch): Renewal {
    const renewal = new Renewal();
    fetch(renewal.signal).then(
      (token) => {
        this.#renewal = undefined;
        this.#token = token;
        this.#failures = 0;
        this.#failure = undefined;
        this.#heldUntil = 0;
        renewal.end((waiter) => waiter.resolve(token));
      },
      (error: unknown) => {
        this.#renewal = undefined;
        if (!renewal.signal.aborted) this.#remember(error, Date.now());
        renewal.end((waiter) => waiter.reject(error));
      },
    );
    return renewal;
  }

  #remember(error: unknown, now: number): void {
    this.#notBefore = now + backoff;
    if (this.#token !== undefined && this.#token.expires > now) return;
    this.#failures++;
    this.#failure = error;
    // The first may have passed already: a caller who tries again is worth a request.
    if (this.#failures > 1) this.#heldUntil = now + Math.min(backoff, firstHold * 2 ** (this.#failures - 2));
  }
}

/** The caches of credentials that were made from each other, by what their tokens are for. */
export class TokenCaches {
  readonly #size: number;
  /** The one that was used last is the last. */
  readonly #caches: Map<string, TokenCache> = new Map();
  /** No token ends before. */
  #nextEnd = Infinity;

  /** @param size The most tokens. */
  constructor(size: number) {
    this.#size = size;
  }

  for(purpose: readonly unknown[]): TokenCache {
    const key = JSON.stringify(purpose);
    const cache = this.#caches.get(key) ?? new TokenCache();
    this.#caches.delete(key);
    if (this.#caches.size >= this.#size) this.#evict(Date.now());
    this.#caches.set(key, cache);
    return cache;
  }

  /** Takes note of a new token, so that the caches are searched for ended ones only when there are some. */
  note({ expires }: Token): void {
    this.#nextEnd = Math.min(this.#nextEnd, expires);
  }

  forget(refused: string | undefined): void {
    for (const cache of this.#caches.values()) cache.forget(refused);
  }

  /** Those whose tokens have ended, else the one that was used longest ago. */
  #evict(now: number): void {
    if (now >= this.#nextEnd) {
      this.#nextEnd = Infinity;
      for (const [key, { expires }] of this.#caches) {
        if (expires > now) this.#nextEnd = Math.min(this.#nextEnd, expires);
        else this.#caches.delete(key);
      }
    }
    const oldest = this.#caches.keys().next().value;
    if (this.#caches.size >= this.#size && oldest !== undefined) this.#caches.delete(oldest);
  }
}

/** Whether the end of a hold is to come. One that is further away than any hold was set by a clock that has been set back. */
function isAhead(end: number, now: number): boolean {
  return now < end && end - now <= backoff;
}
