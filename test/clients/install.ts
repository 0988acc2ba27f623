/**
 * Installs the clients, each into a folder of its own: packages in one folder would share dependencies, at versions that
 * users of one of them do not get. Reused by later runs, and never part of the product.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Client } from "./clients.js";

const run = promisify(execFile);

const INSTALLED = fileURLToPath(new URL("./.installed/", import.meta.url));

/** Debian's own Python comes first: its packages are made for it. */
const PYTHONS = ["/usr/bin/python3", "python3"];

/** A client that is ready to run, or the reason why it is not. */
export type Installed =
  | { readonly folder: string; readonly command: string; readonly version: string }
  | { readonly absent: string };

/** Installs a client if it is missing, and reports that with `log`. */
export async function install(client: Client, log: (line: string) => void): Promise<Installed> {
  try {
    switch (client.language) {
      case "node":
        return await installNode(client, log);
      case "python":
        return await installPython(client.packages, log);
      case "command":
        return await findCommands(client.packages);
    }
  } catch (error) {
    return { absent: reasonOf(error) };
  }
}

async function installNode(client: Client & { readonly language: "node" }, log: (line: string) => void) {
  const wanted = Object.entries(client.packages).map(([name, version]) => `${name}@${version}`);
  const folder = join(
    INSTALLED,
    wanted
      .join("+")
      .replaceAll(/(?<=^|\+)@/g, "")
      .replaceAll("/", "-"),
  );
  const version = [...new Set(Object.values(client.packages))].join(", ");
  // Written last, so that an interrupted installation is repeated.
  const complete = join(folder, ".complete");
  if (!existsSync(complete)) {
    log(`installing ${wanted.join(", ")} into ${folder}`);
    await empty(folder);
    // Without it npm would go up to the workspace.
    await writeFile(join(folder, "package.json"), '{ "private": true }\n');
    const options = ["--prefix", folder, "--save-exact", "--no-audit", "--no-fund", "--ignore-scripts"];
    await run("npm", ["install", ...options, ...wanted], { cwd: folder });
    await writeFile(complete, "");
  }
  return { folder, command: process.execPath, version };
}

/** Unpacks packages of Debian without installing them, so it needs no root and does not change the machine. */
async function installPython(packages: readonly string[], log: (line: string) => void): Promise<Installed> {
  const folder = join(INSTALLED, "python");
  const modules = join(folder, "usr/lib/python3/dist-packages");
  const complete = join(folder, ".complete");
  if (!existsSync(complete)) {
    if (!existsSync("/usr/bin/apt-get")) return { absent: "Debian's packages need apt-get" };
    log(`unpacking ${packages.join(", ")} into ${folder}`);
    await empty(folder);
    await run("apt-get", ["download", ...packages], { cwd: folder }).catch(async (error: unknown) => {
      if (process.getuid?.() !== 0) throw error;
      // A new machine has no lists of packages.
      await run("apt-get", ["update"]);
      await run("apt-get", ["download", ...packages], { cwd: folder });
    });
    const files = (await readdir(folder)).filter((file) => file.endsWith(".deb"));
    for (const file of files) await run("dpkg-deb", ["--extract", file, folder], { cwd: folder });
    const first = files.find((file) => file.startsWith(`${packages[0] ?? ""}_`)) ?? "";
    const { stdout } = await run("dpkg-deb", ["--field", first, "Version"], { cwd: folder });
    await writeFile(complete, stdout.trim().replace(/-[^-]*$/, ""));
  }
  const version = await readFile(complete, "utf8");
  const problems: string[] = [];
  for (const command of PYTHONS) {
    const script =
      "import sys; assert sys.version_info >= (3, 9); import googleapiclient.discovery, google_auth_httplib2";
    try {
      await run(command, ["-c", script], { env: { ...process.env, PYTHONPATH: modules } });
      return { folder: modules, command, version };
    } catch (error) {
      problems.push(`${command}: ${reasonOf(error)}`);
    }
  }
  return { absent: problems.join("; ") };
}

/** Google publishes these programs for people, not on the registries that the other clients come from. */
async function findCommands(commands: readonly string[]): Promise<Installed> {
  const [first = ""] = commands;
  const found = commands.map(async (command) => {
    try {
      return (await run(command, ["version"])).stdout;
    } catch {
      throw new Error(`${command} is not installed`);
    }
  });
  const [text = ""] = await Promise.all(found);
  return { folder: INSTALLED, command: process.execPath, version: /\d+(?:\.\d+)+/.exec(text)?.[0] ?? first };
}

async function empty(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

/** The last line that a program printed says what went wrong. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stderr = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim() : "";
  return stderr.split("\n").at(-1) || error.message;
}
