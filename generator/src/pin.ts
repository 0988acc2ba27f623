/** Documents → lock: fetches what a project generates from and keeps it beside its config. */
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

/** Documents fetched at once. */
const FETCHES = 8;

/** One document that was fetched to be pinned. */
export interface Pinned {
  readonly model: ApiModel;
  readonly text: string;
  readonly entry: LockEntry;
}

export interface Pins {
  readonly fetched: readonly Pinned[];
  /** Those that could not be had, with the reason. */
  readonly failed: readonly ApiRequest[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The requests that the lock does not answer and should. */
export function unpinned<Request extends ApiRequest>(requests: readonly Request[], lock: Lock): readonly Request[] {
  return requests.filter((request) => !isLocal(request) && pinnedId(lock, request) === undefined);
}

/** Fetches documents, whatever the lock says. Nothing is written. */
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
        // Nothing is pinned that nothing can be generated from.
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

/** What else to do than to write. */
export interface PinOptions {
  /** Ids to pin no longer. Their documents are deleted, unless they were edited. */
  readonly dropped?: ReadonlySet<string>;
  /** Replace files in `discovery/` that the lock does not pin. Default: false, they are an error. */
  readonly force?: boolean;
}

/**
 * Writes documents and the lock that pins them, all or nothing.
 *
 * @returns the new lock
 * @throws {InputError} when they cannot be written
 */
export async function writePins(
  lock: Lock,
  fetched: readonly Pinned[],
  { dropped = new Set(), force = false }: PinOptions = {},
): Promise<Lock> {
  const { folder } = lock;
  // Read again: another run may have pinned other APIs meanwhile.
  const before = (await readLock(folder)).apis;
  const kept = [...before].filter(([id]) => !dropped.has(id));
  const apis = new Map([...kept, ...fetched.map(({ model, entry }) => [model.id, entry] as const)]);
  const documents = fetched.map(({ model, text }): OutputFile => ({ path: pinnedPath(folder, model.id), text }));
  const ours = new Set([lockPath(folder), ...[...before.keys()].map((id) => pinnedPath(folder, id))]);
  await writeOutput([...documents, { path: lockPath(folder), text: lockText(apis) }], {
    folder,
    ...(!force && { isOurs: (path) => ours.has(path) }),
    help: "The folder of the config must be writable, and discovery/ and the lock must be in it.",
    existsHelp: "The lock does not pin it. Move the file, or add --force to replace it.",
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
