/** Packages as npm installs them for a user: ours, packed, and a peer. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PEERS } from "./peers.js";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Packs the runtime and the checked-in clients, and installs both into a folder. */
export function installOurs(work: string): void {
  npm(root, [
    "pack",
    "--workspace",
    "runtime",
    "--workspace",
    "generated",
    "--pack-destination",
    work,
    "--ignore-scripts",
  ]);
  const packed = readdirSync(work).filter((name) => name.endsWith(".tgz"));
  const { dependencies = {} } = manifest(join(root, "runtime"));
  // The versions that are installed here.
  const others = Object.keys(dependencies).map((name) => {
    return `${name}@${String(manifest(join(root, "node_modules", name)).version)}`;
  });
  install(work, [...packed.map((name) => `./${name}`), ...others]);
}

/** Installs the peer alone, so that its size is that of a project that uses nothing else. */
export function installPeer(work: string): string {
  const folder = join(work, "peer");
  mkdirSync(folder);
  install(folder, [`@googleapis/sqladmin@${PEERS["@googleapis/sqladmin"]}`]);
  return folder;
}

function install(folder: string, packages: readonly string[]): void {
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  npm(folder, ["install", "--prefer-offline", "--no-audit", "--no-fund", ...packages]);
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: { readonly [name: string]: string };
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest; // npm has checked it.
}

function npm(folder: string, args: readonly string[]): void {
  const { error, status, stderr } = spawnSync("npm", args, {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(" ")} exited with ${status}: ${stderr.slice(-2000)}`);
}

/** Returns the size of all files that are installed in a folder. */
export function installedBytes(folder: string): number {
  return readdirSync(join(folder, "node_modules"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name, parentPath }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** Returns how many packages are installed in a folder. */
export function installedPackages(folder: string): number {
  const text = readFileSync(join(folder, "node_modules/.package-lock.json"), "utf8");
  const { packages } = JSON.parse(text) as { readonly packages: object }; // npm writes it.
  return Object.keys(packages).length;
}
