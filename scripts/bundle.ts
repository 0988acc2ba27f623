/** What a program weighs as one minified file, as people deploy it to functions and workers. */
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";

export interface Bundle {
  readonly code: string;
  readonly bytes: number;
  readonly gzipped: number;
}

/** Where a bundle runs. */
export type BundleTarget = "node" | "worker";

const targets: { readonly [target in BundleTarget]: BuildOptions } = {
  // Google's packages call require(), which ES modules do not have.
  node: { platform: "node", format: "cjs", target: "node20" },
  worker: {
    platform: "browser",
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    // A worker has none of them: they are left where a bundle would need them.
    external: ["node:*"],
  },
};

/** Bundles the text of a module that lies in `folder`. */
export async function bundle(folder: string, text: string, target: BundleTarget = "node"): Promise<Bundle> {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: folder, sourcefile: "program.mjs" },
    bundle: true,
    minify: true,
    write: false,
    logLevel: "error",
    ...targets[target],
  });
  const [file] = outputFiles ?? [];
  if (file === undefined) throw new Error("esbuild wrote nothing");
  return { code: file.text, bytes: file.contents.length, gzipped: gzipSync(file.contents).length };
}
