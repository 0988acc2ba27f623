/**
 * Which URLs a configuration may send us to.
 *
 * A configuration that someone else wrote could have our secrets sent anywhere. Whoever names the class of the
 * credentials vouches for the configuration; where its kind was only found in a file, its URLs must be Google's or listed.
 */
import { environment } from "../../platform/node/environment.js";
import type { Url } from "../../platform-types.js";
import { shownName } from "../../redact.js";
import { defaultUniverse } from "../universe.js";
import { type CredentialFile, endpointOf } from "../credential-file.js";

/** URLs allowed besides Google's; `undefined`: the caller vouches for the configuration, all are. */
export type Trust = readonly string[] | undefined;

/** What a URL is for: Google's STS or IAM, a source of subject tokens, the STS of AWS. */
export type UrlUse = "iamcredentials" | "source" | "sts" | "verification";

/** The URL at this member, or the fallback. */
export function trustedUrl(file: CredentialFile, member: string, text: string, use: UrlUse, trust: Trust): Url {
  const url =
    use === "source" && isLinkLocal(text)
      ? new URL(text)
      : endpointOf(text, (message) => file.problem("KEY_FIELD_INVALID", member, message));
  if (trust === undefined || isKnown(url, use) || trust.some((listed) => covers(listed, url))) return url;
  throw file.problem(
    "KEY_UNTRUSTED",
    member,
    `is at ${shownName(url.origin)}, which is not Google's. If you trust this configuration, load it by the class of its kind, or list that URL in allow.urls`,
  );
}

/** Addresses of a machine's own metadata service, which plain http is spoken with. */
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

/** A file's own word for its universe would let it name any; that of the environment is the operator's. */
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

/** Whether an entry of the list, an origin or the beginning of a URL, covers a URL; `*.` stands for any subdomain. */
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
