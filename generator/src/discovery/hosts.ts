/** Which hosts may receive credentials. */
import { isUrl } from "./request.js";

/** The domain of Google's APIs. */
export const GOOGLE = "googleapis.com";

/** Whether a host is this machine (RFC 6761, section 6.3). */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** Whether a URL is https and its host is a subdomain of one of these domains. */
export function isWithin({ protocol, hostname }: URL, domains: readonly string[]): boolean {
  return protocol === "https:" && domains.some((domain) => hostname.endsWith(`.${domain.toLowerCase()}`));
}

/** Host and port of each http(s) URL in the list. Ignores everything else. */
export function hostsOf(addresses: readonly (string | undefined)[]): readonly string[] {
  return addresses.flatMap((address = "") => (isUrl(address) && URL.canParse(address) ? [new URL(address).host] : []));
}
