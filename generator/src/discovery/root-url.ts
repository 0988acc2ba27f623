/** Where an API lives: `rootUrl` and `servicePath`, made fit to be put together by concatenation. */
import { pointerTo, type Report } from "../diagnostics.js";
import { isLoopback } from "./hosts.js";
import type { ObjectReader } from "./reader.js";

/** The host that served every API when documents had no root of their own. */
const DEFAULT_ROOT = "https://www.googleapis.com/";

interface Root {
  readonly rootUrl: string;
  readonly servicePath: string;
  readonly batchPath: string | undefined;
  readonly mtlsRootUrl: string | undefined;
  readonly endpoints: ReadonlyMap<string, string>;
}

/** Reads every root and path. Old documents without a root are placed by their base URL or base path. */
export function resolveRoot(top: ObjectReader, report: Report): Root {
  const servicePath = top.string("servicePath");
  const batchPath = top.string("batchPath");
  const mtls = top.string("mtlsRootUrl");
  const isBatchAbsolute = batchPath !== undefined && /^([a-z][a-z0-9+.-]*:)?\/\//i.test(batchPath);
  if (isBatchAbsolute) report("ABSOLUTE_BATCH_PATH", "/batchPath", `${JSON.stringify(batchPath)} is absolute`);
  const place = placed(top, servicePath, report);
  return {
    ...place,
    batchPath: isBatchAbsolute || batchPath === "" ? undefined : batchPath?.replace(/^\//, ""),
    mtlsRootUrl: mtls === undefined ? undefined : checkedRoot(mtls, "/mtlsRootUrl", report),
    endpoints: readEndpoints(top, place.rootUrl, report),
  };
}

/**
 * Roots by location. Where a document names several for one, the one that begins with the API's own name is meant
 * (`run.us-west8.rep.…`), not that of the older kind (`us-west8-run.…`) or of a batch service (`batch-firestore.…`).
 */
function readEndpoints(top: ObjectReader, rootUrl: string, report: Report): ReadonlyMap<string, string> {
  const name = rootUrl.slice(0, rootUrl.indexOf(".") + 1);
  const endpoints = new Map<string, string>();
  for (const entry of top.objects("endpoints")) {
    const [location, url] = [entry.string("location"), entry.string("endpointUrl")];
    if (location === undefined || url === undefined) continue;
    const root = checkedRoot(url, pointerTo(entry.pointer, "endpointUrl"), report);
    const known = endpoints.get(location);
    if (known === undefined || (root.startsWith(name) && !known.startsWith(name))) endpoints.set(location, root);
  }
  return endpoints;
}

function placed(
  top: ObjectReader,
  servicePath: string | undefined,
  report: Report,
): Pick<Root, "rootUrl" | "servicePath"> {
  const rootUrl = top.string("rootUrl");
  if (rootUrl !== undefined) {
    return { rootUrl: checkedRoot(rootUrl, "/rootUrl", report), servicePath: relativeFolder(servicePath ?? "") };
  }
  const baseUrl = top.string("baseUrl");
  const basePath = top.string("basePath") ?? servicePath ?? "";
  const fallback = baseUrl === undefined ? DEFAULT_ROOT : checkedRoot(baseUrl, "/baseUrl", report);
  const path = baseUrl === undefined ? relativeFolder(basePath) : "";
  report("MISSING_ROOT_URL", "", `the document has no rootUrl; ${fallback}${path} is used`);
  return { rootUrl: fallback, servicePath: path };
}

function checkedRoot(text: string, pointer: string, report: Report): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (reason: string): string => {
    report("INVALID_ROOT_URL", pointer, reason);
    return DEFAULT_ROOT;
  };
  if (url === undefined) return refuse("it is no absolute URL");
  if (url.protocol !== "https:" && url.protocol !== "http:") return refuse(`its scheme is ${url.protocol}`);
  if (url.username !== "" || url.password !== "") return refuse("it carries credentials");
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(text)) return refuse("it carries a query or fragment");
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    report("INSECURE_ROOT_URL", pointer, `${url.origin} is reached over plain http`);
  }
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

function relativeFolder(path: string): string {
  const trimmed = path.replace(/^\/+/, "");
  return trimmed === "" || trimmed.endsWith("/") ? trimmed : `${trimmed}/`;
}
