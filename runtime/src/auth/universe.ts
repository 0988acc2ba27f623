/** Universes: Google's clouds. Each has its own domain, API hosts and credentials. */
import { AuthError } from "../errors.js";
import { isShowable, quotedName, shownName } from "../redact.js";
import type { RootUrl } from "../request/root-url.js";
import type { Credentials } from "./credentials.js";

/** The universe of clients and credentials that name none. */
export const defaultUniverse = "googleapis.com";

/** Whether a text is a domain name with a dot in it. */
export function isDomain(text: unknown): text is string {
  return typeof text === "string" && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(text) && isShowable(text);
}

const suffix = /\.googleapis\.com(?=$|:)/;

/** Whether an address belongs to a universe, so that another universe has its twin. */
export function hasUniverse({ origin }: RootUrl): boolean {
  return suffix.test(origin);
}

/** The twin of an address in another universe. */
export function inUniverse(root: RootUrl, universe: string): RootUrl {
  const move = (host: string): string => host.replace(suffix, `.${universe}`);
  return { ...root, origin: move(root.origin), hostname: move(root.hostname) };
}

/** Whether credentials name this universe, or name none. */
export function isOfUniverse(credentials: Credentials, universe: string | undefined): boolean {
  const own: unknown = universe === undefined ? undefined : credentials.universeDomain;
  return typeof own !== "string" || own === universe;
}

/** Throws an `AuthError` if credentials are of another universe: a token must not be shown to another cloud. */
export function checkUniverse(subject: string, credentials: Credentials, universe: string | undefined): void {
  if (isOfUniverse(credentials, universe)) return;
  const own = credentials.universeDomain;
  throw new AuthError(
    "UNIVERSE_MISMATCH",
    `${subject}: the credentials are of the universe ${shownName(own)}, the client is of ${shownName(universe)}. Use other credentials, or pass \`universeDomain: ${quotedName(own)}\` to the client`,
  );
}
