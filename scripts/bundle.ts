/** What a program weighs as one minified file for Node, as people deploy it to functions. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

export interface Bundle {
  readonly code: string;
  readonly bytes: number;
  readonly gzipped: number;
}

/** Bundles the text of a module that lies in `folder`. */
export async function bundle(folder: string, text: string): Promise<Bundle> {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: folder, sourcefile: "program.mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    // undici and Google's packages call require(), which modules do not have.
    format: "cjs",
    target: "node20",
    write: false,
    logLevel: "error",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild wrote nothing");
  return { code: file.text, bytes: file.contents.length, gzipped: gzipSync(file.contents).length };
}
