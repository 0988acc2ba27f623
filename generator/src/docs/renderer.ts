/** The renderer, as the build laid it beside this package's modules: Scalar's bundle for browsers, and its licence. */
import { readFile } from "node:fs/promises";
import type { SiteFile } from "./site.js";

// The same folder from src/docs and from dist/docs.
const FOLDER = new URL("../../dist/docs/", import.meta.url);

export async function rendererFiles(): Promise<readonly SiteFile[]> {
  const names = ["scalar.js", "scalar.LICENSE.txt"];
  return Promise.all(names.map(async (path) => ({ path, text: await readFile(new URL(path, FOLDER), "utf8") })));
}
