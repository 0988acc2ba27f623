/**
 * `.discogen.json` in an output folder: the files that were written there, and a hash of their input. With it, a run
 * skips APIs that have not changed, and knows which files it may delete.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OutputFile } from "./write.js";

/** One API of the folder. */
export interface ManifestEntry<Facts> {
  /** Hash of everything that the files depend on. */
  readonly input: string;
  /** Hash of each file as it was written, by path. Paths are relative to the folder. */
  readonly files: Readonly<Record<string, string>>;
  /** The part of the report that a later run repeats when it skips this API. */
  readonly facts: Facts;
}

/** By `name:version`. */
export type Manifest<Facts> = ReadonlyMap<string, ManifestEntry<Facts>>;

export function manifestPath(folder: string): string {
  return join(folder, ".discogen.json");
}

/** Returns one hash of several texts or their UTF-8 bytes. Lengths are included, so that texts do not run together. */
export function hashOfTexts(...texts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}\n`).update(text);
  return hash.digest("hex");
}

/** Reads the manifest of a folder. Returns an empty manifest if the file is missing or invalid. */
export async function readManifest<Facts>(
  folder: string,
  isFacts: (value: unknown) => value is Facts,
): Promise<Manifest<Facts>> {
  try {
    const value: unknown = JSON.parse(await readFile(manifestPath(folder), "utf8"));
    const apis = isRecord(value) && value["version"] === 1 && isRecord(value["apis"]) ? value["apis"] : {};
    const isEntry = (entry: unknown): entry is ManifestEntry<Facts> =>
      isRecord(entry) && typeof entry["input"] === "string" && isFiles(entry["files"]) && isFacts(entry["facts"]);
    return new Map(Object.entries(apis).flatMap(([id, entry]) => (isEntry(entry) ? [[id, entry] as const] : [])));
  } catch {
    return new Map();
  }
}

/** Returns the file of a manifest. Entries are sorted, so their order does not depend on the run. */
export function manifestFile<Facts>(folder: string, manifest: Manifest<Facts>): OutputFile {
  const sorted = [...manifest].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = `${JSON.stringify({ version: 1, apis: Object.fromEntries(sorted) }, undefined, 2)}\n`;
  return { path: manifestPath(folder), text };
}

/** Returns the files of an entry that were edited or deleted after they were written. */
export async function alteredFiles(
  folder: string,
  { files }: ManifestEntry<unknown>,
): Promise<{ readonly edited: readonly string[]; readonly missing: readonly string[] }> {
  const edited: string[] = [];
  const missing: string[] = [];
  await Promise.all(
    Object.entries(files).map(async ([path, hash]) => {
      const text = await readFile(join(folder, path)).catch(() => undefined);
      if (text === undefined) missing.push(path);
      else if (hashOfTexts(text) !== hash) edited.push(path);
    }),
  );
  return { edited, missing };
}

/** Accepts only paths that a run can have written: other programs can edit the manifest, and its files get deleted. */
function isFiles(value: unknown): value is ManifestEntry<unknown>["files"] {
  return (
    isRecord(value) &&
    Object.entries(value).every(
      ([path, hash]) =>
        /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*\/(?:index|schemas)\.ts$/.test(path) && typeof hash === "string",
    )
  );
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
