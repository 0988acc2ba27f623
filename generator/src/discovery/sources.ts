/** Where documents come from: the lock, files, URLs, the bundle, the directory. */
import { readFile } from "node:fs/promises";
import { diagnostic, InputError } from "../diagnostics.js";
import { didYouMean } from "../nearest.js";
import { bundledApis, bundledPath } from "./bundle.js";
import { fetchCached } from "./cache.js";
import { type DirectoryEntry, type DirectoryOptions, fetchDirectory, unlistedUrl } from "./directory.js";
import { type Lock, pinnedId, pinnedPath, readLock, readPinned } from "./lock.js";
import { type ApiRequest, isUrl, nameOf, withoutSecrets } from "./request.js";

export interface SourceOptions extends DirectoryOptions {
  /** What is pinned comes from there. Default: the lock of the working folder; false: none. */
  readonly lock?: Lock | false | undefined;
}

/** Text of a document, and where it is from. */
export interface SourceText {
  /** What to call it: a path, a URL without its secrets, or the id of a bundled API. */
  readonly file: string;
  /** Bytes, where it comes from a file: whoever needs no more than their hash need not have them decoded. */
  readonly text: string | Uint8Array<ArrayBuffer>;
  /** What a lock says of it: its URL without secrets, a path, or `bundled`. */
  readonly source: string;
  readonly etag?: string | undefined;
}

export function decoded(text: SourceText["text"]): string {
  return typeof text === "string" ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString();
}

export interface Sources {
  /** @throws {InputError} when there is no such API, file or page */
  load(request: ApiRequest, signal?: AbortSignal): Promise<SourceText>;
  /** @throws {InputError} when the directory cannot be had */
  directory(signal?: AbortSignal): Promise<readonly DirectoryEntry[]>;
}

/** Sources that fetch the directory, and read the lock, once for all documents. */
export function createSources(options: SourceOptions = {}): Sources {
  let directory: Promise<readonly DirectoryEntry[]> | undefined;
  let lock: Promise<Lock> | undefined;
  const listed = (signal?: AbortSignal) => (directory ??= fetchDirectory(options, signal));
  const pinned = () => (lock ??= options.lock === undefined ? readLock(".") : Promise.resolve(options.lock || NO_LOCK));
  return {
    directory: listed,
    load: async (request, signal) => {
      const { id, source } = request;
      const held = await pinned();
      const pin = pinnedId(held, request);
      if (pin !== undefined) {
        const file = pinnedPath(held.folder, pin);
        return { file, text: await readPinned(held, pin), source: held.apis.get(pin)?.source ?? "" };
      }
      if (source !== undefined)
        return isUrl(source) ? fetchSource(source, options, signal) : readSource(source, signal);
      const bundled = await bundledApis();
      const name = nameOf(request);
      if (id !== undefined && bundled.includes(id))
        return { ...(await readSource(bundledPath(id), signal)), file: id, source: "bundled" };
      return fetchListed(name, bundled, () => listed(signal), options, signal);
    },
  };
}

const NO_LOCK: Lock = { folder: ".", apis: new Map() };

async function readSource(path: string, signal: AbortSignal | undefined): Promise<SourceText> {
  try {
    return { file: path, text: await readFile(path, { signal }), source: path };
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError([diagnostic("FILE_UNREADABLE", path, reason)]);
  }
}

async function fetchSource(url: string, options: SourceOptions, signal: AbortSignal | undefined): Promise<SourceText> {
  const { text, etag } = await fetchCached(url, options, signal);
  const file = withoutSecrets(url);
  return { file, text, source: file, etag };
}

/** By the directory; what it no longer serves, or does not list, from where Google serves it as well. */
async function fetchListed(
  id: string,
  bundled: readonly string[],
  directory: () => Promise<readonly DirectoryEntry[]>,
  options: SourceOptions,
  signal: AbortSignal | undefined,
): Promise<SourceText> {
  const listed = await directory().catch(inputErrorOf);
  const entry = listed instanceof InputError ? undefined : listed.find((entry) => entry.id === id);
  const found = entry === undefined ? undefined : await fetchSource(entry.url, options, signal).catch(inputErrorOf);
  if (found !== undefined && !(found instanceof InputError)) return found;
  // Where the directory is out of reach, so is its neighbour.
  const refused = found ?? (listed instanceof InputError ? listed : undefined);
  const isGone = refused === undefined || refused.diagnostics.some(({ code }) => code === "DOCUMENT_GONE");
  const other = isGone ? unlistedUrl(id, options) : undefined;
  const unlisted = other === undefined ? undefined : await fetchSource(other, options, signal).catch(inputErrorOf);
  if (unlisted !== undefined && !(unlisted instanceof InputError)) return unlisted;
  if (found !== undefined) throw found;
  throw unknownApi(id, bundled, listed);
}

/** Input at fault, as a value; whatever else is thrown goes on. */
function inputErrorOf(error: unknown): InputError {
  if (error instanceof InputError) return error;
  throw error;
}

function unknownApi(
  id: string,
  bundled: readonly string[],
  listed: readonly DirectoryEntry[] | InputError,
): InputError {
  if (listed instanceof InputError) {
    const reasons = listed.diagnostics.map(({ file, message }) => `${file}: ${message}`).join("; ");
    const near = didYouMean(id, bundled);
    const message = `it is not bundled (${bundled.join(", ")} is), and the directory cannot be had: ${reasons}${near}`;
    const help = listed.diagnostics[0]?.help ?? "";
    return new InputError([diagnostic("UNKNOWN_API", id, message, { api: id, help })]);
  }
  const known = [...bundled, ...listed.map((entry) => entry.id)];
  const versions = known.filter((other) => other.startsWith(`${id.split(":")[0]}:`));
  const near = versions.length > 0 ? `; did you mean ${versions.join(" or ")}?` : didYouMean(id, known);
  return new InputError([
    diagnostic("UNKNOWN_API", id, `it is neither bundled nor in the directory${near}`, { api: id }),
  ]);
}
