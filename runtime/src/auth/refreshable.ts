/** Expires the token of a google-auth-library client after a 401, so that it requests another one. */
import type { Credentials } from "./credentials.js";

/** The public members of `AuthClient` (versions 9 to 11) that contain its token and the time when it expires. */
interface TokenHolder {
  readonly credentials: StoredToken;
  setCredentials(credentials: StoredToken): void;
  /** Set on `OAuth2Client`, which cannot refresh a token that the user passed to it. */
  readonly refreshAccessToken?: unknown;
  readonly refreshHandler?: unknown;
}

interface StoredToken {
  readonly access_token?: string | null;
  readonly refresh_token?: string | null;
  readonly expiry_date?: number | null;
}

/**
 * Marks the token of these credentials as expired, if it is the one that was rejected and they can request another.
 *
 * @param refused The `authorization` that was rejected.
 */
export async function expireToken(credentials: Credentials, refused: string | undefined): Promise<void> {
  const holder: unknown = hasFunction(credentials, "getClient") ? await credentials.getClient() : credentials;
  if (!isTokenHolder(holder)) return;
  const { access_token: token, refresh_token: refreshToken } = holder.credentials;
  // Another call may have refreshed it in the meantime.
  if (typeof token !== "string" || refused?.endsWith(` ${token}`) !== true) return;
  const isGiven = holder.refreshAccessToken !== undefined && !refreshToken && holder.refreshHandler === undefined;
  if (!isGiven) holder.setCredentials({ ...holder.credentials, expiry_date: 1 });
}

function isTokenHolder(value: unknown): value is TokenHolder {
  return (
    hasFunction(value, "setCredentials") &&
    "credentials" in value &&
    typeof value.credentials === "object" &&
    value.credentials !== null
  );
}

function hasFunction<Name extends string>(value: unknown, name: Name): value is Record<Name, () => unknown> {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, name) === "function";
}
