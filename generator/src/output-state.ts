/** The state of an output folder: what earlier runs wrote there, what is still up to date, and what is obsolete. */
import { rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Code, codes, type Diagnostic, diagnostic } from "./diagnostics.js";
import { writeOutput } from "./files.js";
import { fingerprint } from "./fingerprint.js";
import type { CodeRequest } from "./config/define.js";
import { alteredFiles, hashOfTexts, type ManifestEntry, manifestFile, readManifest } from "./output/manifest.js";

/** The part of an API's report that does not depend on the working folder: neither folder nor file names. */
export interface ApiFacts {
  readonly revision: string;
  readonly client: string;
  readonly methods: number;
  readonly schemas: number;
  readonly warnings: readonly (readonly [code: Code, pointer: string, message: string])[];
}

/** An API that an earlier run wrote. */
export interface WrittenApi extends ManifestEntry<ApiFacts> {
  readonly id: string;
}

/** A file of the output, and the hash of its content. */
export interface HashedFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly hash: string;
}

export interface OutputState {
  /** Returns a hash of everything that the output of a document depends on. */
  readonly inputOf: (text: string | Uint8Array, request: CodeRequest) => string;
  /** Returns the API that was written from this input, if all its files are still there unchanged. */
  readonly find: (input: string) => Promise<WrittenApi | undefined>;
  /** Returns whether an earlier run wrote the file with this path. The path is relative to the folder. */
  readonly wrote: (path: string) => boolean;
  /** Adds an API to the manifest that {@link OutputState.save} writes. */
  readonly record: (id: string, input: string, files: readonly HashedFile[], facts: ApiFacts) => void;
  /** Reports the files of all APIs except these. Does not change any file. */
  readonly findDropped: (ids: ReadonlySet<string>) => Promise<readonly Diagnostic[]>;
  /** Deletes the files of all APIs except these. Keeps and reports files that were edited. */
  readonly deleteDropped: (ids: ReadonlySet<string>) => Promise<readonly Diagnostic[]>;
  /**
   * Writes the manifest.
   *
   * @throws {InputError} with the code OUTPUT_UNWRITABLE
   */
  readonly save: () => Promise<void>;
}

/** Reads the state of an output folder. */
export async function openOutputState(folder: string): Promise<OutputState> {
  const [before, print] = await Promise.all([readManifest(folder, isFacts), fingerprint()]);
  const byInput = new Map([...before].map(([id, entry]) => [entry.input, { ...entry, id }]));
  const recorded = new Map<string, ManifestEntry<ApiFacts>>();
  const deleted = new Set<string>();
  const paths = new Set([...before.values()].flatMap(({ files }) => Object.keys(files)));
  const droppedFrom = (ids: ReadonlySet<string>) => [...before].filter(([id]) => !ids.has(id));
  return {
    inputOf: (text, { include = [], exclude = [], enums = "closed", patch = [], streaming = {} }) =>
      hashOfTexts(print, JSON.stringify([include, exclude, enums, patch, Object.entries(streaming).sort()]), text),
    find: async (input) => {
      const written = byInput.get(input);
      if (written === undefined) return undefined;
      const { edited, missing } = await alteredFiles(folder, written);
      return edited.length + missing.length === 0 ? written : undefined;
    },
    wrote: (path) => paths.has(path),
    record: (id, input, files, facts) => {
      const hashes = Object.fromEntries(files.map(({ path, hash }) => [path, hash]));
      recorded.set(id, { input, files: hashes, facts });
    },
    findDropped: async (ids) => {
      const found = droppedFrom(ids).map(async ([id, entry]) => {
        const { missing } = await alteredFiles(folder, entry);
        return present(entry, missing).map((path) =>
          diagnostic("OUTPUT_STALE", join(folder, path), `${id} is no longer generated`, { api: id }),
        );
      });
      return (await Promise.all(found)).flat();
    },
    deleteDropped: async (ids) => {
      const kept: Diagnostic[] = [];
      for (const [id, entry] of droppedFrom(ids)) {
        const { edited, missing } = await alteredFiles(folder, entry);
        for (const path of present(entry, [...edited, ...missing])) await deleteFile(folder, path);
        for (const path of edited)
          kept.push(diagnostic("STALE_OUTPUT_KEPT", join(folder, path), `${id} is no longer generated`, { api: id }));
        deleted.add(id);
      }
      return kept;
    },
    save: async () => {
      if (recorded.size === 0 && deleted.size === 0 && before.size === 0) return;
      // Read again: another run may have written other APIs into this folder in the meantime.
      const now = await readManifest(folder, isFacts);
      const kept = [...now].filter(([id]) => !deleted.has(id));
      await writeOutput([manifestFile(folder, new Map([...kept, ...recorded]))], { folder });
    },
  };
}

function present({ files }: ManifestEntry<unknown>, without: readonly string[]): readonly string[] {
  return Object.keys(files).filter((path) => !without.includes(path));
}

/** Deletes a file, and its parent folders up to the output folder if they are empty then. */
async function deleteFile(folder: string, path: string): Promise<void> {
  await rm(join(folder, path), { force: true });
  for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) {
    const isLast = await rmdir(join(folder, parent)).then(
      () => true,
      () => false,
    );
    if (!isLast) return;
  }
}

function isFacts(value: unknown): value is ApiFacts {
  if (typeof value !== "object" || value === null) return false;
  const { revision, client, methods, schemas, warnings } = value as { readonly [key in keyof ApiFacts]?: unknown };
  return (
    typeof revision === "string" &&
    typeof client === "string" &&
    typeof methods === "number" &&
    typeof schemas === "number" &&
    Array.isArray(warnings) &&
    warnings.every(isWarning)
  );
}

function isWarning(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [code, pointer, message] = value;
  return Object.hasOwn(codes, String(code)) && typeof pointer === "string" && typeof message === "string";
}
