// The entries of the package, and which modules share a chunk.
import { build } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { ascii } from "./ascii.js";
import { undiciChunks } from "./undici.js";

/** Whether an entry imports this module, by way of others or itself, before anything is called. */
function isLoadedAtOnce(id, graph, seen = new Set()) {
  if (seen.has(id)) return false;
  seen.add(id);
  const { isEntry, importers } = graph.getModuleInfo(id);
  return isEntry || importers.some((importer) => isLoadedAtOnce(importer, graph, seen));
}

/** What every transport needs with its first response: a file of its own would cost more than it saves. */
const decoders = /[\\/]transport[\\/](?:codings|decode)\.ts$/;

/** What applications import. */
export const entries = {
  index: "src/index.ts",
  "auth/index": "src/auth.ts",
  "testing/index": "src/testing.ts",
};

/** What tools that run on Node import. */
export const tools = { files: "src/files.ts", names: "src/names.ts", retry: "src/retry.ts" };

/** Some modules are imported late in one place and at once in another. The times of builds are of no interest. */
export const checks = { ineffectiveDynamicImport: false, bundlerTimings: false };

/**
 * Writes one ES module build.
 *
 * @param root The folder of the package.
 * @param dir Where the build goes, relative to `root`.
 * @param platform `node` or `browser`. The latter has neither the entries of tools nor declarations of its own.
 * @param external The modules that the build imports.
 * @param plugins Plugins of rolldown, before those of every build.
 */
export async function bundleFor({ root, dir, platform, external, plugins = [] }) {
  const isNode = platform === "node";
  // Declarations are written from each source alone, as `isolatedDeclarations` allows: no compiler is needed.
  const declarations = isNode ? [dts({ oxc: true, tsconfig: false })] : [];
  const common = { cwd: root, platform, plugins: [...plugins, ...declarations, ascii], checks };
  const { index, "auth/index": auth, "testing/index": testing } = entries;
  await build({
    ...common,
    input: { index, "auth/index": auth },
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

  // What tests need stands on the public surface, so that programs do not open a further file for its sake.
  await build({ ...common, input: { "testing/index": testing }, external: "@discogen/runtime", output: { dir } });
  if (!isNode) return;

  // Small, and shared with no other entry, so that those stay as they are.
  for (const [name, source] of Object.entries(tools))
    await build({ ...common, input: { [name]: source }, external: /^node:/, output: { dir } });
}
