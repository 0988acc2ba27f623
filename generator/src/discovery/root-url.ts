/** The addresses of an API: `rootUrl` and `servicePath`, normalized so that they can be concatenated. */
import { pointerTo, type Report } from "../diagnostics.js";
import { isLoopback } from "./hosts.js";
import type { ObjectReader } from "./reader.js";

/** The host for documents without `rootUrl` and `baseUrl`. */
const DEFAULT_ROOT = "https://www.googleapis.com/";

interface Root {
  readonly rootUrl: string;
  readonly servicePath: string;
  readonly batchPath: string | undefined;
  readonly mtlsRootUrl: string | undefined;
  readonly endpoints: ReadonlyMap<string, string>;
}

/** Reads all root URLs and paths. In old documents without `rootUrl`, `baseUrl` or `basePath` replace it. */
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
 * Returns root URLs by location. If a document has several for one location, returns the one that starts with the API's
 * name (`run.us-west8.rep.…`), not one of the older form (`us-west8-run.…`) or of a batch service
 * (`batch-firestore.…`).
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
  report("MISSING_ROOT_URL", "", `the document has no rootUrl; the client uses ${fallback}${path}`);
  return { rootUrl: fallback, servicePath: path };
}

function checkedRoot(text: string, pointer: string, report: Report): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (reason: string): string => {
    report("INVALID_ROOT_URL", pointer, reason);
    return DEFAULT_ROOT;
  };
  if (url === undefined) return refuse("the URL is not absolute");
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return refuse(`the scheme ${url.protocol} is not supported`);
  if (url.username !== "" || url.password !== "") return refuse("the URL contains credentials");
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(text)) return refuse("the URL has a query or a fragment");
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    report("INSECURE_ROOT_URL", pointer, `${url.origin} uses plain http`);
  }
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

function relativeFolder(path: string): string {
  const trimmed = path.replace(/^\/+/, "");
  return trimmed === "" || trimmed.endsWith("/") ? trimmed : `${trimmed}/`;
}
