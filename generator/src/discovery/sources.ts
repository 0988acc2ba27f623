/** Where documents come from: the lock, files, URLs, the bundle, the directory. */
import { existsSync } from "node:fs";
import { type Diagnostic, diagnostic, InputError } from "../diagnostics.js";
import { meant, nearest } from "../nearest.js";
import { bundledApis, bundledPath } from "./bundle.js";
import { fetchCached } from "./cache.js";
import {
  directoryAddress,
  type DirectoryEntry,
  type DirectoryOptions,
  fetchDirectory,
  unlistedUrl,
} from "./directory.js";
import { hostsOf } from "./hosts.js";
import { type Lock, pinnedId, pinnedPath, readLock, readPinned } from "./lock.js";
import { type ApiRequest, hasScheme, isUrl, nameOf, withoutSecrets } from "./request.js";
import { type DocumentText, readBytes } from "./text.js";

export interface SourceOptions extends DirectoryOptions {
  /** What is pinned comes from there. Default: the lock of the working folder; false: none. */
  readonly lock?: Lock | false | undefined;
  /** The pins that an update replaces: bundled documents give way to live ones. Default: they do not. */
  readonly renewed?: Lock | undefined;
}

/** Text of a document, and where it is from. */
export interface SourceText {
  /** What to call it: a path, a URL without its secrets, or the id of a bundled API. */
  readonly file: string;
  /** Bytes, where it comes from a file: whoever needs no more than their hash need not have them decoded. */
  readonly text: DocumentText;
  /** What a lock says of it: its URL without secrets, a path, or `bundled`. */
  readonly source: string;
  readonly etag?: string | undefined;
  /** Why it may be older than the live document. */
  readonly warnings?: readonly Diagnostic[];
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
        return { file, text: await readPinned(held, pin, signal), source: held.apis.get(pin)?.source ?? "" };
      }
      // A document elsewhere that the directory lists was not named by the caller.
      const credentialHosts = options.credentialHosts ?? hostsOf([directoryAddress(options), source]);
      const own = { ...options, credentialHosts };
      if (source !== undefined && isUrl(source)) return fetchSource(source, own, signal);
      const bundled = await bundledApis();
      if (source !== undefined && isWord(source) && !existsSync(source))
        throw unknownApi(source, bundled, await listed(signal).catch(inputErrorOf));
      if (source !== undefined) return readSource(source, signal);
      const name = nameOf(request);
      if (id !== undefined && bundled.includes(id)) {
        const warnings = await reasonsForBundled(id, options.renewed, () => listed(signal));
        if (warnings !== undefined)
          return { ...(await readSource(bundledPath(id), signal)), file: id, source: BUNDLED, warnings };
      }
      return fetchListed(name, bundled, () => listed(signal), own, signal);
    },
  };
}

/** The source of documents that come with this package. */
const BUNDLED = "bundled";

const NO_LOCK: Lock = { folder: ".", apis: new Map() };

/** What may be the name of an API without its version. */
function isWord(source: string): boolean {
  return /^[\w-]+$/.test(source);
}

/**
 * Whether the bundled document is used: always, but for updates. An update uses it where there is no live document, and
 * never to replace a live one.
 *
 * @returns warnings, or undefined if the live document is used
 */
async function reasonsForBundled(
  id: string,
  renewed: Lock | undefined,
  directory: () => Promise<readonly DirectoryEntry[]>,
): Promise<readonly Diagnostic[] | undefined> {
  if (renewed === undefined) return [];
  if ((renewed.apis.get(id)?.source ?? BUNDLED) !== BUNDLED) return undefined;
  const listed = await directory().catch(inputErrorOf);
  if (listed instanceof InputError) return unreachable(listed);
  return listed.some((entry) => entry.id === id) ? undefined : [];
}

/** A directory that cannot be fetched is a warning, or nothing with `--offline`. */
export function unreachable({ diagnostics }: InputError): readonly Diagnostic[] {
  return diagnostics
    .filter(({ code }) => code !== "OFFLINE")
    .map(({ file, message }) => diagnostic("DIRECTORY_UNREACHABLE", file, message));
}

async function readSource(path: string, signal: AbortSignal | undefined): Promise<SourceText> {
  if (hasScheme(path)) {
    const help = "Name an http(s) URL, or the path of a file.";
    throw new InputError([
      diagnostic("FILE_UNREADABLE", withoutSecrets(path), "there is no way to fetch it", { help }),
    ]);
  }
  return { file: path, text: await readBytes(path, signal), source: path };
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
    const near = meant(nearApis(id, bundled));
    const message = `it is not bundled (${bundled.join(", ")} is), and the directory cannot be had: ${reasons}${near}`;
    const help = listed.diagnostics[0]?.help ?? "";
    return new InputError([diagnostic("UNKNOWN_API", id, message, { api: id, help })]);
  }
  const known = [...bundled, ...listed.map((entry) => entry.id)];
  const near = meant(nearApis(id, known));
  return new InputError([
    diagnostic("UNKNOWN_API", id, `it is neither bundled nor in the directory${near}`, { api: id }),
  ]);
}

/** Its other versions; without any the nearest ids, and of a name alone the versions of the nearest names. */
function nearApis(id: string, known: readonly string[]): readonly string[] {
  const [name = id] = id.split(":");
  const versionsOf = (one: string) => known.filter((other) => other.startsWith(`${one}:`));
  const versions = versionsOf(name);
  if (versions.length > 0) return versions;
  const names = known.map((other) => other.split(":")[0] ?? other);
  return id === name ? nearest(name, names).flatMap(versionsOf) : nearest(id, known);
}
