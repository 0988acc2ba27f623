/**
 * Keeps one access token fresh.
 *
 * Near its end a token is renewed in the background while it still serves; at its very end calls wait for the new one.
 * However many wait, one request is under way.
 */

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

export class TokenCache {
  #token: Token | undefined;
  #renewal: Promise<Token> | undefined;
  #notBefore = 0;
  /** Failures in a row that left calls without a token. */
  #failures = 0;
  #failure: unknown;
  #heldUntil = 0;

  /**
   * The headers of a token that is good for a while. `fetch` gets a new one; it is the same for whoever asks, so it
   * must not depend on one caller's patience.
   */
  get(fetch: () => Promise<Token>, now: number = Date.now()): Promise<Token> {
    const token = this.#token;
    const left = token === undefined ? 0 : token.expires - now;
    // A server that is down, or that keeps refusing, is not asked for every call.
    if (token === undefined || left <= 0)
      return isAhead(this.#heldUntil, now) ? Promise.reject(this.#failure) : this.#renew(fetch);
    // Shares of a short life, or such a token would be renewed for every call.
    const life = token.expires - token.obtained;
    if (left > Math.min(advisory, life / 4) || isAhead(this.#notBefore, now)) return Promise.resolve(token);
    const renewal = this.#renew(fetch).catch(() => token); // the token at hand still serves
    return left > Math.min(mandatory, life / 10) ? Promise.resolve(token) : renewal;
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

  #renew(fetch: () => Promise<Token>): Promise<Token> {
    this.#renewal ??= fetch()
      .then(
        (token) => {
          this.#token = token;
          this.#failures = 0;
          this.#failure = undefined;
          this.#heldUntil = 0;
          return token;
        },
        (error: unknown) => {
          this.#remember(error, Date.now());
          throw error;
        },
      )
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
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

/** Whether the end of a hold is to come. One that is further away than any hold was set by a clock that has been set back. */
function isAhead(end: number, now: number): boolean {
  return now < end && end - now <= backoff;
}
