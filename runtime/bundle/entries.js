// The entries of the package, and the modules that share a chunk.
import { build } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { ascii } from "./ascii.js";
import { undiciChunks } from "./undici.js";

/** Returns whether an entry imports this module statically, directly or through other modules. */
function isLoadedAtOnce(id, graph, seen = new Set()) {
  if (seen.has(id)) return false;
  seen.add(id);
  const { isEntry, importers } = graph.getModuleInfo(id);
  return isEntry || importers.some((importer) => isLoadedAtOnce(importer, graph, seen));
}

/** Modules that all transports need for their first response. A separate file would cost more time than it saves. */
const decoders = /[\\/]transport[\\/](?:codings|decode)\.ts$/;

/** Entries for applications. */
export const entries = {
  index: "src/index.ts",
  "auth/index": "src/auth.ts",
  "testing/index": "src/testing.ts",
};

/** Entries for tools that run on Node. */
export const tools = { files: "src/files.ts", names: "src/names.ts", retry: "src/retry.ts" };

/** No warnings about modules that are imported both statically and dynamically, nor about the time of builds. */
export const checks = { ineffectiveDynamicImport: false, bundlerTimings: false };

/**
 * Writes one ES module build.
 *
 * @param root The folder of the package.
 * @param dir The output folder, relative to `root`.
 * @param platform `node` or `browser`. The build for browsers has no entries for tools and no declarations.
 * @param external The modules that the build imports.
 * @param plugins Plugins of rolldown, before those of all builds.
 */
export async function bundleFor({ root, dir, platform, external, plugins = [] }) {
  const isNode = platform === "node";
  // With `isolatedDeclarations`, declarations are written file by file, without a compiler.
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
      // Editors read documentation from the declarations.
      comments: { annotation: true, jsdoc: false, legal: false },
      // One chunk for the static imports of both entries, and one for the first request.
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

  // The entry for tests imports only the public entry, so programs do not load another chunk because of it.
  await build({ ...common, input: { "testing/index": testing }, external: "@discogen/runtime", output: { dir } });
  if (!isNode) return;

  // Small, and not shared with the other entries, whose chunks do not change.
  for (const [name, source] of Object.entries(tools))
    await build({ ...common, input: { [name]: source }, external: /^node:/, output: { dir } });
}
