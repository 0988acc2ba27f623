/** Chooses the address of requests: the caller's, or one of the document's in the client's universe. */
import { defaultUniverse, hasUniverse, inUniverse, isDomain } from "../auth/universe.js";
import type { ClientOptions } from "../call/options.js";
import { type Fault, addFault } from "../errors.js";
import type { ApiDescriptor } from "../method.js";
import { environment } from "../platform/node/environment.js";
import { type RootUrl, parseRootUrl } from "../request/root-url.js";

/** An address, and the universe that credentials must belong to (`undefined`: any). */
export interface Endpoint {
  readonly root: RootUrl;
  readonly universe: string | undefined;
}

/** @param isMtls Use the document's mTLS endpoint, if it has one. */
export function endpointOf(api: ApiDescriptor, options: ClientOptions, isMtls: boolean, faults: Fault[]): Endpoint {
  const { region, rootUrl, universeDomain } = options;
  const universe = universeOf(universeDomain, faults);
  // An emulator or private address belongs to no universe, unless the caller specifies one.
  if (rootUrl !== undefined)
    return { root: parseRootUrl(rootUrl, faults), universe: universeDomain === undefined ? undefined : universe };
  const address =
    region === undefined ? ((isMtls ? api.mtlsRootUrl : undefined) ?? api.rootUrl) : regional(api, region, faults);
  const root = parseRootUrl(address, faults);
  if (isMtls && universe !== defaultUniverse)
    addFault(faults, "mtls", `is available only in the universe ${defaultUniverse}: pass mtls: false`);
  if (!hasUniverse(root)) return { root, universe: universeDomain };
  return { root: universe === defaultUniverse ? root : inUniverse(root, universe), universe };
}

/** Returns the universe of a client with this option. */
function universeOf(option: string | undefined, faults: Fault[]): string {
  const variable = "GOOGLE_CLOUD_UNIVERSE_DOMAIN";
  const universe = option ?? environment(variable) ?? defaultUniverse;
  if (isDomain(universe)) return universe;
  addFault(faults, option === undefined ? variable : "universeDomain", "must be a domain, for example googleapis.com");
  return defaultUniverse;
}

function regional(api: ApiDescriptor, region: string, faults: Fault[]): string {
  const { endpoints = {} } = api;
  const found = Object.hasOwn(endpoints, region) ? endpoints[region] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(endpoints);
  const message =
    known.length === 0
      ? "is not supported: this API's document has no regional endpoints. For another endpoint, pass rootUrl"
      : `is not in this API's document; similar regions are ${nearest(String(region), known).join(", ")}. For another endpoint, pass rootUrl`;
  addFault(faults, "region", message);
  return api.rootUrl;
}

/** Returns the five names that have the most pairs of letters in common with the given one. */
function nearest(given: string, known: readonly string[]): readonly string[] {
  const similarity = (name: string): number =>
    Array.from(name).filter((_, i) => i > 0 && given.includes(name.slice(i - 1, i + 1))).length / name.length;
  return known.toSorted((a, b) => similarity(b) - similarity(a)).slice(0, 5);
}
