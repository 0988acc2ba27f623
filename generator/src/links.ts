/** Symbolic links that lead out of the folder they are in. */
import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { followLinks } from "@discogen/runtime/files";

/**
 * The outermost link on the way from a folder to a path in it that leads out of that folder, by its path in the folder.
 * The folder itself may be a link.
 */
export async function linkOut(folder: string, path: string): Promise<string | undefined> {
  const top = resolve(folder);
  const root = await realOf(top);
  // Where there is no folder yet, there are no links in it.
  if (root === undefined) return undefined;
  let found: string | undefined;
  for (let inner = resolve(path); inner !== top && inner !== dirname(inner); inner = dirname(inner)) {
    const real = (await realOf(inner)) ?? (await realOfMissing(inner));
    if (real === undefined) continue;
    const way = relative(root, real);
    if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) found = relative(top, inner);
  }
  return found;
}

async function realOf(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

/** Where a link leads whose target does not exist. */
async function realOfMissing(path: string): Promise<string | undefined> {
  const target = await followLinks(path).catch(() => path);
  return target === path ? undefined : realOf(dirname(target));
}
