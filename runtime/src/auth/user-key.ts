/** The sign-in of a user: what a file of the type `authorized_user` contains. */
import type { JsonObject } from "./credential-file.js";
import type { IssuedToken } from "./token-request.js";

/**
 * The sign-in of a user, as `gcloud auth application-default login` writes it and as `onTokens` reports it. Google's
 * other libraries read it too. Keep it secret. Other members are ignored.
 */
export interface AuthorizedUserKey {
  readonly type?: string;
  readonly client_id: string;
  /** Absent for clients without a secret, such as those of mobile apps. */
  readonly client_secret?: string;
  readonly refresh_token: string;
  readonly quota_project_id?: string;
  /** Where the refresh token is exchanged. Default: Google's. */
  readonly token_uri?: string;
  /** The cloud that the sign-in belongs to. Default: `googleapis.com`. */
  readonly universe_domain?: string;
  /** The address of the user. Known if the scopes include `email` or `openid email`. */
  readonly account?: string;
  /** The scopes that the user granted. */
  readonly scopes?: readonly string[];
  /** The last access token. It is used until it expires, if the credentials have no `scopes` of their own. */
  readonly token?: string;
  /** When {@link token} expires, for example `2026-01-31T12:00:00.000Z`. */
  readonly expiry?: string;
}

/** A stored access token is refreshed if it expires in fewer milliseconds. */
const minimumLifetime: number = 5 * 60_000;

/** Milliseconds in the longest lifetime of a stored access token. A later expiry is an error of a clock. */
const maximumLifetime: number = 24 * 3600_000;

/** The access token of a key. `undefined` without a token that is valid for some minutes. */
export function storedToken({ expiry, token }: JsonObject, now: number): IssuedToken | undefined {
  if (typeof token !== "string" || typeof expiry !== "string" || !/^[\u0021-\u007e]+$/.test(token)) return undefined;
  // Python writes UTC without a time zone in some versions.
  const lifetime = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(expiry) ? expiry : `${expiry}Z`) - now;
  return lifetime > minimumLifetime && lifetime <= maximumLifetime ? { token, lifetime } : undefined;
}

/** The scopes of a key or of a response: an array, or a string with spaces (RFC 6749 §3.3). */
export function scopesIn(value: unknown): readonly string[] | undefined {
  const list: unknown = typeof value === "string" ? value.split(" ") : value;
  if (!Array.isArray(list)) return undefined;
  const scopes = list.filter((scope): scope is string => typeof scope === "string" && scope !== "");
  return scopes.length === 0 ? undefined : Object.freeze(scopes);
}

/** Short names of scopes, which Google's responses replace by their full names. */
const fullNames: { readonly [scope: string]: string } = {
  email: "https://www.googleapis.com/auth/userinfo.email",
  profile: "https://www.googleapis.com/auth/userinfo.profile",
};

/** The scopes of `wanted` that are not in `granted`. Empty if it is not known what was granted. */
export function missingScopes(wanted: readonly string[], granted: readonly string[] | undefined): readonly string[] {
  if (granted === undefined) return [];
  const fullName = (scope: string): string => (Object.hasOwn(fullNames, scope) ? String(fullNames[scope]) : scope);
  const known = new Set(granted.map(fullName));
  return wanted.filter((scope) => !known.has(fullName(scope)));
}

/**
 * What a response of a token endpoint changes in a key.
 *
 * @param isPartial The token is for other scopes than those that were granted.
 */
export function changesOf(
  { access_token: token, expires_in: seconds, id_token: idToken, refresh_token: refreshToken, scope }: JsonObject,
  clientId: unknown,
  now: number,
  isPartial: boolean = false,
): Partial<AuthorizedUserKey> {
  const lifetime = Number(seconds) * 1000;
  const account = accountIn(idToken, clientId);
  const scopes = isPartial ? undefined : scopesIn(scope);
  const hasExpiry = typeof token === "string" && lifetime > 0 && lifetime <= maximumLifetime;
  return {
    ...(typeof refreshToken === "string" && refreshToken !== "" ? { refresh_token: refreshToken } : {}),
    ...(scopes === undefined ? {} : { scopes }),
    ...(account === undefined ? {} : { account }),
    ...(hasExpiry && !isPartial ? { token, expiry: new Date(now + lifetime).toISOString() } : {}),
  };
}

/** The user's address in an ID token. The token endpoint itself returned it, so its signature needs no check (OIDC §3.1.3.7). */
function accountIn(idToken: unknown, clientId: unknown): string | undefined {
  if (typeof idToken !== "string") return undefined;
  try {
    const bytes = atob((idToken.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
    const claims: unknown = JSON.parse(text);
    const { aud, email } = claims as { readonly aud?: unknown; readonly email?: unknown }; // any JSON; checked below
    return aud === clientId && typeof email === "string" && /^[^\s@]+@[^\s@]+$/.test(email) ? email : undefined;
  } catch {
    return undefined;
  }
}
