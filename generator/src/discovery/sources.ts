/** The sources of documents: the lock, files, URLs, bundled documents, and the directory. */
import { existsSync } from "node:fs";
import { type Diagnostic, diagnostic, InputError } from "../diagnostics.js";
import { nearest, suggestion } from "../nearest.js";
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
  /** The lock whose pinned documents are used, or false for none. Default: the lock of the working folder. */
  readonly lock?: Lock | false | undefined;
  /** The pins that an update replaces: live documents replace bundled ones. Default: they do not. */
  readonly renewed?: Lock | undefined;
}

/** The text of a document, and its source. */
export interface SourceText {
  /** Name of the document in diagnostics: a path, a URL without secrets, or the id of a bundled API. */
  readonly file: string;
  /** Bytes for a document from a file: if only their hash is needed, they are never decoded. */
  readonly text: DocumentText;
  /** The source as recorded in a lock: a URL without secrets, a path, or `bundled`. */
  readonly source: string;
  readonly etag?: string | undefined;
  /** Why it may be older than the live document. */
  readonly warnings?: readonly Diagnostic[];
}

export interface Sources {
  /**
   * Loads a document.
   *
   * @throws {InputError} if the API is unknown, or the document cannot be read or fetched
   */
  load(request: ApiRequest, signal?: AbortSignal): Promise<SourceText>;
  /**
   * Returns the entries of the directory.
   *
   * @throws {InputError} if the directory cannot be fetched
   */
  directory(signal?: AbortSignal): Promise<readonly DirectoryEntry[]>;
}

/** Creates sources that fetch the directory and read the lock at most once. */
export function createSources(options: SourceOptions = {}): Sources {
  let directory: Promise<readonly DirectoryEntry[]> | undefined;
  let lock: Promise<Lock> | undefined;
  const listed = (signal?: AbortSignal) => (directory ??= fetchDirectory(options, signal));
  const pinned = () => (lock ??= options.lock === undefined ? readLock(".") : Promise.resolve(options.lock || NO_LOCK));
  return {
    directory: listed,
    load: async (request, signal) => {
      const { id, source } = request;
      const pins = await pinned();
      const pin = pinnedId(pins, request);
      if (pin !== undefined) {
        const file = pinnedPath(pins.folder, pin);
        return { file, text: await readPinned(pins, pin, signal), source: pins.apis.get(pin)?.source ?? "" };
      }
      // The caller passed neither URL of a document that the directory lists on another host.
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

/** Returns whether the text may be the name of an API without its version. */
function isWord(source: string): boolean {
  return /^[\w-]+$/.test(source);
}

/**
 * Whether the bundled document is used: always, but for updates. An update uses it if there is no live document, and
 * never replaces a live one with it.
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
    const help = "Pass an http(s) URL, or the path of a file.";
    throw new InputError([
      diagnostic("FILE_UNREADABLE", withoutSecrets(path), "the scheme of the URL is not supported", { help }),
    ]);
  }
  return { file: path, text: await readBytes(path, signal), source: path };
}

async function fetchSource(url: string, options: SourceOptions, signal: AbortSignal | undefined): Promise<SourceText> {
  const { text, etag } = await fetchCached(url, options, signal);
  const file = withoutSecrets(url);
  return { file, text, source: file, etag };
}

/** Fetches the document that the directory lists, or Google's own one if the listed document is missing. */
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
  // If the directory cannot be fetched, the other URL is not tried.
  const refused = found ?? (listed instanceof InputError ? listed : undefined);
  const isGone = refused === undefined || refused.diagnostics.some(({ code }) => code === "DOCUMENT_GONE");
  const other = isGone ? unlistedUrl(id, options) : undefined;
  const unlisted = other === undefined ? undefined : await fetchSource(other, options, signal).catch(inputErrorOf);
  if (unlisted !== undefined && !(unlisted instanceof InputError)) return unlisted;
  if (found !== undefined) throw found;
  throw unknownApi(id, bundled, listed);
}

/** Returns an {@link InputError} as a value. Rethrows every other error. */
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
    const near = suggestion(nearApis(id, bundled));
    const message = `the API is not bundled (bundled: ${bundled.join(", ")}), and the directory is unavailable: ${reasons}${near}`;
    const help = listed.diagnostics[0]?.help ?? "";
    return new InputError([diagnostic("UNKNOWN_API", id, message, { api: id, help })]);
  }
  const known = [...bundled, ...listed.map((entry) => entry.id)];
  const near = suggestion(nearApis(id, known));
  return new InputError([
    diagnostic("UNKNOWN_API", id, `the API is neither bundled nor in the directory${near}`, { api: id }),
  ]);
}

/** Returns similar ids: other versions of the API, else the nearest ids or, for a name only, the nearest names' ids. */
function nearApis(id: string, known: readonly string[]): readonly string[] {
  const [name = id] = id.split(":");
  const versionsOf = (one: string) => known.filter((other) => other.startsWith(`${one}:`));
  const versions = versionsOf(name);
  if (versions.length > 0) return versions;
  const names = known.map((other) => other.split(":")[0] ?? other);
  return id === name ? nearest(name, names).flatMap(versionsOf) : nearest(id, known);
}
