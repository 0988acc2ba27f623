/** The proxies of the environment, and the hosts that never use a proxy. */
import { InvalidRequestError } from "../errors.js";
import { rawVariable } from "../platform/node/environment.js";
import { isShowable } from "../redact.js";
import { isLoopback } from "../request/root-url.js";
import { isExcludedAddress } from "./no-proxy.js";

/** Proxy URLs for http and https targets. Empty or absent: no proxy. */
export interface Proxies {
  readonly httpProxy: string | undefined;
  readonly httpsProxy: string | undefined;
}

/** Reads the variables. As in curl, the lower-case name takes precedence, and an empty value means no proxy. */
export function readProxies(): Proxies | undefined {
  const httpProxy = proxyUrl("http_proxy") ?? proxyUrl("HTTP_PROXY");
  const httpsProxy = proxyUrl("https_proxy") ?? proxyUrl("HTTPS_PROXY");
  return (httpProxy ?? "") === "" && (httpsProxy ?? "") === "" ? undefined : { httpProxy, httpsProxy };
}

/** Reads a variable. An empty value differs from an unset variable. */
function variable(name: string): string | undefined {
  return rawVariable(name)?.trim();
}

function proxyUrl(name: string): string | undefined {
  const value = variable(name);
  if (value === undefined || value === "") return value;
  // Like other programs, accept a value without a scheme.
  const url = value.includes("://") ? value : `http://${value}`;
  if (URL.canParse(url) && /^(?:https?|socks5?):$/.test(new URL(url).protocol) && hasPlainHost(url)) return url;
  const fault = { parameter: name, message: "must be the URL of a proxy, for example http://proxy:3128" };
  // The message omits the value, which may contain a password.
  throw new InvalidRequestError("the environment", [fault], "INVALID_OPTION");
}

/** Returns whether the host is not a key or token, because DNS errors contain it. Ignores user name and password. */
function hasPlainHost(url: string): boolean {
  return isShowable(url.replace(/^[^/]*\/\/(?:[^/]*@)?/, ""));
}

/** Metadata servers of Google and AWS, and AWS's servers of container keys. They serve only the machine itself, not a proxy. */
const metadataHosts: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "[fd00:ec2::23]",
  "[fd00:ec2::254]",
  "[fd20:ce::254]",
  "metadata.google.internal",
  "metadata.google.internal.",
]);

/**
 * Returns whether requests to this host never use a proxy: a metadata server, this machine, or an address in
 * `NO_PROXY`. undici handles the names in `NO_PROXY`.
 */
export function isDirect(origin: string): boolean {
  const { hostname } = new URL(origin);
  return (
    metadataHosts.has(hostname) ||
    isLoopback(hostname) ||
    isExcludedAddress(hostname, variable("no_proxy") ?? variable("NO_PROXY") ?? "")
  );
}
