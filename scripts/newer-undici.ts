/**
 * `npx tsx scripts/newer-undici.ts`: prints the versions of undici that are newer than the one that is compiled into the
 * runtime. Exit code 1 when there are any. For a scheduled job: tests never ask a registry.
 *
 * Only versions of the same major count, since the next major does not run on every Node that the runtime supports.
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

// npm fails for a range without versions, so the pinned one is in it.
const { error, status, stdout } = spawnSync(
  "npm",
  ["view", `undici@>=${pinned} <${Number(major) + 1}`, "name", "version", "--json"],
  { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
);
if (error !== undefined) throw error;
if (status !== 0) throw new Error(`npm view undici exited with ${status}`);
// npm prints one object instead of an array when there is one version.
const found: readonly { readonly version: string }[] = [JSON.parse(stdout)].flat();
const newer = found.map(({ version }) => version).filter((version) => version !== pinned);
console.log(
  newer.length === 0
    ? `undici ${pinned} is the newest version of its major.`
    : `The runtime compiles in undici ${pinned}. Newer: ${newer.join(", ")}. ARCHITECTURE.md says how to take one.`,
);
process.exitCode = newer.length === 0 ? 0 : 1;
