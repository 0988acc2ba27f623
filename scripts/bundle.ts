/** Measures a program as one minified file, as deployed to functions and workers. */
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";

export interface Bundle {
  readonly code: string;
  readonly bytes: number;
  readonly gzipped: number;
}

/** The platform of a bundle. */
export type BundleTarget = "node" | "worker";

const targets: { readonly [target in BundleTarget]: BuildOptions } = {
  // Google's packages call require(), which ES modules do not have.
  node: { platform: "node", format: "cjs", target: "node20" },
  worker: {
    platform: "browser",
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    // Workers have no Node modules. Imports of them stay visible in the output.
    external: ["node:*"],
  },
};

/** Bundles the text of a module in `folder`. */
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
