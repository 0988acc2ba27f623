/** Identifies the code that generates the output, because the output depends on it. */
import { readdir, readFile } from "node:fs/promises";
import { hashOfTexts } from "./output/manifest.js";
import { VERSION } from "./version.js";

/** The folders of the code that turns a document into files. */
const FOLDERS = ["discovery", "model", "openapi", "emit"];

/** Returns a hash of this package's version and code. During development, the code changes without a new version. */
export async function fingerprint(): Promise<string> {
  const texts = await Promise.all(
    FOLDERS.map(async (folder) => {
      const url = new URL(`./${folder}/`, import.meta.url);
      const names = (await readdir(url)).filter((name) => name.endsWith(".js")).sort();
      return Promise.all(names.map(async (name) => name + (await readFile(new URL(name, url), "utf8"))));
    }),
  );
  return hashOfTexts(VERSION, ...texts.flat());
}
