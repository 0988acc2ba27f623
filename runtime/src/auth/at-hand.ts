/**
 * A short cut from clients to the credentials of this package: headers without a promise, where a token is at hand.
 * Kept beside the credentials instead of on them, so that it is no part of what users see or must write.
 */
import type { Credentials } from "./credentials.js";

/** Header fields with names in lower case, frozen. */
export type Signature = Record<string, string>;

const offers: WeakMap<Credentials, () => Signature | undefined> = new WeakMap();

/** `give` answers the same as `getRequestHeaders`, or `undefined` where something has to be waited for. */
export function offerAtHand(credentials: Credentials, give: () => Signature | undefined): void {
  offers.set(credentials, give);
}

/** The short cut of these credentials, where they have one. */
export function atHandOf(credentials: Credentials): (() => Signature | undefined) | undefined {
  return offers.get(credentials);
}
