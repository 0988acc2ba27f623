/**
 * Lets clients read the headers of a cached token without a promise. Only credentials of this package offer it. It is
 * stored next to the credentials, so users neither see nor have to implement it.
 */
import type { Credentials } from "./credentials.js";

/** Header fields with names in lower case, frozen. */
export type AuthorizationHeaders = Record<string, string>;

const readers: WeakMap<Credentials, () => AuthorizationHeaders | undefined> = new WeakMap();

/** `read` returns what `getRequestHeaders` resolves to, or `undefined` if no fresh token is cached. */
export function registerCachedHeaders(credentials: Credentials, read: () => AuthorizationHeaders | undefined): void {
  readers.set(credentials, read);
}

/** Returns the function that reads the cached headers of these credentials, if they have one. */
export function cachedHeadersOf(credentials: Credentials): (() => AuthorizationHeaders | undefined) | undefined {
  return readers.get(credentials);
}
