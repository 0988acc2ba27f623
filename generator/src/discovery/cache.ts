/** What was fetched before, on this machine: a file per URL, with the etag to ask whether it is still current. */
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type FileWriter, openFile } from "@discogen/runtime/files";
import { diagnostic, InputError } from "../diagnostics.js";
import { type Fetched, fetchText } from "./fetch.js";
import { isObject } from "./reader.js";
import { withoutSecrets } from "./request.js";

/** How to fetch. */
export interface FetchOptions {
  /** Use what is kept, and no network. */
  readonly offline?: boolean | undefined;
  /** The folder that keeps what is fetched; false: none. Default: `discogen` in the user's cache folder. */
  readonly cache?: string | false | undefined;
  /**
   * Hosts with their ports, such as `example.com:8080`, that `DISCOGEN_API_KEY` and `DISCOGEN_TOKEN` are sent to besides
   * Google's. Default: those of the directory and of the document's URL, as the caller passes them.
   */
  readonly credentialHosts?: readonly string[] | undefined;
}

export interface FetchedText extends Fetched {
  readonly text: string;
}

/**
 * Fetches a text, or takes the one that is kept when the server says, or must be believed, that it is current.
 *
 * @throws {InputError} with the code OFFLINE, DOCUMENT_GONE or FETCH_FAILED
 */
export async function fetchCached(
  url: string,
  { offline = false, cache = cacheFolder(), credentialHosts }: FetchOptions,
  signal?: AbortSignal,
): Promise<FetchedText> {
  const path = cache === false ? undefined : join(cache, `${createHash("sha256").update(url).digest("hex")}.json`);
  const kept = path === undefined ? undefined : await read(path);
  if (offline) {
    if (kept !== undefined) return kept;
    throw new InputError([diagnostic("OFFLINE", withoutSecrets(url), "it was not fetched before")]);
  }
  const { text, etag } = await fetchText(url, kept?.etag, signal, credentialHosts);
  // Without an etag nothing was asked for, and a text is what came.
  if (text === undefined) return { text: kept?.text ?? "", etag };
  if (path !== undefined && cache !== false) await write(cache, path, { text, etag });
  return { text, etag };
}

/** `discogen` in the folder where this user's programs keep what they can have again. */
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
    // Never kept, or not whole: fetched anew.
    return undefined;
  }
}

async function write(folder: string, path: string, entry: FetchedText): Promise<void> {
  let writer: FileWriter | undefined;
  try {
    // Private documents are for this user's eyes.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    writer = await openFile(path, { mode: 0o600 });
    await writer.write([Buffer.from(JSON.stringify(entry))]);
    await writer.end();
    await writer.commit();
  } catch {
    // A cache that cannot be written to costs time alone.
    await writer?.discard();
  }
}
