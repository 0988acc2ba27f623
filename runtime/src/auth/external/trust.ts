/**
 * Checks the URLs of a configuration.
 *
 * A configuration from an untrusted source could send secrets anywhere. A caller who chooses the class trusts the
 * configuration. If the kind is read from a file, its URLs must be Google's or listed.
 */
import { environment } from "../../platform/node/environment.js";
import type { Url } from "../../platform-types.js";
import { isShowable, shownName } from "../../redact.js";
import { defaultUniverse } from "../universe.js";
import { type CredentialFile, endpointOf } from "../credential-file.js";

/** URLs that are allowed besides Google's. `undefined`: the caller trusts the configuration, so all are allowed. */
export type Trust = readonly string[] | undefined;

/** The purpose of a URL: Google's STS or IAM, a source of subject tokens, or the STS of AWS. */
export type UrlUse = "iamcredentials" | "source" | "sts" | "verification";

/** Reads and checks the URL of a member. */
export function trustedUrl(file: CredentialFile, member: string, text: string, use: UrlUse, trust: Trust): Url {
  const url =
    use === "source" && isLinkLocal(text)
      ? new URL(text)
      : endpointOf(text, (message) => file.problem("KEY_FIELD_INVALID", member, message));
  if (trust === undefined || isKnown(url, use) || trust.some((listed) => covers(listed, url))) return url;
  throw file.problem(
    "KEY_UNTRUSTED",
    member,
    `is at ${shownName(url.origin)}, which is not Google's. If you trust this configuration, ${adviceFor(url)}`,
  );
}

/** How to allow a URL, for every function and command that loads a configuration. */
function adviceFor({ hostname, origin }: Url): string {
  // The hosts of GitHub's runners change from job to job.
  const entry = hostname.endsWith(`.${githubHosts}`) ? `https://*.${githubHosts}` : origin;
  if (!isShowable(entry)) return "list its origin in the option allow.urls";
  return `pass the option allow: { urls: [${JSON.stringify(entry)}] }, or --allow-url '${entry}' on the command line`;
}

const githubHosts = "actions.githubusercontent.com";

/** Whether it is the address of a machine's own metadata service, which uses http. */
function isLinkLocal(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { hostname, password, protocol, username } = new URL(text);
  return protocol === "http:" && username === "" && password === "" && linkLocal.test(hostname);
}

const linkLocal: RegExp = /^(?:169\.254\.\d+\.\d+|\[fe80:[0-9a-f:]+\]|\[fd00:ec2::254\]|metadata\.google\.internal)$/;

function isKnown(url: Url, use: UrlUse): boolean {
  if (use === "source") return /^(?:169\.254\.169\.254|\[fd00:ec2::254\]|metadata\.google\.internal)$/.test(url.host);
  if (url.protocol !== "https:") return false;
  if (use === "verification") return /^sts(?:\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/.test(url.host);
  return trustedUniverses().some((universe) => isService(url.host, use, universe));
}

/** The default universe and that of the environment. The file's own universe could be any domain. */
function trustedUniverses(): string[] {
  const own = environment("GOOGLE_CLOUD_UNIVERSE_DOMAIN");
  return own === undefined ? [defaultUniverse] : [defaultUniverse, own];
}

/** Global, regional, mutual TLS and private endpoints: `sts.`, `sts.mtls.`, `sts.us-east1.rep.`, `sts-x.p.`, `us-east1-sts.`. */
function isService(host: string, service: string, universe: string): boolean {
  if (!host.endsWith(`.${universe}`)) return false;
  const label = "[a-z0-9-]+";
  const name = host.slice(0, -universe.length - 1);
  return new RegExp(`^(?:(?:${label}[.-])?${service}|${service}\\.${label}(?:\\.rep)?|${service}-${label}\\.p)$`).test(
    name,
  );
}

/** Whether an entry of the list, an origin or a URL prefix, covers a URL. `*.` matches any subdomain. */
function covers(listed: string, url: Url): boolean {
  const bare = listed.replace("://*.", "://");
  if (!URL.canParse(bare)) return false;
  const { host, pathname, protocol } = new URL(bare);
  const folder = pathname.endsWith("/") ? pathname : `${pathname}/`;
  return (
    url.protocol === protocol &&
    (bare === listed ? url.host === host : url.host.endsWith(`.${host}`)) &&
    `${url.pathname}/`.startsWith(folder)
  );
}
