/**
 * `.discogen.json` in a folder of output: what was written there, from what. It lets a run skip what has not changed,
 * and proves which files are ours to delete.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OutputFile } from "./write.js";

/** One API of the folder. */
export interface ManifestEntry<Facts> {
  /** Hash of all that its files depend on. */
  readonly input: string;
  /** Path in the folder to the hash of what was written. */
  readonly files: Readonly<Record<string, string>>;
  /** What a report says of it. */
  readonly facts: Facts;
}

/** By `name:version`. */
export type Manifest<Facts> = ReadonlyMap<string, ManifestEntry<Facts>>;

export function manifestPath(folder: string): string {
  return join(folder, ".discogen.json");
}

/** Hash of some texts, or of what they are in UTF-8, each told from the next. */
export function hashOfTexts(...texts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}\n`).update(text);
  return hash.digest("hex");
}

/** The manifest of a folder; an empty one where there is none, or none that can be trusted. */
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

/** The file that holds a manifest, in an order that does not depend on the run's. */
export function manifestFile<Facts>(folder: string, manifest: Manifest<Facts>): OutputFile {
  const sorted = [...manifest].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = `${JSON.stringify({ version: 1, apis: Object.fromEntries(sorted) }, undefined, 2)}\n`;
  return { path: manifestPath(folder), text };
}

/** Those files of an entry that are no longer as they were written, or are gone. */
export async function alteredFiles(
  folder: string,
  { files }: ManifestEntry<unknown>,
): Promise<{ readonly edited: readonly string[]; readonly gone: readonly string[] }> {
  const edited: string[] = [];
  const gone: string[] = [];
  await Promise.all(
    Object.entries(files).map(async ([path, hash]) => {
      const text = await readFile(join(folder, path)).catch(() => undefined);
      if (text === undefined) gone.push(path);
      else if (hashOfTexts(text) !== hash) edited.push(path);
    }),
  );
  return { edited, gone };
}

/** Paths that a run could have written, and no others: a manifest comes from a disk that others write to as well. */
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
