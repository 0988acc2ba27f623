// Folders with a package.json each, for tools that do not read `exports`: TypeScript's `moduleResolution: node10`,
// Parcel by default, and older bundlers. They look for `@discogen/runtime/auth` in the folder of that name.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, posix } from "node:path";

/**
 * Writes the folders of a package from its `exports`.
 *
 * @param root The folder of the package.
 * @param names The values of `*` in `exports`.
 */
export async function writeSubpathFolders(root, names = []) {
  const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  for (const [pattern, conditions] of Object.entries(exports)) {
    if (pattern === "." || pattern.endsWith(".json")) continue;
    for (const name of pattern.includes("*") ? names : [""]) await writeFolder(root, pattern, name, conditions);
  }
}

async function writeFolder(root, pattern, name, { types, browser, require, default: module }) {
  const subpath = pattern.replace("*", name);
  const target = (path) => posix.relative(subpath, path.replaceAll("*", name));
  const manifest = {
    // In this repository, the sources are next to it.
    type: "module",
    main: target(require),
    module: target(module),
    ...(browser === undefined ? {} : { browser: target(browser.default) }),
    types: target(types.require),
  };
  await mkdir(join(root, subpath), { recursive: true });
  await writeFile(join(root, subpath, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
}
