/** The ways to refer to a document: `name:version`, a path, or a URL. */

/** The requested document, by id, by source, or both. */
export interface ApiRequest {
  /** `name:version`. */
  readonly id?: string | undefined;
  /** A path or an http(s) URL. */
  readonly source?: string | undefined;
}

/** Parses an argument of the command line. */
export function requestOf(api: string): ApiRequest {
  return isApiId(api) ? { id: api } : { source: api };
}

/** Returns whether the text is `name:version`, with characters that are valid in folder names. */
export function isApiId(text: string): boolean {
  return /^[A-Za-z0-9_-]+:[A-Za-z0-9._-]+$/.test(text);
}

export function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** Returns whether the text is a URL of any scheme, supported or not. */
export function hasScheme(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text);
}

/** Returns whether the document is a local file. The lock does not pin local files. */
export function isLocal({ source }: ApiRequest): boolean {
  return source !== undefined && !isUrl(source);
}

/** Returns the id or the source without secrets, for messages. */
export function nameOf({ id, source }: ApiRequest): string {
  return id ?? withoutSecrets(source ?? "");
}

/** Query parameters that select a document. All others may be keys. */
const PUBLIC_PARAMETERS = new Set(["version", "labels"]);

/** Returns the URL without user name, password, fragment, and query values that may be keys. Does not change paths. */
export function withoutSecrets(address: string): string {
  if (!hasScheme(address)) return address;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) return address.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//");
  url.username = "";
  url.password = "";
  url.hash = "";
  for (const name of new Set(url.searchParams.keys()))
    if (!PUBLIC_PARAMETERS.has(name)) url.searchParams.set(name, "REDACTED");
  return url.href;
}
