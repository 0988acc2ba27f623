// The entries of the package, and which modules share a chunk.
import { build } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { compileUndici, undiciChunks } from "./undici.js";

/** Whether an entry imports this module, by way of others or itself, before anything is called. */
function isLoadedAtOnce(id, graph, seen = new Set()) {
  if (seen.has(id)) return false;
  seen.add(id);
  const { isEntry, importers } = graph.getModuleInfo(id);
  return isEntry || importers.some((importer) => isLoadedAtOnce(importer, graph, seen));
}

/** What every transport needs with its first response: a file of its own would cost more than it saves. */
const decoders = /[\\/]transport[\\/](?:codings|decode)\.ts$/;

/** One letter beyond ASCII doubles the memory of a module's text, and the time to read it. */
const ascii = {
  name: "ascii",
  generateBundle: (_options, bundle) => {
    for (const chunk of Object.values(bundle).filter(({ fileName }) => fileName.endsWith(".js")))
      chunk.code = chunk.code.replace(/[^\0-\x7f]/g, escaped);
  },
};

function escaped(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * Writes one build of all entries.
 *
 * @param root The folder of the package.
 * @param dir Where the build goes, relative to `root`.
 * @param external The modules that the build imports.
 */
export async function bundleFor({ root, dir, external }) {
  const common = {
    cwd: root,
    platform: "node",
    // Declarations are written from each source alone, as `isolatedDeclarations` allows: no compiler is needed.
    plugins: [...compileUndici(), dts({ oxc: true, tsconfig: false }), ascii],
  };
  await build({
    ...common,
    input: { index: "src/index.ts", "auth/index": "src/auth/index.ts" },
    external,
    output: {
      dir,
      chunkFileNames: "shared/[name].js",
      // Declarations keep them, where editors look.
      comments: { annotation: true, jsdoc: false, legal: false },
      // One chunk for what both entries need at once, and one for what the first request needs.
      codeSplitting: {
        groups: [
          {
            debugName: "shared",
            name: (id, graph) => (isLoadedAtOnce(id, graph) || decoders.test(id) ? "shared" : null),
            test: /(?<!\.d)\.ts$/,
            minShareCount: 2,
            priority: 3,
          },
          ...undiciChunks,
        ],
      },
    },
  });

  // What the generator needs of it alone: small, and shared with no other entry, so that those stay as they are.
  await build({ ...common, input: { files: "src/files.ts" }, external: /^node:/, output: { dir } });

  // What tests need stands on the public surface, so that programs do not open a further file for its sake.
  await build({
    ...common,
    input: { "testing/index": "src/testing/index.ts" },
    external: "@discogen/runtime",
    output: { dir },
  });

  // For tools that show names and load nothing else of the runtime.
  await build({ ...common, input: { names: "src/names.ts" }, output: { dir } });
}
