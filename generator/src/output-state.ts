/** What earlier runs wrote into a folder: what need not be written again, and what no longer belongs there. */
import { rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Code, codes, type Diagnostic, diagnostic } from "./diagnostics.js";
import { writeOutput } from "./files.js";
import { fingerprint } from "./fingerprint.js";
import type { CodeRequest } from "./config/define.js";
import { alteredFiles, hashOfTexts, type ManifestEntry, manifestFile, readManifest } from "./output/manifest.js";

/** What a report says of an API, its folder and file names left out: those depend on where the run was. */
export interface ApiFacts {
  readonly revision: string;
  readonly client: string;
  readonly methods: number;
  readonly schemas: number;
  readonly warnings: readonly (readonly [code: Code, pointer: string, message: string])[];
}

/** An API that is written already. */
export interface WrittenApi extends ManifestEntry<ApiFacts> {
  readonly id: string;
}

/** A file that was written. */
export interface HashedFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly hash: string;
}

export interface OutputState {
  /** Nothing is known to be written here. */
  readonly isFirst: boolean;
  /** Hash of all that the output of a document depends on. */
  readonly inputOf: (text: string | Uint8Array, request: CodeRequest) => string;
  /** What was written from that input, when it is still there unchanged. */
  readonly find: (input: string) => Promise<WrittenApi | undefined>;
  /** Whether a run wrote a file of this path, relative to the folder. */
  readonly wrote: (path: string) => boolean;
  /** Notes what was written. */
  readonly record: (id: string, input: string, files: readonly HashedFile[], facts: ApiFacts) => void;
  /** What is there of other APIs than these, told and not touched. */
  readonly findDropped: (ids: ReadonlySet<string>) => Promise<readonly Diagnostic[]>;
  /** Deletes what is there of other APIs than these; what was edited is kept, and told. */
  readonly deleteDropped: (ids: ReadonlySet<string>) => Promise<readonly Diagnostic[]>;
  /** @throws {InputError} with the code OUTPUT_UNWRITABLE */
  readonly save: () => Promise<void>;
}

/** Reads what is known of a folder. */
export async function openOutputState(folder: string): Promise<OutputState> {
  const [before, print] = await Promise.all([readManifest(folder, isFacts), fingerprint()]);
  const byInput = new Map([...before].map(([id, entry]) => [entry.input, { ...entry, id }]));
  const recorded = new Map<string, ManifestEntry<ApiFacts>>();
  const deleted = new Set<string>();
  const paths = new Set([...before.values()].flatMap(({ files }) => Object.keys(files)));
  const droppedFrom = (ids: ReadonlySet<string>) => [...before].filter(([id]) => !ids.has(id));
  return {
    isFirst: before.size === 0,
    inputOf: (text, { include = [], exclude = [], enums = "closed", patch = [], streaming = {} }) =>
      hashOfTexts(print, JSON.stringify([include, exclude, enums, patch, Object.entries(streaming).sort()]), text),
    find: async (input) => {
      const written = byInput.get(input);
      if (written === undefined) return undefined;
      const { edited, gone } = await alteredFiles(folder, written);
      return edited.length + gone.length === 0 ? written : undefined;
    },
    wrote: (path) => paths.has(path),
    record: (id, input, files, facts) => {
      const hashes = Object.fromEntries(files.map(({ path, hash }) => [path, hash]));
      recorded.set(id, { input, files: hashes, facts });
    },
    findDropped: async (ids) => {
      const found = droppedFrom(ids).map(async ([id, entry]) => {
        const { gone } = await alteredFiles(folder, entry);
        return present(entry, gone).map((path) =>
          diagnostic("OUTPUT_STALE", join(folder, path), `${id} is no longer generated`, { api: id }),
        );
      });
      return (await Promise.all(found)).flat();
    },
    deleteDropped: async (ids) => {
      const kept: Diagnostic[] = [];
      for (const [id, entry] of droppedFrom(ids)) {
        const { edited, gone } = await alteredFiles(folder, entry);
        for (const path of present(entry, [...edited, ...gone])) await deleteFile(folder, path);
        for (const path of edited)
          kept.push(diagnostic("STALE_OUTPUT_KEPT", join(folder, path), `${id} is no longer generated`, { api: id }));
        deleted.add(id);
      }
      return kept;
    },
    save: async () => {
      if (recorded.size === 0 && deleted.size === 0 && before.size === 0) return;
      // Read again: another run may have written other APIs into this folder meanwhile.
      const now = await readManifest(folder, isFacts);
      const kept = [...now].filter(([id]) => !deleted.has(id));
      await writeOutput([manifestFile(folder, new Map([...kept, ...recorded]))], { folder });
    },
  };
}

function present({ files }: ManifestEntry<unknown>, without: readonly string[]): readonly string[] {
  return Object.keys(files).filter((path) => !without.includes(path));
}

/** With the folders that are empty then. */
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
