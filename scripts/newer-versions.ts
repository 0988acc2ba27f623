/**
 * `npx tsx scripts/newer-versions.ts`: prints newer versions of the packages that are pinned to an exact version, as a
 * table in Markdown. For a scheduled job; tests never use a registry.
 *
 * Exit code 1 if undici has a newer version with the same major version: the runtime contains a copy of it, so its fixes
 * reach users only through a release. The next major version does not run on every Node.js that the runtime supports.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Dependencies, newerOf, pinsOf } from "./pins.js";

const manifests = ["", "runtime/", "generator/", "generated/"].map((folder): Dependencies => {
  const file = new URL(`../${folder}package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")); // our own package.json
});

function versionsOf(name: string): readonly string[] {
  const { error, status, stdout } = spawnSync("npm", ["view", name, "versions", "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`npm view ${name} exited with ${String(status)}.`);
  const versions: readonly string[] = [JSON.parse(stdout)].flat(); // npm prints a string if there is one version
  return versions;
}

console.log("| package | pinned | newest with the same major version | newest |\n| --- | --- | --- | --- |");
for (const pin of pinsOf(manifests)) {
  const { sameMajor, latest } = newerOf(pin, versionsOf(pin.name));
  if (latest === undefined) continue;
  console.log(`| ${pin.name} | ${pin.version} | ${sameMajor ?? ""} | ${latest} |`);
  if (pin.name === "undici" && sameMajor !== undefined && pin.version === undiciOfRuntime()) process.exitCode = 1;
}
if (process.exitCode === 1) console.log("\nThe runtime contains undici: CONTRIBUTING.md describes how to update it.");

function undiciOfRuntime(): string | undefined {
  return manifests[1]?.devDependencies?.["undici"];
}
