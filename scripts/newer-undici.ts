/**
 * `npx tsx scripts/newer-undici.ts`: prints whether npm has a newer undici than the one that the runtime compiles in.
 * Exit code 1 when it has. For a scheduled job: tests never ask a registry.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { newerVersions } from "./newer-versions.js";

interface Manifest {
  readonly devDependencies?: { readonly undici?: string };
}

const file = new URL("../runtime/package.json", import.meta.url);
const manifest: Manifest = JSON.parse(readFileSync(file, "utf8"));
const pinned = manifest.devDependencies?.undici;
if (pinned === undefined) throw new Error("runtime/package.json has no undici among its devDependencies");

const { error, status, stdout } = spawnSync("npm", ["view", "undici", "versions", "--json"], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
  shell: process.platform === "win32",
});
if (error !== undefined) throw error;
if (status !== 0) throw new Error(`npm view undici exited with ${status}`);
const published: readonly string[] = JSON.parse(stdout);
const newer = newerVersions(pinned, published);
console.log(
  newer.length === 0
    ? `undici ${pinned} is the newest version.`
    : `npm has undici ${newer.join(" and ")}; the runtime compiles ${pinned} in. ARCHITECTURE.md says how to take it.`,
);
process.exitCode = newer.length === 0 ? 0 : 1;
