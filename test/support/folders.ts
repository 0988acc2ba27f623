/** Folders for tests. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** Path of the repository, with a slash at the end. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A new folder, deleted at the end of the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "discogen-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Paths of all files in a folder and its subfolders, relative to it, sorted. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Documents of Google. They are not part of the repository. */
export const CORPUS = join(ROOT, "../shared/discovery");

/** Part of the name of a test that needs the corpus: the reason, if it is skipped. */
export const needsCorpus = existsSync(CORPUS) ? "" : " (skipped: ../shared/discovery is not here)";
