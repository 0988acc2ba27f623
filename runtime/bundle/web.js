// The build for browsers and workers: the same sources with other platform modules.

/** Resolves `platform/node/` to `platform/web/`, whose modules have the same exports. */
export const webPlatform = {
  name: "web-platform",
  resolveId(source, importer) {
    if (!source.includes("/platform/node/")) return null;
    return this.resolve(source.replace("/platform/node/", "/platform/web/"), importer, { skipSelf: true });
  },
};
