/** Exchanges a signed assertion for a token (RFC 7523 §2.1). Uses the server's clock if the local one is wrong. */
import { type Network, TokenRefusal } from "./endpoint.js";
import { type IssuedToken, type TokenEndpointRequest, requestIdToken, requestToken } from "./token-request.js";

/** One exchange. */
export interface AssertionRequest {
  readonly account: string;
  readonly url: URL;
  readonly metrics: string;
  /** `id_token` for an assertion with a `target_audience`. */
  readonly tokenType: "access_token" | "id_token";
  /** @param now Milliseconds since the epoch, by the server's clock if it is known. */
  sign(now: number): Promise<string>;
}

/** Milliseconds. A smaller difference between clocks does not cause a refusal. */
const clockTolerance = 30_000;

/** Exchanges assertions. Remembers by how much the server's clock differs once a refusal shows that it matters. */
export class AssertionExchange {
  #clockOffset = 0;

  /** The server's time in milliseconds since the epoch, as far as it is known. */
  now(): number {
    return Date.now() + this.#clockOffset;
  }

  /** Switches to the server's clock. `false`: the difference is too small to cause a refusal. */
  adjustClock(serverTime: number): boolean {
    const offset = serverTime - Date.now();
    if (Math.abs(offset - this.#clockOffset) < clockTolerance) return false;
    this.#clockOffset = offset;
    return true;
  }

  /** @throws AuthError `TOKEN_REFUSED` or `TOKEN_UNAVAILABLE` */
  async run(network: Network, request: AssertionRequest): Promise<IssuedToken> {
    try {
      return await this.#once(network, request);
    } catch (error) {
      if (!this.#isClockCause(error)) throw error;
      return this.#once(network, request);
    }
  }

  async #once(network: Network, { sign, tokenType, ...rest }: AssertionRequest): Promise<IssuedToken> {
    const assertion = await sign(this.now());
    const form = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
    const target: TokenEndpointRequest = { ...rest, form, hint: hintFor };
    return tokenType === "id_token" ? requestIdToken(network, target) : requestToken(network, target);
  }

  /** Switches to the server's clock after a refusal about times. `false`: the clock is not the cause. */
  #isClockCause(error: unknown): boolean {
    if (!(error instanceof TokenRefusal) || error.serverTime === undefined) return false;
    return isClockRefusal(error.message) && this.adjustClock(error.serverTime);
  }
}

/** Returns advice for refusals of Google. */
function hintFor(reason: string | undefined, description: string): string | undefined {
  switch (reason) {
    case "unauthorized_client":
      return "To act for a user, the account's client id must be granted exactly these scopes under domain-wide delegation in the Google Workspace admin console";
    case "invalid_scope":
      return "Check the scopes: each must be a full name such as https://www.googleapis.com/auth/cloud-platform";
    case "access_denied":
      return "The domain's administrator does not allow this account to act for that user";
    case "invalid_grant":
      if (isClockRefusal(description)) return "Check the clock of this machine";
      if (/signature/i.test(description))
        return "The key may have been deleted or disabled, or belong to another account";
      if (/not found|invalid email|user id/i.test(description))
        return "Check that the account, and the user it acts for, exist and are not disabled";
      return "Check the clock of this machine, and that the key has not been deleted or disabled";
    default:
      return undefined;
  }
}

/** Whether a refusal is about the times of an assertion. */
function isClockRefusal(description: string): boolean {
  return /\biat\b|\bexp\b|short-lived|timeframe|expired/i.test(description);
}
