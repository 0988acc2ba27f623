/** Ways to start the program: on Node, Bun and Deno, bundled, in a browser, in workerd, and in a test runner. */
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Harness, startProxy } from "./harness.js";
import { run, start } from "./processes.js";
import type { Format, Project } from "./project.js";
import { program, type Tool } from "./tools.js";

export interface Job {
  readonly project: Project;
  readonly harness: Harness;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** Starts the program and resolves when it has ended. */
export type Launch = (job: Job) => Promise<void>;

export type Bundler = "esbuild" | "parcel" | "rolldown" | "rollup" | "vite" | "webpack";

export type Environment = Readonly<Record<string, string>>;

interface NodeOptions {
  readonly format?: Format;
  /** Before the file. */
  readonly flags?: readonly string[];
  /** After the input. */
  readonly args?: readonly string[];
  readonly env?: Environment;
}

/** Runs a file of the project, which finds its packages in `node_modules`. */
export function onNode(
  tool: Tool,
  file: string,
  { format = "esm", flags = [], args = [], env = {} }: NodeOptions = {},
): Launch {
  return ({ project, harness, signal }) => {
    const cwd = join(project.folder, format);
    return run(
      {
        file: program(tool),
        args: [...flags, join(cwd, file), JSON.stringify(harness.input), ...args],
        cwd,
        env: { ...harness.env, ...env },
      },
      signal,
    );
  };
}

/** How a bundle is made. */
export interface BundleOptions {
  readonly bundler: Bundler;
  /** Default: `node`. */
  readonly platform?: "browser" | "node" | "worker";
  /** Of the bundle. Default: `esm`. */
  readonly format?: Format;
  /** Of the sources. Default: `esm`. */
  readonly sources?: Format;
  readonly minify?: boolean;
}

interface Bundle {
  readonly folder: string;
  readonly file: string;
}

/** Bundles a file of the project; rows that need the same bundle share it. */
function bundle(
  { project, signal }: Pick<Job, "project" | "signal">,
  source: string,
  options: BundleOptions,
): Promise<Bundle> {
  const key = JSON.stringify([source, options]);
  const made = project.bundles.get(key) ?? makeBundle(project, signal, source, options);
  project.bundles.set(key, made);
  return made;
}

/** Writes to a folder where no packages are found. */
async function makeBundle(
  project: Project,
  signal: AbortSignal,
  source: string,
  { bundler, platform = "node", format = "esm", sources = "esm", minify = false }: BundleOptions,
): Promise<Bundle> {
  const folder = await project.newFolder();
  const file = platform === "node" ? `main.${format === "commonjs" ? "cjs" : "mjs"}` : "main.js";
  const entry = join(project.folder, sources, source);
  const job = { entry, folder, file, path: join(folder, file), platform, format, minify };
  const args = [fileURLToPath(new URL("./bundlers.js", import.meta.url)), bundler, JSON.stringify(job)];
  try {
    await run({ file: process.execPath, args, cwd: dirname(entry) }, signal);
  } catch (error) {
    throw new Error(`${bundler} does not build it`, { cause: error });
  }
  if (bundler !== "parcel") await checkOneFile(folder, file);
  return { folder, file };
}

/** @throws if the bundle loads another file that the bundler wrote */
async function checkOneFile(folder: string, file: string): Promise<void> {
  const text = await readFile(join(folder, file), "utf8");
  const others = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith("js") && name !== file);
  const loaded = others.filter((name) => text.includes(basename(name)));
  if (loaded.length > 0) throw new Error(`the bundle is not one file: it loads ${loaded.join()}`);
}

/** Bundles the program and runs it on Node. */
export function bundledOnNode(tool: Tool, options: BundleOptions): Launch {
  return async (job) => {
    const made = await bundle(job, "node.js", options);
    const args = [join(made.folder, made.file), JSON.stringify(job.harness.input)];
    await run({ file: program(tool), args, cwd: made.folder, env: job.harness.env }, job.signal);
  };
}

/** Runs three calls behind a proxy: those of the project, or of a bundle. */
export function behindProxy(tool: Tool, options: BundleOptions | Format): Launch {
  return async (job) => {
    const { project, harness, signal } = job;
    const made =
      typeof options === "object"
        ? await bundle(job, "proxied.js", options)
        : { folder: join(project.folder, options), file: "proxied.js" };
    await using proxy = await startProxy();
    const args = [join(made.folder, made.file), JSON.stringify(harness.input)];
    await run({ file: program(tool), args, cwd: made.folder, env: { HTTP_PROXY: proxy.url } }, signal);
  };
}

const CHROMIUM_FLAGS = [
  "headless",
  "no-sandbox",
  "disable-gpu",
  "disable-quic",
  "no-first-run",
  "disable-background-networking",
  "disable-component-update",
  "disable-sync",
];

const browsers: Readonly<Record<"chromium" | "firefox", (profile: string) => readonly string[]>> = {
  chromium: (profile) => [...CHROMIUM_FLAGS.map((flag) => `--${flag}`), `--user-data-dir=${profile}`],
  firefox: (profile) => ["--headless", "--no-remote", "--profile", profile],
};

/** Bundles the program as the script of a page and opens the page. */
export function inBrowser(browser: keyof typeof browsers, options: BundleOptions): Launch {
  return async (job) => {
    const { project, harness, signal } = job;
    const made = await bundle(job, "page.js", { ...options, platform: "browser" });
    const profile = await project.newFolder();
    const url = `${harness.page(made.folder, made.file)}?${encodeURIComponent(JSON.stringify(harness.input))}`;
    const args = [...browsers[browser](profile), url];
    await using started = start({ file: program(browser), args, cwd: profile });
    const ended = started.code.then(() => {
      throw new Error(`${browser} ended. ${started.output()}`);
    });
    await Promise.race([harness.report, ended, once(signal, "abort")]);
  };
}

const WORKERD_CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "internet", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "main.js", esModule = embed "main.js")],
  compatibilityDate = "2026-11-01",
);
`;

/** Bundles the program as a worker and sends it a request. */
export function inWorkerd(options: BundleOptions): Launch {
  return async (job) => {
    const { harness, signal } = job;
    const made = await bundle(job, "worker.js", { ...options, platform: "worker" });
    await writeFile(join(made.folder, "config.capnp"), WORKERD_CONFIG);
    // It prints the port as JSON.
    const args = ["serve", "config.capnp", "--control-fd=1"];
    await using started = start({ file: program("workerd"), args, cwd: made.folder });
    await Promise.race([once(started.child.stdout ?? started.child, "data"), started.code]);
    const port = /"port":(\d+)/.exec(started.output())?.[1];
    if (port === undefined) throw new Error(`workerd does not start. ${started.output()}`);
    const request = { method: "POST", body: JSON.stringify(harness.input), signal };
    const response = await fetch(`http://127.0.0.1:${port}/`, request);
    if (!response.ok) throw new Error(`status ${response.status}. ${started.output()}`);
  };
}

/** Runs the program as a test. */
export function underTest(
  tool: Tool,
  runner: "jest" | "vitest",
  { format = "esm", args = [], env = {} }: { format?: Format; args?: readonly string[]; env?: Environment } = {},
): Launch {
  return ({ project, harness, signal }) => {
    const cwd = join(project.folder, format);
    const file = program(tool);
    const input = { ...harness.env, ...env, PLATFORM_INPUT: JSON.stringify(harness.input) };
    return run({ file, args: [program(runner), ...args], cwd, env: input }, signal);
  };
}
