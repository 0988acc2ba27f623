// The build for browsers and workers: the same sources with other platform modules.

/** Resolves a module of a folder `node` to the one of the folder `web` next to it, which has the same exports. */
export const webPlatform = {
  name: "web-platform",
  resolveId(source, importer) {
    if (!source.startsWith(".") || !source.includes("/node/")) return null;
    return this.resolve(source.replace("/node/", "/web/"), importer, { skipSelf: true });
  },
};
