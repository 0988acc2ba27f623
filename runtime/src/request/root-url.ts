/** Root URLs: parsed once per client, so that a request only joins strings. */
import { type Fault, addFault } from "../errors.js";

/** The address of an API. */
export interface RootUrl {
  readonly origin: string;
  readonly hostname: string;
  /** With a slash at both ends. */
  readonly path: string;
}

const nowhere: RootUrl = { origin: "", hostname: "", path: "/" };

/** Parses http and https URLs; what is wrong goes to `faults`, without the URL if it contains credentials. */
export function parseRootUrl(text: string, faults: Fault[]): RootUrl {
  const fault = (message: string): RootUrl => {
    addFault(faults, "rootUrl", message);
    return nowhere;
  };
  if (typeof text !== "string" || !URL.canParse(text))
    return fault("must be an absolute URL, for example http://127.0.0.1:8080/");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return fault(
      `must be http or https${/^[a-z]{2,6}:$/.test(url.protocol) ? `, not ${url.protocol.slice(0, -1)}` : ""}`,
    );
  if (url.username !== "" || url.password !== "") return fault("must not contain credentials");
  if (text.includes("?") || text.includes("#")) return fault("must not contain a query or fragment");
  return {
    origin: url.origin,
    hostname: url.hostname,
    path: url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`,
  };
}

/** Whether a host is this machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3). */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}
