/** Documents → lock: fetches the documents of a project, and stores them next to its config. */
import { rm } from "node:fs/promises";
import {
  hashOf,
  type Lock,
  type LockEntry,
  lockPath,
  lockText,
  pinnedId,
  pinnedPath,
  readLock,
  readPinned,
} from "./discovery/lock.js";
import { type ApiRequest, isLocal } from "./discovery/request.js";
import { createSources, type SourceOptions } from "./discovery/sources.js";
import { decoded } from "./discovery/text.js";
import { type Diagnostic, InputError } from "./diagnostics.js";
import { writeOutput } from "./files.js";
import { modelOf } from "./load.js";
import type { ApiModel } from "./model/types.js";
import type { OutputFile } from "./output/write.js";

/** Documents fetched concurrently. */
const FETCHES = 8;

/** A fetched document, and its future entry in the lock. */
export interface Pinned {
  readonly model: ApiModel;
  readonly text: string;
  readonly entry: LockEntry;
}

export interface Pins {
  readonly fetched: readonly Pinned[];
  /** Requests whose document could not be fetched or read. `diagnostics` has the reasons. */
  readonly failed: readonly ApiRequest[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Returns the requests for remote documents that the lock does not pin. */
export function unpinned<Request extends ApiRequest>(requests: readonly Request[], lock: Lock): readonly Request[] {
  return requests.filter((request) => !isLocal(request) && pinnedId(lock, request) === undefined);
}

/** Fetches documents, pinned or not. Does not write anything. */
export async function fetchPins(
  requests: readonly ApiRequest[],
  options: SourceOptions,
  signal?: AbortSignal,
): Promise<Pins> {
  const sources = createSources({ ...options, lock: false });
  const fetched: Pinned[] = [];
  const failed: ApiRequest[] = [];
  const diagnostics: Diagnostic[] = [];
  const waiting = [...requests];
  const next = async (): Promise<void> => {
    for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) {
      try {
        const found = await sources.load(request, signal);
        const { source, etag, warnings = [] } = found;
        const text = decoded(found.text, found.file);
        // Only a document that can be generated is pinned.
        const { model } = modelOf(found, request, {});
        const entry = {
          source,
          revision: model.revision,
          ...(etag === undefined ? {} : { etag }),
          sha256: hashOf(text),
        };
        fetched.push({ model, text, entry });
        const isNew = ({ code, file }: Diagnostic) =>
          !diagnostics.some((other) => other.code === code && other.file === file);
        diagnostics.push(...warnings.filter(isNew));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        failed.push(request);
        diagnostics.push(...error.diagnostics);
      }
    }
  };
  await Promise.all(Array.from({ length: FETCHES }, next));
  return { fetched, failed, diagnostics };
}

/** Further options of {@link writePins}. */
export interface PinOptions {
  /** Ids to remove from the lock. Their documents are deleted, unless they were edited. */
  readonly dropped?: ReadonlySet<string>;
  /** Replace files in `discovery/` that the lock does not pin. Default: false, such files are an error. */
  readonly force?: boolean;
}

/**
 * Writes documents, and the lock that pins them: either all files or none.
 *
 * @returns the new lock
 * @throws {InputError} with code OUTPUT_EXISTS, OUTPUT_UNWRITABLE or DISK_FULL
 */
export async function writePins(
  lock: Lock,
  fetched: readonly Pinned[],
  { dropped = new Set(), force = false }: PinOptions = {},
): Promise<Lock> {
  const { folder } = lock;
  // Read again: another run may have pinned other APIs in the meantime.
  const before = (await readLock(folder)).apis;
  const kept = [...before].filter(([id]) => !dropped.has(id));
  const apis = new Map([...kept, ...fetched.map(({ model, entry }) => [model.id, entry] as const)]);
  const documents = fetched.map(({ model, text }): OutputFile => ({ path: pinnedPath(folder, model.id), text }));
  const ours = new Set([lockPath(folder), ...[...before.keys()].map((id) => pinnedPath(folder, id))]);
  await writeOutput([...documents, { path: lockPath(folder), text: lockText(apis) }], {
    folder,
    ...(!force && { isOurs: (path) => ours.has(path) }),
    help: "The folder of the config must be writable. `discovery/` and the lock must not be links to other folders.",
    existsHelp: "The lock does not pin this file. Move it, or add --force to replace it.",
  });
  for (const id of dropped) {
    const isOurs = await readPinned(lock, id).then(
      () => true,
      () => false,
    );
    if (isOurs) await rm(pinnedPath(folder, id), { force: true });
  }
  return { folder, apis };
}
