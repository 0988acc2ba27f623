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

export class TokenCache {
  #token: Token | undefined;
  #renewal: Promise<Token> | undefined;
  #notBefore = 0;

  /**
   * The headers of a token that is good for a while. `fetch` gets a new one; it is the same for whoever asks, so it
   * must not depend on one caller's patience.
   */
  get(fetch: () => Promise<Token>, now: number = Date.now()): Promise<Token> {
    const token = this.#token;
    const left = token === undefined ? 0 : token.expires - now;
    if (token === undefined || left <= 0) return this.#renew(fetch);
    // Shares of a short life, or such a token would be renewed for every call.
    const life = token.expires - token.obtained;
    if (left > Math.min(advisory, life / 4) || now < this.#notBefore) return Promise.resolve(token);
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
          return token;
        },
        (error: unknown) => {
          this.#notBefore = Date.now() + backoff;
          throw error;
        },
      )
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }
}
