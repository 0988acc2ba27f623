/**
 * What the rows need beyond this repository, each at one exact version, in a separate folder.
 *
 * Installed when a row first needs it, reused by later runs, and never part of the product.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

export const INSTALLED = fileURLToPath(new URL("./.installed/", import.meta.url));

/** The package that contains only the executable. */
const node = `npm:node-${process.platform}-${process.arch}`;

const TOOLS = {
  "node-20": `${node}@20.20.2`,
  "node-22": `${node}@22.23.5`,
  "node-24": `${node}@24.22.3`,
  bun: "1.4.5",
  deno: "2.9.6",
  workerd: "1.20261117.1",
  esbuild: "0.28.2",
  rollup: "4.68.8",
  "@rollup/plugin-node-resolve": "16.0.3",
  rolldown: "1.3.3",
  webpack: "5.113.0",
  vite: "8.4.0",
  parcel: "2.16.4",
  jest: "30.5.2",
  "jest-environment-jsdom": "30.5.2",
  vitest: "4.1.12",
  nock: "15.0.6",
  /** The last that intercepts `fetch` and Node's client alone. */
  "nock-14": "npm:nock@14.0.17",
  msw: "3.0.5",
} as const;

const BROWSERS = { chromium: "/usr/bin/chromium", firefox: "/usr/bin/firefox-esr" } as const;

const DEBIAN = { chromium: "chromium", firefox: "firefox-esr" } as const;

export type Tool = keyof typeof TOOLS | keyof typeof BROWSERS;

function isBrowser(tool: Tool): tool is keyof typeof BROWSERS {
  return Object.hasOwn(BROWSERS, tool);
}

/** The program of a tool. */
export function program(tool: Tool): string {
  if (isBrowser(tool)) return BROWSERS[tool];
  if (isThisNode(tool)) return process.execPath;
  return tool.startsWith("node-")
    ? join(INSTALLED, "node_modules", tool, "bin/node")
    : join(INSTALLED, "node_modules/.bin", tool);
}

function isThisNode(tool: Tool): boolean {
  return tool === `node-${process.versions.node.replace(/\..*/, "")}`;
}

/**
 * Installs those that are missing, in one go.
 *
 * @returns Why a tool is not here, by tool.
 */
export async function install(
  tools: ReadonlySet<Tool>,
  log: (line: string) => void,
): Promise<ReadonlyMap<Tool, string>> {
  const missing = [...tools].filter((tool) => !isInstalled(tool));
  const packages = missing.filter((tool) => !isBrowser(tool));
  const browsers = missing.filter(isBrowser);
  const [noPackages, noBrowsers] = await Promise.all([
    packages.length === 0 ? undefined : installPackages(packages, log),
    browsers.length === 0 ? undefined : installBrowsers(browsers, log),
  ]);
  return new Map(
    missing
      .filter((tool) => !isInstalled(tool))
      .map((tool) => [tool, (isBrowser(tool) ? noBrowsers : noPackages) ?? `${tool} was not installed`]),
  );
}

function isInstalled(tool: Tool): boolean {
  if (isBrowser(tool)) return existsSync(BROWSERS[tool]);
  if (isThisNode(tool)) return true;
  const file = join(INSTALLED, "node_modules", tool, "package.json");
  // npm has written it.
  return (
    existsSync(file) && TOOLS[tool].endsWith((JSON.parse(readFileSync(file, "utf8")) as { version: string }).version)
  );
}

/** @returns what went wrong */
async function installPackages(tools: readonly Tool[], log: (line: string) => void): Promise<string | undefined> {
  mkdirSync(INSTALLED, { recursive: true });
  // Without it npm would go up to the workspace.
  const manifest = join(INSTALLED, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  const wanted = tools.filter((tool) => !isBrowser(tool)).map((tool) => `${tool}@${TOOLS[tool]}`);
  log(`installing ${wanted.join(", ")} into ${INSTALLED}`);
  return problemOf("npm", ["install", "--prefix", INSTALLED, "--save-exact", "--no-audit", "--no-fund", ...wanted]);
}

/** @returns what went wrong */
async function installBrowsers(
  browsers: readonly (keyof typeof DEBIAN)[],
  log: (line: string) => void,
): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return "only root on Debian can install it";
  const packages = browsers.map((browser) => DEBIAN[browser]);
  log(`installing ${packages.join(", ")} by apt-get`);
  const problem = await problemOf("apt-get", ["update"]);
  return problem ?? problemOf("apt-get", ["install", "--yes", "--no-install-recommends", ...packages]);
}

async function problemOf(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    await run(command, args, { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    return undefined;
  } catch (error) {
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    return `${command} ${args[0]} failed: ${stderr.trim().split("\n").at(-1)}`;
  }
}
