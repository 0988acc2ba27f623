/** The directory of APIs: Google's live one, or a mirror of it. */
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
  /** Where its document is. */
  readonly url: string;
  /** The version that its makers advise. */
  readonly preferred: boolean;
}

export interface DirectoryOptions extends FetchOptions {
  /** The directory to ask. Default: the environment variable `DISCOGEN_DIRECTORY_URL`, or Google's. */
  readonly directoryUrl?: string | undefined;
}

/** The URL of the directory that is asked. */
export function directoryAddress({ directoryUrl }: DirectoryOptions): string {
  return directoryUrl || process.env["DISCOGEN_DIRECTORY_URL"] || GOOGLE;
}

/**
 * Where Google also serves the document of an API, listed or not; a mirror is asked for nothing that it does not list.
 */
export function unlistedUrl(id: string, options: DirectoryOptions): string | undefined {
  const [name = "", version = ""] = id.split(":");
  if (directoryAddress(options) !== GOOGLE || !/^[a-z][a-z0-9-]*$/.test(name)) return undefined;
  return `https://${name}.googleapis.com/$discovery/rest?version=${encodeURIComponent(version)}`;
}

/**
 * Fetches the directory.
 *
 * @throws {InputError} when it cannot be had, or is no directory
 */
export async function fetchDirectory(
  options: DirectoryOptions,
  signal?: AbortSignal,
): Promise<readonly DirectoryEntry[]> {
  const address = directoryAddress(options);
  const refuse = (message: string) => new InputError([diagnostic("FETCH_FAILED", withoutSecrets(address), message)]);
  if (!isUrl(address)) throw refuse("the directory's address is no http(s) URL");
  const { text } = await fetchCached(address, options, signal);
  const items = itemsOf(text);
  if (items === undefined) throw refuse("it is no directory: a list of items with id and discoveryRestUrl is expected");
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

/** What is not an API of the usual form is none that could be asked for. */
function entryOf(item: unknown, address: string): DirectoryEntry | undefined {
  if (!isObject(item)) return undefined;
  const { id, title, discoveryRestUrl, preferred } = item;
  if (typeof id !== "string" || !isApiId(id) || typeof discoveryRestUrl !== "string") return undefined;
  // A mirror may write addresses of its own, relative to itself.
  if (!URL.canParse(discoveryRestUrl, address)) return undefined;
  const url = new URL(discoveryRestUrl, address).href;
  if (!isUrl(url)) return undefined;
  return { id, title: typeof title === "string" ? title : "", url, preferred: preferred === true };
}
