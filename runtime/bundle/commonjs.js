// The CommonJS build: one file with all modules of this package and of jose, so no file is read after `require`. Some
// test runners replace the file system while a program runs, or refuse to load modules after a test has ended.
import { join } from "node:path";
import { build } from "rolldown";
import { ascii } from "./ascii.js";
import { checks } from "./entries.js";

/** Loads each of Node's modules when a module that imports it first runs: `require` of an entry needs few of them. */
const builtins = {
  name: "builtins",
  resolveId: (id, _importer, { kind }) => {
    if (!id.startsWith("node:")) return undefined;
    return kind === "require-call" ? { id, external: true } : `\0${id}`;
  },
  load: (id) => (id.startsWith("\0node:") ? `module.exports = require(${JSON.stringify(id.slice(1))});` : undefined),
};

/**
 * Writes the CommonJS build for one platform.
 *
 * @param root The folder of the package.
 * @param dir The output folder, relative to `root`.
 * @param entries The source of each entry, by name.
 * @param platform `node` or `browser`.
 * @param external The modules that the build requires.
 * @param plugins Plugins of rolldown, before those of this build.
 */
export async function commonjsFor({ root, dir, entries, platform, external = [], plugins = [] }) {
  await build({
    cwd: root,
    platform,
    input: entries,
    external,
    plugins: [...plugins, builtins, ascii],
    resolve: { alias: { "@discogen/runtime": join(root, "src/index.ts") } },
    checks,
    output: {
      dir,
      format: "cjs",
      // Like ES modules.
      strict: true,
      exports: "named",
      // With this mark, code compiled to CommonJS uses these exports directly, without a copy.
      esModule: true,
      entryFileNames: "[name].cjs",
      chunkFileNames: "shared/[name].cjs",
      comments: { annotation: true, jsdoc: false, legal: false },
      codeSplitting: { groups: [{ name: "shared" }] },
      // Each module runs when another module first needs it, not when the file is loaded.
      strictExecutionOrder: true,
      // `import()` does not work in a CommonJS module under Jest.
      dynamicImportInCjs: false,
    },
  });
}
