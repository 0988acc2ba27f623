/** How a document is named: `name:version`, a path, or a URL. */

/** Which document is asked for; by id, by place, or both. */
export interface ApiRequest {
  /** `name:version`. */
  readonly id?: string | undefined;
  /** A path or an http(s) URL. */
  readonly source?: string | undefined;
}

/** What a word of the command line names. */
export function requestOf(api: string): ApiRequest {
  return isApiId(api) ? { id: api } : { source: api };
}

/** `name:version` with the letters a folder may have. */
export function isApiId(text: string): boolean {
  return /^[A-Za-z0-9_-]+:[A-Za-z0-9._-]+$/.test(text);
}

export function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** Whether it is a URL of any scheme, those that nothing is fetched by included. */
export function hasScheme(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text);
}

/** Whether the document is a file of the user's own, which no lock pins. */
export function isLocal({ source }: ApiRequest): boolean {
  return source !== undefined && !isUrl(source);
}

/** As the caller named it. */
export function nameOf({ id, source }: ApiRequest): string {
  return id ?? withoutSecrets(source ?? "");
}

/** Of a URL's query: what tells documents apart. All else may be a key. */
const TELLING = new Set(["version", "labels"]);

/** The URL without user name, password, and the values of its query that may be keys. A path stays as it is. */
export function withoutSecrets(address: string): string {
  if (!hasScheme(address)) return address;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) return address.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//");
  url.username = "";
  url.password = "";
  url.hash = "";
  for (const name of new Set(url.searchParams.keys())) if (!TELLING.has(name)) url.searchParams.set(name, "REDACTED");
  return url.href;
}
