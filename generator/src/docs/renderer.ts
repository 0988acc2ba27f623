/** The renderer that the build has copied into this package: Scalar's bundle for browsers, and its license. */
import { readFile } from "node:fs/promises";
import { MARK, type SiteFile } from "./site.js";

// This URL resolves to the same folder from src/docs and from dist/docs.
const FOLDER = new URL("../../dist/docs/", import.meta.url);

export async function rendererFiles(): Promise<readonly SiteFile[]> {
  const heads = { "scalar.js": `/* ${MARK}. */\n`, "scalar.LICENSE.txt": `${MARK}: the license of scalar.js.\n\n` };
  return Promise.all(
    Object.entries(heads).map(async ([path, head]) => ({
      path,
      text: head + (await readFile(new URL(path, FOLDER), "utf8")),
    })),
  );
}
