/**
 * `discogen.lock.json` and the documents that it pins, which are stored in `discovery/` next to it. With them, a
 * project generates the same code on every machine, without a network.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { diagnostic, InputError, reasonOf } from "../diagnostics.js";
import { linkOut } from "../links.js";
import { isObject, parseJson } from "./reader.js";
import { type ApiRequest, isApiId, isLocal, withoutSecrets } from "./request.js";
import { decoded, readBytes } from "./text.js";

const FILE = "discogen.lock.json";

/** One pinned API. */
export interface LockEntry {
  /** The document's URL, or `bundled`. */
  readonly source: string;
  readonly revision: string;
  readonly etag?: string;
  /** Hash of the document, in hexadecimal. */
  readonly sha256: string;
}

/** A lock. If the file does not exist, it has no entries. */
export interface Lock {
  /** The folder that contains the lock. */
  readonly folder: string;
  /** By `name:version`. */
  readonly apis: ReadonlyMap<string, LockEntry>;
}

export function lockPath(folder: string): string {
  return join(folder, FILE);
}

/** Returns the path of a pinned document. */
export function pinnedPath(folder: string, id: string): string {
  return join(folder, "discovery", `${id.replace(":", ".")}.json`);
}

/** Returns the hash of a document. Ignores differences in line ends, because version control may change them. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}

/** Returns the text of a lock file. Entries are sorted, so that a change of one API only changes its lines. */
export function lockText(apis: ReadonlyMap<string, LockEntry>): string {
  const sorted = [...apis].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.map(([id, { source, revision, etag, sha256 }]) => [
    id,
    { source, revision, ...(etag === undefined ? {} : { etag }), sha256 },
  ]);
  return `${JSON.stringify({ version: 1, apis: Object.fromEntries(entries) }, undefined, 2)}\n`;
}

/**
 * Reads the lock of a folder.
 *
 * @throws {InputError} with the code LOCK_INVALID
 */
export async function readLock(folder: string): Promise<Lock> {
  const file = lockPath(folder);
  const refuse = (message: string, pointer = "") =>
    new InputError([diagnostic("LOCK_INVALID", file, message, { pointer })]);
  if ((await linkOut(folder, file)) !== undefined) throw refuse("the lock is a link that points outside its folder");
  let value: unknown;
  try {
    // The path may be a pipe or a device, which never ends.
    if (!(await stat(file)).isFile()) throw new Error("the path is not a file");
    value = parseJson(await readFile(file, "utf8"));
  } catch (error) {
    if (isMissing(error)) return { folder, apis: new Map() };
    throw refuse(reasonOf(error));
  }
  if (!isObject(value) || !isObject(value["apis"])) throw refuse("`apis` is missing");
  if (value["version"] !== 1)
    throw refuse(`unsupported lock version ${JSON.stringify(value["version"])}; expected 1`, "/version");
  const apis = new Map<string, LockEntry>();
  for (const [id, entry] of Object.entries(value["apis"])) {
    const read = isApiId(id) ? readEntry(entry) : undefined;
    if (read === undefined)
      throw refuse("the key must be name:version, and `source`, `revision` and `sha256` are required", `/apis/${id}`);
    apis.set(id, read);
  }
  return { folder, apis };
}

function readEntry(value: unknown): LockEntry | undefined {
  if (!isObject(value)) return undefined;
  const { source, revision, etag, sha256 } = value;
  if (typeof source !== "string" || typeof revision !== "string" || typeof sha256 !== "string") return undefined;
  return { source, revision, ...(typeof etag === "string" && { etag }), sha256 };
}

/** Returns the id of the pinned document for a request, or undefined if none was pinned from the requested source. */
export function pinnedId({ apis }: Lock, request: ApiRequest): string | undefined {
  if (isLocal(request)) return undefined;
  const { id } = request;
  const source = request.source === undefined ? undefined : withoutSecrets(request.source);
  const found = id ?? [...apis].find(([, entry]) => entry.source === source)?.[0];
  const entry = found === undefined ? undefined : apis.get(found);
  return entry === undefined || (source !== undefined && entry.source !== source) ? undefined : found;
}

/**
 * Reads the text of a pinned document.
 *
 * @throws {InputError} with the code LOCK_MISMATCH if it is missing or was edited; FILE_UNREADABLE, DOCUMENT_TOO_LARGE
 *   or INVALID_JSON if it cannot be read
 */
export async function readPinned({ folder, apis }: Lock, id: string, signal?: AbortSignal): Promise<string> {
  const file = pinnedPath(folder, id);
  const refuse = (message: string) => new InputError([diagnostic("LOCK_MISMATCH", file, message, { api: id })]);
  const link = await linkOut(folder, file);
  if (link !== undefined) throw refuse(`${link} is a link that points outside the folder of ${lockPath(folder)}`);
  if (!existsSync(file)) throw refuse("the pinned document is missing");
  const text = decoded(await readBytes(file, signal), file);
  if (hashOf(text) !== apis.get(id)?.sha256)
    throw refuse(`the document was edited: its hash differs from the one in ${lockPath(folder)}`);
  return text;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
