/** Requests with the refresh token of a user, which the server may replace with each response (RFC 6749 §6). */
import { AuthError } from "../errors.js";
import type { JsonObject } from "./credential-file.js";
import type { Network } from "./endpoint.js";
import { type TokenEndpointRequest, requestForm } from "./token-request.js";
import { type OnTokens, TokenReports } from "./token-reports.js";
import { type AuthorizedUserKey, changesOf } from "./user-key.js";

/** Where tokens are requested, and how refusals are explained. */
export type RefreshTarget = Pick<TokenEndpointRequest, "account" | "hint" | "refusalCode" | "url">;

/** Options for programs that store the sign-in of a user. */
export interface SignInStorage {
  /**
   * Called with the complete sign-in after each token request, so that a program can store it. Calls are in order and
   * never overlap. Must not use the credentials, which wait for it. If it throws after the server replaced the refresh
   * token, the token request fails with `TOKEN_STORE_UNWRITABLE` or the `DiscogenError` that it threw, and the next one
   * reports again. If the stored refresh token is still valid, a process warning reports the failure instead.
   */
  readonly onTokens?: OnTokens | undefined;
  /**
   * Reads the stored sign-in again. Called if the refresh token was revoked or has expired: another process may have
   * stored a new one, which is then used.
   */
  readonly reload?: (() => Promise<AuthorizedUserKey | undefined>) | undefined;
}

/** The parameters of a request, besides the client and the refresh token. */
type Form = TokenEndpointRequest["form"];

interface Refreshed {
  readonly members: JsonObject;
  readonly isReplaced: boolean;
}

export class RefreshToken {
  readonly #target: RefreshTarget;
  readonly #reports: TokenReports | undefined;
  readonly #reload: SignInStorage["reload"];
  readonly #inFlight: Set<Promise<Refreshed>> = new Set();
  #key: AuthorizedUserKey;
  /** Whether the server has replaced a refresh token. */
  #isRotating = false;

  constructor(target: RefreshTarget, key: AuthorizedUserKey, { onTokens, reload }: SignInStorage) {
    this.#target = target;
    this.#key = key;
    this.#reports = onTokens === undefined ? undefined : new TokenReports(target.account, onTokens);
    this.#reload = reload;
  }

  /** The current sign-in. */
  get key(): AuthorizedUserKey {
    return this.#key;
  }

  /**
   * Sends a request, again if the refresh token was replaced in the meantime, and reports the new tokens.
   *
   * @param form Parameters besides the client and the refresh token.
   * @throws AuthError `REFRESH_TOKEN_REVOKED`, `TOKEN_…`
   */
  async send(network: Network, form: Form, metrics: string): Promise<JsonObject> {
    for (;;) {
      const used = this.#key.refresh_token;
      const refresh = this.#request(network, form, metrics);
      this.#inFlight.add(refresh);
      try {
        const { isReplaced, members } = await refresh;
        await this.#reports?.report(this.#key, isReplaced);
        return members;
      } catch (error) {
        if (!(error instanceof AuthError) || error.code !== "REFRESH_TOKEN_REVOKED") throw error;
        await this.#findReplacement(used);
        if (this.#key.refresh_token === used) throw error;
      } finally {
        this.#inFlight.delete(refresh);
      }
    }
  }

  async #request(network: Network, form: Form, metrics: string): Promise<Refreshed> {
    const { client_id, client_secret, refresh_token } = this.#key;
    const client = { client_id, ...(client_secret ? { client_secret } : {}) };
    const complete = { grant_type: "refresh_token", ...client, refresh_token, ...form };
    // The next response may have a new refresh token, so it is read even if no call waits for it any more.
    const signal = this.#isRotating ? undefined : network.signal;
    const members = await requestForm({ ...network, signal }, { ...this.#target, form: complete, metrics });
    const changes = changesOf(members, client_id, Date.now(), form["scope"] !== undefined);
    const isReplaced = changes.refresh_token !== undefined && changes.refresh_token !== this.#key.refresh_token;
    if (isReplaced) this.#isRotating = true;
    this.#key = { ...this.#key, ...changes };
    return { members, isReplaced };
  }

  /** Uses the replacement of a refresh token that another request or another process has received. */
  async #findReplacement(used: string): Promise<void> {
    // The server may have processed another request first, whose response arrives later.
    await Promise.allSettled(this.#inFlight);
    if (this.#key.refresh_token !== used) return;
    const { account, client_id: clientId } = this.#key;
    const newer = await this.#reload?.().catch(() => undefined);
    if (newer?.client_id !== clientId || !newer.refresh_token) return;
    // The calls of this program must not act for another user.
    if (newer.account && account && newer.account !== account) return;
    this.#key = { ...this.#key, refresh_token: newer.refresh_token };
  }
}
