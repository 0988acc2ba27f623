/**
 * Caches what expires, such as access tokens, and refreshes it.
 *
 * A token that expires soon is refreshed in the background while calls still use it. Shortly before it expires, calls
 * wait for the new one. All calls that wait share one request, on platforms where they can. Its response is not read to
 * the end if none of them waits any more.
 */
import { AbortError } from "../errors.js";
import { sharesWork } from "../platform/node/environment.js";
import type { AbortSignal } from "../platform-types.js";
import { onAbort } from "../transport/abort-listeners.js";

/** A token, or another value that expires. */
export interface Expiring {
  /** When it was received and when it expires, in milliseconds since the epoch. */
  readonly obtained: number;
  readonly expires: number;
}

/** A token and the headers that contain it. */
export interface Token extends Expiring {
  readonly token: string;
  readonly headers: Record<string, string>;
}

/** A token that expires in fewer milliseconds is refreshed in the background. */
const advisory: number = 4 * 60_000;
/** Calls wait for a new token if the old one expires in fewer milliseconds. */
const mandatory: number = 60_000;
/** Milliseconds after a failed refresh in which a valid token is used without another refresh. */
const backoff: number = 15_000;
/**
 * Without a valid token, calls fail with the second failure in a row for this many milliseconds without a request. The
 * time doubles with each further failure.
 */
const firstHold: number = 500;

type Fetch<Value> = (signal: AbortSignal) => Promise<Value>;

interface Waiter<Value> {
  resolve(token: Value): void;
  reject(error: unknown): void;
  stopListening?: () => void;
}

/** A request for a token, and the calls that wait for it. */
class Refresh<Value> {
  readonly #name: string;
  readonly #waiters: Set<Waiter<Value>> = new Set();
  readonly #abandoned: AbortController = new AbortController();

  /** @param name What calls wait for, for messages. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Aborts when no call waits any more. */
  get signal(): AbortSignal {
    return this.#abandoned.signal;
  }

  /** Waits for the token. Without a signal, the call waits to the end. */
  wait(signal: AbortSignal | undefined): Promise<Value> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<Value> = { resolve, reject };
      this.#waiters.add(waiter);
      if (signal !== undefined) waiter.stopListening = onAbort(signal, () => this.#leave(waiter, signal));
    });
  }

  end(settle: (waiter: Waiter<Value>) => void): void {
    for (const waiter of this.#waiters) {
      waiter.stopListening?.();
      settle(waiter);
    }
    this.#waiters.clear();
  }

  #leave(waiter: Waiter<Value>, signal: AbortSignal): void {
    waiter.stopListening?.();
    this.#waiters.delete(waiter);
    waiter.reject(abandoned(this.#name, signal));
    if (this.#waiters.size === 0) this.#abandoned.abort();
  }
}

function abandoned(name: string, signal: AbortSignal): AbortError {
  return new AbortError(`aborted while waiting for ${name}`, { cause: signal.reason });
}

/** Keeps one value until it expires. */
export class RefreshingCache<Value extends Expiring> {
  readonly #name: string;
  #token: Value | undefined;
  #refresh: Refresh<Value> | undefined;
  #notBefore = 0;
  /** Failures in a row that left calls without a token. */
  #failures = 0;
  #failure: unknown;
  #heldUntil = 0;

  /** @param name What calls wait for, for messages. */
  constructor(name: string = "a token") {
    this.#name = name;
  }

  /**
   * Returns a valid token. `fetch` requests a new one for all calls that wait. Its signal aborts when the last of them
   * has stopped waiting because of its own `signal`.
   */
  get(fetch: Fetch<Value>, signal?: AbortSignal): Promise<Value> {
    const now = Date.now();
    const token = this.#token;
    const left = token === undefined ? 0 : token.expires - now;
    // A server that is down, or that keeps refusing, does not get a request for every call.
    if (token === undefined || left <= 0)
      return isAhead(this.#heldUntil, now) ? Promise.reject(this.#failure) : this.#startRefresh(fetch, signal);
    // Fractions of a short lifetime: otherwise such a token would be refreshed for every call.
    const life = token.expires - token.obtained;
    if (left > Math.min(advisory, life / 4) || isAhead(this.#notBefore, now)) return Promise.resolve(token);
    const isInBackground = left > Math.min(mandatory, life / 10);
    // Calls cannot share the request here, so without this each call would refresh the token.
    if (!sharesWork()) this.#notBefore = now + backoff;
    const refresh = this.#startRefresh(fetch, isInBackground ? undefined : signal).catch(() => token); // it is still valid
    return isInBackground ? Promise.resolve(token) : refresh;
  }

  /** The token, if it needs no refresh yet. */
  fresh(now: number = Date.now()): Value | undefined {
    const token = this.#token;
    return token !== undefined && token.expires - now > advisory ? token : undefined;
  }

  /** Discards the token if the condition holds for it. */
  discard(isRejected: (token: Value) => boolean): void {
    if (this.#token !== undefined && isRejected(this.#token)) this.#token = undefined;
  }

  /** When the token expires: 0 without a token, `Infinity` while one is requested. */
  get expires(): number {
    return this.#refresh === undefined ? (this.#token?.expires ?? 0) : Infinity;
  }

  #startRefresh(fetch: Fetch<Value>, signal: AbortSignal | undefined): Promise<Value> {
    if (signal?.aborted === true) return Promise.reject(abandoned(this.#name, signal));
    const refresh = sharesWork() ? (this.#refresh ??= this.#begin(fetch)) : this.#begin(fetch);
    const isLate = refresh.signal.aborted;
    const token = refresh.wait(signal);
    // Its response may not have been read to the end, because no call waited.
    return isLate ? token.catch(() => this.#startRefresh(fetch, signal)) : token;
  }

  #begin(fetch: Fetch<Value>): Refresh<Value> {
    const refresh = new Refresh<Value>(this.#name);
    fetch(refresh.signal).then(
      (token) => {
        this.#refresh = undefined;
        this.#token = token;
        this.#failures = 0;
        this.#failure = undefined;
        this.#heldUntil = 0;
        refresh.end((waiter) => waiter.resolve(token));
      },
      (error: unknown) => {
        this.#refresh = undefined;
        if (!refresh.signal.aborted) this.#remember(error, Date.now());
        refresh.end((waiter) => waiter.reject(error));
      },
    );
    return refresh;
  }

  #remember(error: unknown, now: number): void {
    this.#notBefore = now + backoff;
    if (this.#token !== undefined && this.#token.expires > now) return;
    this.#failures++;
    this.#failure = error;
    // The cause of a first failure may be over, so the next call sends a request.
    if (this.#failures > 1) this.#heldUntil = now + Math.min(backoff, firstHold * 2 ** (this.#failures - 2));
  }
}

/** Caches one access token. */
export class TokenCache extends RefreshingCache<Token> {
  /** Discards the token if it is the one that was rejected, or any token if `refused` is `undefined`. */
  forget(refused: string | undefined): void {
    this.discard(({ headers }) => refused === undefined || headers["authorization"] === refused);
  }
}

/** The caches of credentials that are derived from each other, by the purpose of their tokens. */
export class TokenCaches {
  readonly #size: number;
  /** The most recently used one is the last. */
  readonly #caches: Map<string, TokenCache> = new Map();
  /** No token expires before this time. */
  #nextEnd = Infinity;

  /** @param size The maximum number of tokens. */
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

  /** Records when a new token expires, so that the caches are searched only if they contain expired tokens. */
  note({ expires }: Token): void {
    this.#nextEnd = Math.min(this.#nextEnd, expires);
  }

  forget(refused: string | undefined): void {
    for (const cache of this.#caches.values()) cache.forget(refused);
  }

  /** Drops caches of expired tokens, else the least recently used one. */
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

/** Whether a time is in the future. A time that is too far ahead was set before the clock was set back. */
function isAhead(end: number, now: number): boolean {
  return now < end && end - now <= backoff;
}
