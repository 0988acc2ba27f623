/**
 * `npx tsx scripts/newer-undici.ts`: prints versions of undici that are newer than the one compiled into the runtime.
 * Exit code 1 if there are any. For a scheduled job, because tests do not use a registry.
 *
 * Only versions of the same major count: the next major does not run on all versions of Node that the runtime supports.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

interface Manifest {
  readonly devDependencies?: { readonly undici?: string };
}

const file = new URL("../runtime/package.json", import.meta.url);
const manifest: Manifest = JSON.parse(readFileSync(file, "utf8"));
const pinned = manifest.devDependencies?.undici ?? "";
const [, major] = /^(\d+)\.\d+\.\d+$/.exec(pinned) ?? [];
if (major === undefined) throw new Error("runtime/package.json does not pin an exact undici in its devDependencies");

// npm fails for a range without versions, so the range includes the pinned one.
const { error, status, stdout } = spawnSync(
  "npm",
  ["view", `undici@>=${pinned} <${Number(major) + 1}`, "name", "version", "--json"],
  { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
);
if (error !== undefined) throw error;
if (status !== 0) throw new Error(`npm view undici exited with ${status}`);
// For a single version npm prints an object instead of an array.
const found: readonly { readonly version: string }[] = [JSON.parse(stdout)].flat();
const newer = found.map(({ version }) => version).filter((version) => version !== pinned);
console.log(
  newer.length === 0
    ? `undici ${pinned} is the newest version of its major.`
    : `The runtime compiles in undici ${pinned}. Newer: ${newer.join(", ")}. ARCHITECTURE.md describes how to update.`,
);
process.exitCode = newer.length === 0 ? 0 : 1;
