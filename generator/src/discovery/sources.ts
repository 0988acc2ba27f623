/** Where documents come from: the bundle, files, URLs. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { diagnostic, InputError } from "../diagnostics.js";

const BUNDLE = new URL("../../documents/", import.meta.url);

/** The largest document known has 6 MB; far beyond that something else is being read. */
const MAX_BYTES = 64 * 1024 * 1024;
const FETCH_TIMEOUT = 60_000;

/** Text of a document, and what to call its source. */
export interface SourceText {
  /** As the caller named it, secrets in a URL left out. */
  readonly file: string;
  readonly text: string;
}

/**
 * Fetches the text of a document.
 *
 * @param api `name:version` of a bundled API, a path to a file, or an http(s) URL
 * @throws {InputError} when there is no such API, file or page
 */
export async function loadSource(api: string, signal?: AbortSignal): Promise<SourceText> {
  if (/^https?:\/\//i.test(api)) return fetchText(api, signal);
  if (/^[A-Za-z0-9_-]+:[A-Za-z0-9._-]+$/.test(api)) return bundledText(api, signal);
  return { file: api, text: await readText(api, api, signal) };
}

/** Ids of the APIs whose documents come with this package. */
export async function bundledApis(): Promise<readonly string[]> {
  const names = await readdir(BUNDLE);
  return names
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -5).replace(".", ":"))
    .sort();
}

async function bundledText(api: string, signal: AbortSignal | undefined): Promise<SourceText> {
  const bundled = await bundledApis();
  if (!bundled.includes(api)) {
    const message = `${api} is not bundled; these are: ${bundled.join(", ")}`;
    throw new InputError([diagnostic("UNKNOWN_API", api, message, { api })]);
  }
  return {
    file: api,
    text: await readText(fileURLToPath(new URL(`${api.replace(":", ".")}.json`, BUNDLE)), api, signal),
  };
}

async function readText(path: string, file: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await readFile(path, { encoding: "utf8", signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw new InputError([diagnostic("FILE_UNREADABLE", file, reasonOf(error))]);
  }
}

async function fetchText(api: string, signal: AbortSignal | undefined): Promise<SourceText> {
  const file = withoutSecrets(api);
  const refuse = (message: string) => new InputError([diagnostic("FETCH_FAILED", file, message)]);
  const limits = [AbortSignal.timeout(FETCH_TIMEOUT), ...(signal === undefined ? [] : [signal])];
  try {
    const response = await fetch(api, { headers: { accept: "application/json" }, signal: AbortSignal.any(limits) });
    if (!response.ok) throw refuse(`the server answered ${response.status} ${response.statusText}`);
    return { file, text: await boundedText(response, refuse) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof InputError) throw error;
    throw refuse(reasonOf(error));
  }
}

async function boundedText(response: Response, refuse: (message: string) => InputError): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw refuse(`the answer is larger than ${MAX_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The URL without user name, password and the values of its query, which may be keys. */
function withoutSecrets(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) return address.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//");
  url.username = "";
  url.password = "";
  for (const name of new Set(url.searchParams.keys())) if (name !== "version") url.searchParams.set(name, "REDACTED");
  return url.href;
}

/** The innermost cause in words: fetch hides what happened behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}
