/** The rows of the table, as data. */
import { fileURLToPath } from "node:url";
import type { Build } from "./program/platform.js";
import type { Format } from "./project.js";
import {
  behindProxy,
  bundledOnNode,
  type Bundler,
  type BundleOptions,
  inBrowser,
  inWorkerd,
  type Launch,
  onNode,
  underTest,
} from "./launch.js";
import { INSTALLED, type Tool } from "./tools.js";

export interface Row {
  /** For the command line. */
  readonly name: string;
  /** For readers of the table. */
  readonly title: string;
  /** The build of the runtime that the platform chooses. */
  readonly build: Build;
  readonly launch: Launch;
  readonly tools: readonly Tool[];
  /** Whether `.ci/run` runs it. */
  readonly ci: boolean;
}

type NodeVersion = "20" | "22" | "24";

const VERSIONS: readonly NodeVersion[] = ["20", "22", "24"];
/** The oldest and the newest version, for third-party tools. */
const ENDS: readonly NodeVersion[] = ["20", "24"];
const FORMATS: readonly Format[] = ["esm", "commonjs"];

const builds: Readonly<Record<Format, Exclude<Build, "web">>> = { esm: "ES modules", commonjs: "CommonJS" };

const node: readonly Row[] = [
  ...VERSIONS.flatMap((version) =>
    FORMATS.map((format): Row => ({
      name: `node-${version}-${format}`,
      title: `Node ${version}, ${builds[format]}`,
      build: builds[format],
      launch: onNode(`node-${version}`, "packages.js", { format }),
      tools: [`node-${version}`],
      ci: true,
    })),
  ),
  ...(["22", "24"] as const).map((version): Row => ({
    name: `node-${version}-typescript`,
    title: `Node ${version}, TypeScript that is not compiled`,
    build: "ES modules",
    launch: onNode(`node-${version}`, "packages.ts"),
    tools: [`node-${version}`],
    ci: true,
  })),
];

const deno = ["run", "--no-prompt", "--node-modules-dir=manual", "--allow-net", "--allow-read", "--allow-write"];

const others: readonly Row[] = [
  {
    name: "bun",
    title: "Bun",
    build: "ES modules",
    launch: onNode("bun", "packages.js", { flags: ["run"] }),
    tools: ["bun"],
    ci: false,
  },
  {
    name: "deno",
    title: "Deno",
    build: "ES modules",
    launch: onNode("deno", "packages.js", { flags: [...deno, "--allow-env", "--allow-sys"] }),
    tools: ["deno"],
    ci: false,
  },
  {
    name: "deno-without-env",
    title: "Deno without `--allow-env`",
    build: "ES modules",
    launch: onNode("deno", "packages.js", { flags: deno }),
    tools: ["deno"],
    ci: false,
  },
  {
    name: "workerd",
    title: "workerd without `nodejs_compat`, bundled by esbuild",
    build: "web",
    launch: inWorkerd({ bundler: "esbuild" }),
    tools: ["workerd", "esbuild"],
    ci: false,
  },
  ...(["chromium", "firefox"] as const).map((browser): Row => ({
    name: browser,
    title: `${browser === "chromium" ? "Chromium" : "Firefox"}, bundled by esbuild`,
    build: "web",
    launch: inBrowser(browser, { bundler: "esbuild" }),
    tools: [browser, "esbuild"],
    ci: false,
  })),
];

interface Bundle extends Omit<BundleOptions, "platform"> {
  readonly name: string;
  readonly title: string;
}

const bundles: readonly Bundle[] = [
  { name: "esbuild", title: "esbuild, ES module", bundler: "esbuild" },
  { name: "esbuild-cjs", title: "esbuild, CommonJS", bundler: "esbuild", format: "commonjs" },
  {
    name: "esbuild-require",
    title: "esbuild, CommonJS sources",
    bundler: "esbuild",
    format: "commonjs",
    sources: "commonjs",
  },
  { name: "esbuild-minified", title: "esbuild, minified", bundler: "esbuild", minify: true },
  { name: "rollup", title: "rollup", bundler: "rollup" },
  { name: "rolldown", title: "rolldown", bundler: "rolldown" },
  { name: "webpack", title: "webpack, ES module", bundler: "webpack" },
  { name: "webpack-cjs", title: "webpack, CommonJS", bundler: "webpack", format: "commonjs" },
  { name: "vite", title: "Vite", bundler: "vite" },
  { name: "parcel", title: "Parcel", bundler: "parcel", format: "commonjs" },
];

function bundlerTools(bundler: Bundler): readonly Tool[] {
  return bundler === "rollup" ? ["rollup", "@rollup/plugin-node-resolve"] : [bundler];
}

const bundled: readonly Row[] = [
  ...bundles.flatMap(({ name, title, ...options }) =>
    ENDS.map((version): Row => ({
      name: `${name}-node-${version}`,
      title: `${title}, Node ${version}`,
      build: options.sources === "commonjs" ? "CommonJS" : "ES modules",
      launch: bundledOnNode(`node-${version}`, options),
      tools: [`node-${version}`, ...bundlerTools(options.bundler)],
      ci: true,
    })),
  ),
  ...(["rollup", "rolldown", "webpack", "vite", "parcel"] as const).map((bundler): Row => ({
    name: `${bundler}-browser`,
    title: `${bundles.find(({ name }) => name === bundler)?.title.replace(/,.*/, "") ?? bundler}, in Chromium`,
    build: "web",
    launch: inBrowser("chromium", { bundler }),
    tools: ["chromium", ...bundlerTools(bundler)],
    ci: false,
  })),
];

/** Also minified, which changes class names. */
const proxied: readonly Row[] = [
  ...FORMATS.map((format): Row => ({
    name: `proxy-node-${format}`,
    title: `Node 24, ${builds[format]}, behind \`HTTP_PROXY\``,
    build: builds[format],
    launch: behindProxy("node-24", format),
    tools: ["node-24"],
    ci: true,
  })),
  ...ENDS.map((version): Row => ({
    name: `proxy-esbuild-node-${version}`,
    title: `esbuild, minified, behind \`HTTP_PROXY\`, Node ${version}`,
    build: "ES modules",
    launch: behindProxy(`node-${version}`, { bundler: "esbuild", minify: true }),
    tools: [`node-${version}`, "esbuild"],
    ci: true,
  })),
  {
    name: "proxy-esbuild-require",
    title: "esbuild, CommonJS, behind `HTTP_PROXY`, Node 24",
    build: "CommonJS",
    launch: behindProxy("node-24", { bundler: "esbuild", format: "commonjs", sources: "commonjs", minify: true }),
    tools: ["node-24", "esbuild"],
    ci: true,
  },
  {
    name: "proxy-webpack",
    title: "webpack, behind `HTTP_PROXY`, Node 24",
    build: "ES modules",
    launch: behindProxy("node-24", { bundler: "webpack", format: "commonjs" }),
    tools: ["node-24", "webpack"],
    ci: true,
  },
];

/** Arguments of Jest. */
function jest(environment: string): readonly string[] {
  const path = fileURLToPath(new URL(`./${environment}`, import.meta.url));
  return ["--testRegex", "/tested\\.js$", "--testEnvironment", environment === "node" ? "node" : path];
}

const runners: readonly Row[] = [
  ...ENDS.flatMap((version): readonly Row[] => [
    {
      name: `jest-node-${version}`,
      title: `Jest, default mode, Node ${version}`,
      build: "CommonJS",
      launch: underTest(`node-${version}`, "jest", { format: "commonjs", args: jest("node") }),
      tools: [`node-${version}`, "jest"],
      ci: true,
    },
    {
      name: `jest-esm-node-${version}`,
      title: `Jest, ES modules, Node ${version}`,
      build: "ES modules",
      launch: underTest(`node-${version}`, "jest", {
        args: [...jest("node"), "--transform", "{}"],
        env: { NODE_OPTIONS: "--experimental-vm-modules" },
      }),
      tools: [`node-${version}`, "jest"],
      ci: true,
    },
    {
      name: `jest-jsdom-node-${version}`,
      title: `Jest, jsdom with the platform's \`fetch\`, Node ${version}`,
      build: "web",
      launch: underTest(`node-${version}`, "jest", {
        format: "commonjs",
        args: jest("jsdom-with-fetch.cjs"),
        env: { PLATFORM_TOOLS: INSTALLED },
      }),
      tools: [`node-${version}`, "jest", "jest-environment-jsdom"],
      ci: true,
    },
    {
      name: `vitest-node-${version}`,
      title: `Vitest, Node ${version}`,
      build: "ES modules",
      launch: underTest(`node-${version}`, "vitest", { args: ["run", "--globals", "--config", "vitest.config.mjs"] }),
      tools: [`node-${version}`, "vitest"],
      ci: true,
    },
  ]),
  ...(["nock", "nock-14", "msw"] as const).map((interceptor): Row => {
    const file = interceptor === "msw" ? "msw.js" : "nock.js";
    return {
      name: interceptor,
      title: `${interceptor.replace("-", " ")}, \`DISCOGEN_TRANSPORT=fetch\`, Node 24`,
      build: "ES modules",
      launch: onNode("node-24", file, { args: [interceptor], env: { DISCOGEN_TRANSPORT: "fetch" } }),
      tools: ["node-24", interceptor],
      ci: true,
    };
  }),
];

export const ROWS: readonly Row[] = [...node, ...others, ...bundled, ...proxied, ...runners];
