/**
 * A short cut from clients to the credentials of this package: headers without a promise, where a token is at hand.
 * Kept beside the credentials instead of on them, so that it is no part of what users see or must write.
 */
import type { Credentials } from "./credentials.js";

/** Header fields with names in lower case, frozen. */
export type AuthorizationHeaders = Record<string, string>;

const offers: WeakMap<Credentials, () => AuthorizationHeaders | undefined> = new WeakMap();

/** `give` answers the same as `getRequestHeaders`, or `undefined` where something has to be waited for. */
export function registerCachedHeaders(credentials: Credentials, give: () => AuthorizationHeaders | undefined): void {
  offers.set(credentials, give);
}

/** The short cut of these credentials, where they have one. */
export function cachedHeadersOf(credentials: Credentials): (() => AuthorizationHeaders | undefined) | undefined {
  return offers.get(credentials);
}
