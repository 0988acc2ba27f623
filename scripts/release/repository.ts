/** The address of the repository, for package.json and the changelog. */

/** Returns the web address of a git remote, or undefined for a path on this machine. */
export function webAddress(remote: string): string | undefined {
  const short = /^(?:[^@/\s]+@)?([^:/\s]+\.[^:/\s]+):(?!\/\/)(.+)$/.exec(remote);
  const address = short === null ? remote : `ssh://${short[1]}/${short[2]}`;
  if (!/^(?:https?|ssh|git):\/\//.test(address) || !URL.canParse(address)) return undefined;
  const { hostname, pathname } = new URL(address);
  const path = pathname.replace(/\/+$/, "").replace(/\.git$/, "");
  return hostname === "" || path === "" ? undefined : `https://${hostname}${path}`;
}

/** The fields of package.json that name the repository. */
export function repositoryFields(address: string, directory: string): Readonly<Record<string, unknown>> {
  return {
    homepage: `${address}#readme`,
    bugs: `${address}/issues`,
    repository: { type: "git", url: `git+${address}.git`, directory },
  };
}
