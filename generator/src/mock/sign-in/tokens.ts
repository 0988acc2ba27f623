/** The access tokens that a mock has issued, and what each is good for. */
import { randomBytes } from "node:crypto";

/** What a token stands for. */
export interface Grant {
  /** The service account, or the user it acts for by domain-wide delegation. */
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
}

export interface TokenStore {
  /** Makes an opaque token. */
  issue(grant: Grant): string;
  find(token: string): Grant | "expired" | "unknown";
  /** Forgets every token, as when the key is taken away. */
  revoke(): void;
}

/** What Google answers as `expires_in`. */
export const TOKEN_SECONDS = 3599;

/** `now` is in milliseconds. */
export function createTokenStore(now: () => number): TokenStore {
  const tokens = new Map<string, { readonly grant: Grant; readonly expiry: number }>();
  /** Long expired ones are forgotten, so that a mock left running does not grow. */
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
