/** Reports tokens to a program that stores them: one report after the other, and never without notice of a failure. */
import { AuthError, DiscogenError } from "../errors.js";
import { emitWarning } from "../platform/node/environment.js";
import { safeCause } from "../redact.js";
import type { AuthorizedUserKey } from "./user-key.js";

/** Stores tokens, for example in a file. */
export type OnTokens = (tokens: AuthorizedUserKey) => void | Promise<void>;

export class TokenReports {
  readonly #source: string;
  readonly #onTokens: OnTokens;
  #last: Promise<void> = Promise.resolve();
  /** A refresh token was replaced, and its replacement is not stored. */
  #isUnstored = false;
  #hasWarned = false;

  /** @param source The source of the credentials, for messages. */
  constructor(source: string, onTokens: OnTokens) {
    this.#source = source;
    this.#onTokens = onTokens;
  }

  /**
   * Reports tokens after all earlier reports.
   *
   * @param isReplaced Whether the refresh token is new, so that the stored one may be invalid.
   * @throws AuthError `TOKEN_STORE_…`, if a refresh token would be lost; other failures are process warnings
   */
  async report(key: AuthorizedUserKey, isReplaced: boolean): Promise<void> {
    if (isReplaced) this.#isUnstored = true;
    // A later report contains the refresh token of this one.
    const own = this.#last.then(async () => {
      await storeTokens(this.#source, this.#onTokens, key);
      this.#isUnstored = false;
    });
    const settled = (): void => undefined;
    this.#last = own.then(settled, settled);
    try {
      await own;
    } catch (error) {
      // A refresh in the background has no call that could throw the error.
      if (!this.#hasWarned)
        emitWarning(error instanceof Error ? error.message : String(error), "DISCOGEN_TOKENS_NOT_STORED");
      this.#hasWarned = true;
      if (this.#isUnstored) throw error;
    }
  }
}

/** @throws AuthError `TOKEN_STORE_UNWRITABLE` if the function throws, or the `DiscogenError` that it throws */
export async function storeTokens(source: string, onTokens: OnTokens, key: AuthorizedUserKey): Promise<void> {
  try {
    await onTokens(key);
  } catch (error) {
    if (error instanceof DiscogenError) throw error;
    const secrets = [key.refresh_token, key.token ?? "", key.client_secret ?? ""].filter(({ length }) => length > 3);
    const cause = safeCause(error, secrets);
    const message = `${source}: onTokens did not store the tokens: ${cause.message}`;
    throw new AuthError("TOKEN_STORE_UNWRITABLE", message, { cause });
  }
}
