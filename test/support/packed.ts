/** The packages as npm publishes them. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createPackageFromTarballData, type Package } from "@arethetypeswrong/core";
import { node } from "./discogen.js";
import { ROOT, temporaryFolder } from "./folders.js";

const NPM = process.env["npm_execpath"] ?? join(process.execPath, "../../lib/node_modules/npm/bin/npm-cli.js");

export async function npm(args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await node([NPM, ...args], cwd, { NODE_ENV: "development" });
  if (code !== 0) throw new Error(`npm ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

const known = new Map<string, Promise<Package>>();

/** Returns the files in the tarball of one of our packages, as in a folder `node_modules`. Packs it once. */
export function packed(name: string): Promise<Package> {
  const found = known.get(name) ?? pack(name);
  known.set(name, found);
  return found;
}

async function pack(name: string): Promise<Package> {
  const folder = await temporaryFolder();
  const args = ["pack", "--json", "--workspace", name, "--pack-destination", folder, "--ignore-scripts"];
  const [tarball] = JSON.parse(await npm(args, ROOT)) as [{ readonly filename: string }]; // one package
  return createPackageFromTarballData(await readFile(join(folder, tarball.filename)));
}

/** Returns the paths within a package. */
export function pathsOf(found: Package): readonly string[] {
  return found.listFiles().map((file) => file.replace(`/node_modules/${found.packageName}/`, ""));
}

/** Installs packages without their dependencies. */
export async function unpack(folder: string, packages: readonly Package[]): Promise<void> {
  for (const found of packages) {
    for (const file of found.listFiles()) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), found.readFile(file));
    }
  }
}
