/** Browsers and workers cannot start programs. */

/** Resolves to `false`. */
export async function openBrowser(_url: string): Promise<boolean> {
  return false;
}
