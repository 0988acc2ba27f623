/** Identifies the code that writes the output: the same document and options give other files in another version. */
import { readdir, readFile } from "node:fs/promises";
import { hashOfTexts } from "./output/manifest.js";
import { VERSION } from "./version.js";

/** The folders that turn a document into files. */
const FOLDERS = ["discovery", "model", "openapi", "emit"];

/** Returns a hash of this package's version and code. During development the code changes more often than the version. */
export async function fingerprint(): Promise<string> {
  const texts = await Promise.all(
    FOLDERS.map(async (name) => {
      const folder = new URL(`./${name}/`, import.meta.url);
      const files = (await readdir(folder)).filter((file) => file.endsWith(".js")).sort();
      return Promise.all(files.map(async (file) => file + (await readFile(new URL(file, folder), "utf8"))));
    }),
  );
  return hashOfTexts(VERSION, ...texts.flat());
}
