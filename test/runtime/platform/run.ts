/** Runs a program of these tests in a process of its own, as one file that esbuild makes of it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Plugin, build } from "esbuild";
import { node } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";

/** What pages have under other names here, since Node's own `fetch` needs Node's: `fake-browser.ts` makes the timers. */
const renamed: { readonly [name: string]: string } = {
  Buffer: "pageHasNoBuffer",
  clearInterval: "pageClearInterval",
  clearTimeout: "pageClearTimeout",
  setInterval: "pageSetInterval",
  setTimeout: "pageSetTimeout",
};

/** The built files in place of the sources: in the program for a page, beside it for Node. */
function builds(name: "esm" | "web"): Plugin {
  const dist = join(ROOT, "runtime/dist", name);
  const at = (file: string): { path: string; external?: true } =>
    name === "web" ? { path: join(dist, file) } : { path: pathToFileURL(join(dist, file)).href, external: true };
  return {
    name: "builds",
    setup: ({ onResolve }) => {
      onResolve({ filter: /runtime\/src\/index\.js$/ }, () => at("index.js"));
      onResolve({ filter: /runtime\/src\/auth\/index\.js$/ }, () => at("auth/index.js"));
    },
  };
}

/** The text of a program that runs on a build. */
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

/** What a program prints, as JSON. */
export async function outputOf(program: string, ...args: readonly string[]): Promise<unknown> {
  const file = join(await temporaryFolder(), "program.mjs");
  await writeFile(file, program);
  const { stderr, stdout } = await node([file, ...args]);
  if (stderr !== "") throw new Error(stderr);
  return JSON.parse(stdout);
}
