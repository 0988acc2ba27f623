/** The proxies that the environment names, and the hosts that are never reached through one. */
import { InvalidRequestError } from "../errors.js";
import { rawVariable } from "../platform/node/environment.js";
import { isShowable } from "../redact.js";
import { isLoopback } from "../request/root-url.js";
import { isExcludedAddress } from "./no-proxy.js";

/** Proxy URLs for targets by http and by https; empty or absent for none. */
export interface Proxies {
  readonly httpProxy: string | undefined;
  readonly httpsProxy: string | undefined;
}

/** The lower-case name goes first, and an empty value means none, as in curl. */
export function readProxies(): Proxies | undefined {
  const httpProxy = proxyUrl("http_proxy") ?? proxyUrl("HTTP_PROXY");
  const httpsProxy = proxyUrl("https_proxy") ?? proxyUrl("HTTPS_PROXY");
  return (httpProxy ?? "") === "" && (httpsProxy ?? "") === "" ? undefined : { httpProxy, httpsProxy };
}

/** An empty value is not the same as none. */
function variable(name: string): string | undefined {
  return rawVariable(name)?.trim();
}

function proxyUrl(name: string): string | undefined {
  const value = variable(name);
  if (value === undefined || value === "") return value;
  // Without a scheme, as other programs allow it.
  const url = value.includes("://") ? value : `http://${value}`;
  if (URL.canParse(url) && /^(?:https?|socks5?):$/.test(new URL(url).protocol) && hasPlainHost(url)) return url;
  const fault = { parameter: name, message: "must be the URL of a proxy, for instance http://proxy:3128" };
  // Without the value, which may carry a password.
  throw new InvalidRequestError("the environment", [fault], "INVALID_OPTION");
}

/** Errors of name resolution repeat the host, so a key or token cannot be one. User name and password may be there. */
function hasPlainHost(url: string): boolean {
  return isShowable(url.replace(/^[^/]*\/\/(?:[^/]*@)?/, ""));
}

/** Metadata servers of Google and AWS: they answer this very machine, which a proxy is not. */
const metadataHosts: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "[fd00:ec2::254]",
  "[fd20:ce::254]",
  "metadata.google.internal",
  "metadata.google.internal.",
]);

/**
 * Whether this host is always reached without a proxy: a metadata server, this machine itself, or an address that
 * `NO_PROXY` lists. The names in there are undici's business.
 */
export function isDirect(origin: string): boolean {
  const { hostname } = new URL(origin);
  return (
    metadataHosts.has(hostname) ||
    isLoopback(hostname) ||
    isExcludedAddress(hostname, variable("no_proxy") ?? variable("NO_PROXY") ?? "")
  );
}
