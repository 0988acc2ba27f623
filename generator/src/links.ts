/** Symbolic links that point outside the folder that contains them. */
import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { followLinks } from "@discogen/runtime/files";

/**
 * Finds a symbolic link on the path from a folder to a file in it whose target is outside that folder. Returns the
 * outermost such link, relative to the folder. The folder itself may be a link.
 */
export async function linkOut(folder: string, path: string): Promise<string | undefined> {
  const top = resolve(folder);
  const root = await realOf(top);
  // A folder that does not exist yet contains no links.
  if (root === undefined) return undefined;
  let found: string | undefined;
  for (let inner = resolve(path); inner !== top && inner !== dirname(inner); inner = dirname(inner)) {
    const real = (await realOf(inner)) ?? (await realOfMissing(inner));
    if (real === undefined) continue;
    const fromRoot = relative(root, real);
    if (fromRoot === ".." || fromRoot.startsWith(`..${sep}`) || isAbsolute(fromRoot)) found = relative(top, inner);
  }
  return found;
}

async function realOf(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

/** Returns the folder that a dangling link points into. */
async function realOfMissing(path: string): Promise<string | undefined> {
  const target = await followLinks(path).catch(() => path);
  return target === path ? undefined : realOf(dirname(target));
}
