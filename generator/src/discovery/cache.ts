/** The cache of fetched texts: one file per URL, with the etag for conditional requests. */
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type FileWriter, openFile } from "@discogen/runtime/files";
import { diagnostic, InputError } from "../diagnostics.js";
import { type Fetched, fetchText } from "./fetch.js";
import { isObject } from "./reader.js";
import { withoutSecrets } from "./request.js";

/** Options for fetching documents. */
export interface FetchOptions {
  /** Use only cached texts, without network requests. */
  readonly offline?: boolean | undefined;
  /** The cache folder, or false for no cache. Default: `discogen` in the user's cache folder. */
  readonly cache?: string | false | undefined;
  /**
   * Hosts with ports, such as `example.com:8080`, that also receive `DISCOGEN_API_KEY` and `DISCOGEN_TOKEN`. Google's
   * hosts always receive them. Default: the hosts of the directory URL and of the document URL that the caller passed.
   */
  readonly credentialHosts?: readonly string[] | undefined;
}

export interface FetchedText extends Fetched {
  readonly text: string;
}

/**
 * Fetches a text. Returns the cached text if the server responds that it is current, or if `offline` is set.
 *
 * @throws {InputError} with the code OFFLINE, DOCUMENT_GONE or FETCH_FAILED
 */
export async function fetchCached(
  url: string,
  { offline = false, cache = cacheFolder(), credentialHosts }: FetchOptions,
  signal?: AbortSignal,
): Promise<FetchedText> {
  const path = cache === false ? undefined : join(cache, `${createHash("sha256").update(url).digest("hex")}.json`);
  const cached = path === undefined ? undefined : await read(path);
  if (offline) {
    if (cached !== undefined) return cached;
    throw new InputError([diagnostic("OFFLINE", withoutSecrets(url), "the document is not cached")]);
  }
  const { text, etag } = await fetchText(url, cached?.etag, signal, credentialHosts);
  // `text` is only undefined if an etag was sent, so there is a cached text.
  if (text === undefined) return { text: cached?.text ?? "", etag };
  if (path !== undefined && cache !== false) await write(cache, path, { text, etag });
  return { text, etag };
}

/** Returns the path of the default cache folder: `discogen` in the user's cache folder. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const base = process.platform === "win32" ? LOCALAPPDATA : XDG_CACHE_HOME;
  return join(base || join(homedir(), ".cache"), "discogen");
}

async function read(path: string): Promise<FetchedText | undefined> {
  try {
    const entry: unknown = JSON.parse(await readFile(path, "utf8"));
    if (!isObject(entry) || typeof entry["text"] !== "string") return undefined;
    return { text: entry["text"], etag: typeof entry["etag"] === "string" ? entry["etag"] : undefined };
  } catch {
    // A missing or damaged entry is fetched again.
    return undefined;
  }
}

async function write(folder: string, path: string, entry: FetchedText): Promise<void> {
  let writer: FileWriter | undefined;
  try {
    // Documents can be private: only this user may read them.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    writer = await openFile(path, { mode: 0o600 });
    await writer.write([Buffer.from(JSON.stringify(entry))]);
    await writer.end();
    await writer.commit();
  } catch {
    // Without a cache entry, the next run only takes longer.
    await writer?.discard();
  }
}
