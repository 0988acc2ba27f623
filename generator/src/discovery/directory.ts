/** The directory of APIs: Google's live directory, or a mirror. */
import { diagnostic, InputError } from "../diagnostics.js";
import { type FetchOptions, fetchCached } from "./cache.js";
import { isObject, parseJson } from "./reader.js";
import { isApiId, isUrl, withoutSecrets } from "./request.js";

const GOOGLE = "https://www.googleapis.com/discovery/v1/apis";

/** One API of the directory. */
export interface DirectoryEntry {
  /** `name:version`. */
  readonly id: string;
  readonly title: string;
  /** URL of the Discovery document. */
  readonly url: string;
  /** The directory marks this version of the API as preferred. */
  readonly preferred: boolean;
}

export interface DirectoryOptions extends FetchOptions {
  /** URL of the directory. Default: the environment variable `DISCOGEN_DIRECTORY_URL`, or Google's directory. */
  readonly directoryUrl?: string | undefined;
}

/** Returns the URL of the directory. */
export function directoryAddress({ directoryUrl }: DirectoryOptions): string {
  return directoryUrl || process.env["DISCOGEN_DIRECTORY_URL"] || GOOGLE;
}

/**
 * Returns the URL where Google serves the document of an API that the directory does not list. Returns undefined for a
 * mirror: only the documents that it lists are fetched.
 */
export function unlistedUrl(id: string, options: DirectoryOptions): string | undefined {
  const [name = "", version = ""] = id.split(":");
  if (directoryAddress(options) !== GOOGLE || !/^[a-z][a-z0-9-]*$/.test(name)) return undefined;
  return `https://${name}.googleapis.com/$discovery/rest?version=${encodeURIComponent(version)}`;
}

/**
 * Fetches the directory.
 *
 * @throws {InputError} if it cannot be fetched, or is not a directory
 */
export async function fetchDirectory(
  options: DirectoryOptions,
  signal?: AbortSignal,
): Promise<readonly DirectoryEntry[]> {
  const address = directoryAddress(options);
  const refuse = (message: string) => new InputError([diagnostic("FETCH_FAILED", withoutSecrets(address), message)]);
  if (!isUrl(address)) throw refuse("the address of the directory is not an http(s) URL");
  const { text } = await fetchCached(address, options, signal);
  const items = itemsOf(text);
  if (items === undefined)
    throw refuse("the response is not an API directory: expected `items` with `id` and `discoveryRestUrl`");
  return items.flatMap((item) => entryOf(item, address) ?? []);
}

function itemsOf(text: string): readonly unknown[] | undefined {
  try {
    const list = parseJson(text);
    return isObject(list) && Array.isArray(list["items"]) ? list["items"] : undefined;
  } catch {
    return undefined;
  }
}

/** Returns undefined for an item without a usable id and URL. */
function entryOf(item: unknown, address: string): DirectoryEntry | undefined {
  if (!isObject(item)) return undefined;
  const { id, title, discoveryRestUrl, preferred } = item;
  if (typeof id !== "string" || !isApiId(id) || typeof discoveryRestUrl !== "string") return undefined;
  // The URLs of a mirror may be relative to its own address.
  if (!URL.canParse(discoveryRestUrl, address)) return undefined;
  const url = new URL(discoveryRestUrl, address).href;
  if (!isUrl(url)) return undefined;
  return { id, title: typeof title === "string" ? title : "", url, preferred: preferred === true };
}
