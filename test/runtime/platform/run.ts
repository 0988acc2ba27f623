/** Bundles a program of these tests to one file and runs it in a separate process. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Plugin, build } from "esbuild";
import { node } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";

/** Other names for the globals of the fake page, because Node's own `fetch` needs Node's. See `fake-browser.ts`. */
const renamed: { readonly [name: string]: string } = {
  Buffer: "pageHasNoBuffer",
  clearInterval: "pageClearInterval",
  clearTimeout: "pageClearTimeout",
  setInterval: "pageSetInterval",
  setTimeout: "pageSetTimeout",
};

/** Uses the built files instead of the sources: bundled into the program for a page, imported for Node. */
function builds(name: "esm" | "web"): Plugin {
  const dist = join(ROOT, "runtime/dist", name);
  const at = (file: string): { path: string; external?: true } =>
    name === "web" ? { path: join(dist, file) } : { path: pathToFileURL(join(dist, file)).href, external: true };
  return {
    name: "builds",
    setup: ({ onResolve }) => {
      onResolve({ filter: /runtime\/src\/index\.js$/ }, () => at("index.js"));
      onResolve({ filter: /runtime\/src\/auth\.js$/ }, () => at("auth/index.js"));
    },
  };
}

/** Returns the text of a program that uses a build. */
export async function programOf(file: string, name: "esm" | "web"): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, file)],
    bundle: true,
    format: "esm",
    platform: name === "web" ? "browser" : "node",
    target: "es2022",
    define: name === "web" ? renamed : {},
    write: false,
    logLevel: "error",
    plugins: [builds(name)],
  });
  return outputFiles[0]?.text ?? "";
}

/** Runs a program and returns its JSON output. */
export async function outputOf(program: string, ...args: readonly string[]): Promise<unknown> {
  const file = join(await temporaryFolder(), "program.mjs");
  await writeFile(file, program);
  const { stderr, stdout } = await node([file, ...args]);
  if (stderr !== "") throw new Error(stderr);
  return JSON.parse(stdout);
}
