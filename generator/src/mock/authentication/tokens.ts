/** The access tokens that a mock has issued. */
import { randomBytes } from "node:crypto";

/** What an access token permits. */
export interface Grant {
  /** Email address of the service account, or of the user it acts for by domain-wide delegation. */
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
}

export interface TokenStore {
  /** Returns a new opaque token. */
  issue(grant: Grant): string;
  find(token: string): Grant | "expired" | "unknown";
  /** Removes every token. */
  revoke(): void;
}

/** Lifetime of a token in seconds: the `expires_in` that Google returns. */
export const TOKEN_SECONDS = 3599;

/** `now` is in milliseconds. */
export function createTokenStore(now: () => number): TokenStore {
  const tokens = new Map<string, { readonly grant: Grant; readonly expiry: number }>();
  /** Removes tokens that expired long ago, so that the memory of a long-running mock does not grow. */
  const prune = () => {
    for (const [token, { expiry }] of tokens) {
      if (expiry + TOKEN_SECONDS * 1000 < now()) tokens.delete(token);
    }
  };
  return {
    issue(grant) {
      prune();
      const token = randomBytes(32).toString("base64url");
      tokens.set(token, { grant, expiry: now() + TOKEN_SECONDS * 1000 });
      return token;
    },
    find(token) {
      const found = tokens.get(token);
      if (found === undefined) return "unknown";
      return found.expiry <= now() ? "expired" : found.grant;
    },
    revoke() {
      tokens.clear();
    },
  };
}
