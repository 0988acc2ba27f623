// The CommonJS build: one file holds every module of this package and of jose, so that no file is read after `require`.
// Test runners replace the file system while a program runs, or load no more modules when a test has ended.
import { join } from "node:path";
import { build } from "rolldown";
import { ascii } from "./ascii.js";
import { checks } from "./entries.js";

/** Loads a module of Node when a module that imports it first runs: `require` of an entry needs few of them. */
const builtins = {
  name: "builtins",
  resolveId: (id, _importer, { kind }) => {
    if (!id.startsWith("node:")) return undefined;
    return kind === "require-call" ? { id, external: true } : `\0${id}`;
  },
  load: (id) => (id.startsWith("\0node:") ? `module.exports = require(${JSON.stringify(id.slice(1))});` : undefined),
};

/**
 * Writes the CommonJS twin of a build.
 *
 * @param root The folder of the package.
 * @param dir Where the build goes, relative to `root`.
 * @param entries Name of each entry to its source.
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
      // As ES modules are.
      strict: true,
      exports: "named",
      // Compilers to CommonJS then use these exports as they are, without a copy.
      esModule: true,
      entryFileNames: "[name].cjs",
      chunkFileNames: "shared/[name].cjs",
      comments: { annotation: true, jsdoc: false, legal: false },
      codeSplitting: { groups: [{ name: "shared" }] },
      // Each module runs when another one first needs it, not when the file is loaded.
      strictExecutionOrder: true,
      // `import()` does not work in a CommonJS module under Jest.
      dynamicImportInCjs: false,
    },
  });
}
