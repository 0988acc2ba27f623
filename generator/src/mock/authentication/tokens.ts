/** The tokens that a mock accepts: those that it has issued, and those that a service account signs itself. */
import { randomBytes } from "node:crypto";
import type { ApiIndex } from "../api-index.js";

/** What a token permits. */
export interface Grant {
  /** Email address of the service account, or of the user it acts for by domain-wide delegation. */
  readonly subject: string;
  /** `all` permits every method of the API: a self-signed JWT can name the API in place of scopes. */
  readonly scopes: ReadonlySet<string> | "all";
}

/** A grant, or why the token has no grant. */
export type FoundGrant = Grant | "expired" | "unknown";

export interface TokenStore {
  /** True if calls need no token, and their tokens are not checked. */
  readonly isOpen: boolean;
  /** Returns a new opaque token. */
  issue(grant: Grant): string;
  /** Returns what a token permits in calls of this API. */
  find(token: string, api: ApiIndex): FoundGrant;
  /** Removes every issued token. */
  revoke(): void;
}

export interface TokenStoreOptions {
  /** Clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly isOpen: boolean;
  /** Verifies a token that the mock has not issued. */
  readonly verify: (token: string, api: ApiIndex) => FoundGrant;
}

/** Lifetime of a token in seconds: the `expires_in` that Google returns. */
export const TOKEN_SECONDS = 3599;

export function createTokenStore({ now, isOpen, verify }: TokenStoreOptions): TokenStore {
  const tokens = new Map<string, { readonly grant: Grant; readonly expiry: number }>();
  /** Removes tokens that expired long ago, so that the memory of a long-running mock does not grow. */
  const prune = () => {
    for (const [token, { expiry }] of tokens) {
      if (expiry + TOKEN_SECONDS * 1000 < now()) tokens.delete(token);
    }
  };
  return {
    isOpen,
    issue(grant) {
      prune();
      const token = randomBytes(32).toString("base64url");
      tokens.set(token, { grant, expiry: now() + TOKEN_SECONDS * 1000 });
      return token;
    },
    find(token, api) {
      const found = tokens.get(token);
      if (found === undefined) return verify(token, api);
      return found.expiry <= now() ? "expired" : found.grant;
    },
    revoke() {
      tokens.clear();
    },
  };
}
