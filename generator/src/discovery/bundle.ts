/** The Discovery documents in this package. */
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const BUNDLE = new URL("../../documents/", import.meta.url);

/** Returns the ids of the bundled APIs. */
export async function bundledApis(): Promise<readonly string[]> {
  const names = await readdir(BUNDLE);
  return names
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -5).replace(".", ":"))
    .sort();
}

/** Returns the path of a bundled document. */
export function bundledPath(id: string): string {
  return fileURLToPath(new URL(`${id.replace(":", ".")}.json`, BUNDLE));
}
