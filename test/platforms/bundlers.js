// Makes one bundle: node bundlers.js BUNDLER '{"entry":…}' — in a separate process, in the folder of the entry.
// Plain JavaScript: bundlers are installed when rows need them, so their types are not here.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const installed = createRequire(new URL("./.installed/package.json", import.meta.url));
const load = (name) => import(pathToFileURL(installed.resolve(name)).href);

/** Each writes the bundle of `entry` to `path`, which is `file` in `folder`. */
const bundlers = {
  async esbuild({ entry, path, platform, format, minify }) {
    const { build } = installed("esbuild");
    const isWorker = platform === "worker";
    await build({
      entryPoints: [entry],
      outfile: path,
      bundle: true,
      minify,
      platform: isWorker ? "browser" : platform,
      // As the tools of Cloudflare set them.
      ...(isWorker && { conditions: ["workerd", "worker", "browser"] }),
      format: format === "commonjs" ? "cjs" : "esm",
      target: "es2022",
      logLevel: "error",
    });
  },
  async rollup({ entry, path, platform, format }) {
    const [{ rollup }, { default: nodeResolve }] = [await load("rollup"), await load("@rollup/plugin-node-resolve")];
    const onNode = platform === "node";
    const bundle = await rollup({
      input: entry,
      external: onNode ? /^node:/ : [],
      plugins: [nodeResolve({ browser: !onNode, preferBuiltins: onNode, exportConditions: onNode ? ["node"] : [] })],
      onwarn: refuseUnresolved,
    });
    await bundle.write({ file: path, format: format === "commonjs" ? "cjs" : "es", inlineDynamicImports: true });
  },
  async rolldown({ entry, folder, file, platform, format }) {
    const { rolldown } = await load("rolldown");
    const bundle = await rolldown({ input: entry, platform, onwarn: refuseUnresolved });
    const output = { format: format === "commonjs" ? "cjs" : "esm", codeSplitting: false };
    // A folder, since this version writes one more file for modules that only removed code imports.
    await bundle.write({ ...output, dir: folder, entryFileNames: file });
  },
  async webpack({ entry, folder, file, platform, format }) {
    const webpack = installed("webpack");
    const isModule = format === "esm";
    const compiler = webpack({
      mode: "production",
      entry,
      target: platform === "node" ? "node20" : ["web", "es2022"],
      output: { path: folder, filename: file, ...(isModule && { module: true, chunkFormat: "module" }) },
      experiments: { outputModule: isModule },
      performance: { hints: false },
      plugins: [new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 })],
    });
    const stats = await new Promise((resolve, reject) => {
      compiler.run((error, result) => (error ? reject(error) : resolve(result)));
    });
    if (stats.hasErrors() || stats.hasWarnings())
      throw new Error(stats.toString({ all: false, errors: true, warnings: true }));
  },
  async vite({ entry, folder, file, platform, format }) {
    const { build } = await load("vite");
    const output = { entryFileNames: file, format: format === "commonjs" ? "cjs" : "es", codeSplitting: false };
    await build({
      root: folder,
      logLevel: "error",
      configFile: false,
      ssr: { noExternal: true },
      build: {
        outDir: folder,
        emptyOutDir: false,
        minify: true,
        target: "es2022",
        ssr: platform === "node",
        rolldownOptions: { input: entry, output },
      },
    });
  },
  // Modules that are imported late get separate files: Parcel has no option for one file.
  async parcel({ entry, folder, file, platform, format }) {
    const { Parcel } = installed("@parcel/core");
    const onNode = platform === "node";
    await new Parcel({
      entries: entry,
      defaultConfig: installed.resolve("@parcel/config-default"),
      mode: "production",
      shouldDisableCache: true,
      defaultTargetOptions: { sourceMaps: false },
      targets: {
        main: {
          distDir: folder,
          distEntry: file,
          context: onNode ? "node" : "browser",
          engines: onNode ? { node: ">=20" } : { browsers: ["last 2 Chrome versions"] },
          includeNodeModules: true,
          outputFormat: format === "commonjs" ? "commonjs" : "esmodule",
        },
      },
    }).run();
  },
};

/** An import that is not found would become a global or an import at run time. */
function refuseUnresolved(warning) {
  if (warning.code === "UNRESOLVED_IMPORT") throw new Error(warning.message);
}

const [, , name, job] = process.argv;
try {
  await bundlers[name](JSON.parse(job));
} catch (error) {
  const details = (error.diagnostics ?? []).map(({ message }) => message).join("\n");
  process.stderr.write(`${error.message}\n${details}`.trim().slice(0, 1_000));
  process.exitCode = 1;
}
