/**
 * `discogen.lock.json` and the documents it pins, which are kept in `discovery/` beside it: what a project generates
 * from, the same on every machine and without a network.
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

/** One API that is pinned. */
export interface LockEntry {
  /** The document's URL, or `bundled`. */
  readonly source: string;
  readonly revision: string;
  readonly etag?: string;
  /** Of the document, in hexadecimal. */
  readonly sha256: string;
}

/** A lock; one without entries where there is no file. */
export interface Lock {
  /** The folder it is in. */
  readonly folder: string;
  /** By `name:version`. */
  readonly apis: ReadonlyMap<string, LockEntry>;
}

export function lockPath(folder: string): string {
  return join(folder, FILE);
}

/** Where the document of an API is kept. */
export function pinnedPath(folder: string, id: string): string {
  return join(folder, "discovery", `${id.replace(":", ".")}.json`);
}

/** Hash of a document. Line ends do not count: version control may change them on a checkout. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}

/** The text of a lock's file: sorted, so that a change of one API is a change of its lines. */
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
  if ((await linkOut(folder, file)) !== undefined) throw refuse("it is a link out of its folder");
  let value: unknown;
  try {
    // A pipe or device, which a link may lead to, has no end.
    if (!(await stat(file)).isFile()) throw new Error("it is no file");
    value = parseJson(await readFile(file, "utf8"));
  } catch (error) {
    if (isMissing(error)) return { folder, apis: new Map() };
    throw refuse(reasonOf(error));
  }
  if (!isObject(value) || !isObject(value["apis"])) throw refuse("it has no apis");
  if (value["version"] !== 1)
    throw refuse(`it is of version ${JSON.stringify(value["version"])}; 1 is expected`, "/version");
  const apis = new Map<string, LockEntry>();
  for (const [id, entry] of Object.entries(value["apis"])) {
    const read = isApiId(id) ? readEntry(entry) : undefined;
    if (read === undefined)
      throw refuse("it needs name:version as its key, and source, revision and sha256", `/apis/${id}`);
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

/** Id of the pinned document that answers a request. One that was pinned from elsewhere than is asked now does not. */
export function pinnedId({ apis }: Lock, request: ApiRequest): string | undefined {
  if (isLocal(request)) return undefined;
  const { id } = request;
  const source = request.source === undefined ? undefined : withoutSecrets(request.source);
  const found = id ?? [...apis].find(([, entry]) => entry.source === source)?.[0];
  const entry = found === undefined ? undefined : apis.get(found);
  return entry === undefined || (source !== undefined && entry.source !== source) ? undefined : found;
}

/**
 * The text of a pinned document.
 *
 * @throws {InputError} with the code LOCK_MISMATCH when it is gone or was edited, FILE_UNREADABLE and the like
 */
export async function readPinned({ folder, apis }: Lock, id: string, signal?: AbortSignal): Promise<string> {
  const file = pinnedPath(folder, id);
  const refuse = (message: string) => new InputError([diagnostic("LOCK_MISMATCH", file, message, { api: id })]);
  const link = await linkOut(folder, file);
  if (link !== undefined) throw refuse(`${link} is a link out of the folder of ${lockPath(folder)}`);
  if (!existsSync(file)) throw refuse("it is gone");
  const text = decoded(await readBytes(file, signal), file);
  if (hashOf(text) !== apis.get(id)?.sha256)
    throw refuse(`it was edited: its hash is not the one in ${lockPath(folder)}`);
  return text;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
