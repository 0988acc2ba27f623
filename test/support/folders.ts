/** Folders for tests. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The repository, with a trailing slash. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Creates a folder and deletes it after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "discogen-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Returns the sorted paths of all files below a folder, relative to it. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Google's own documents. Not part of the repository, so they may be missing. */
export const CORPUS = join(ROOT, "../shared/discovery");

/** Part of the name of tests that need the corpus. Explains why they are skipped. */
export const needsCorpus = existsSync(CORPUS) ? "" : " (skipped: ../shared/discovery does not exist)";
