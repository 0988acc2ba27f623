/** The steps of a release: checks, edits, commit and tag; then checks again, and publication. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { unreleased } from "./changelog.js";
import { currentVersion, editsOf, manifestOf, textOf } from "./files.js";
import { Refused } from "./refused.js";
import { repositoryFields, webAddress } from "./repository.js";
import { isNewer, isVersion, PACKAGES } from "./versions.js";

const HELP = `Usage: npm run release -- VERSION [--dry-run]
       npm run release -- --publish [--dry-run]

Release the three packages with one version.

  VERSION     check that everything is green; then set the versions, the
              repository fields and the changelog, commit and tag
  --publish   check again and publish what is tagged, with provenance; npm
              attests it only in hosted CI, so the release workflow runs this
  --dry-run   check and print what would be done; write and publish nothing
  --help      print this

Refuses if the work tree has changes, or if lint, tests or corpus fail.
Exit codes: 0 done, 1 refused, 2 usage.

Example:
  npm run release -- 0.2.0 --dry-run
`;

/** Where a release is made. */
export interface Surroundings {
  /** The folder of the repository. */
  readonly root: string;
  /** Whether npm can attest provenance here. */
  readonly isHosted: boolean;
  /** Runs npm in the folder and returns its exit code. */
  readonly npm: (args: readonly string[]) => number | null;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** Runs the command. @returns its exit code */
export function release(args: readonly string[], here: Surroundings): number {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { "dry-run": { type: "boolean" }, help: { type: "boolean", short: "h" }, publish: { type: "boolean" } },
    });
    if (values.help === true) {
      here.print(HELP);
      return 0;
    }
    const { publish: isPublish = false, "dry-run": isDryRun = false } = values;
    const [version = "", ...more] = positionals;
    if (more.length > 0 || isPublish === (version !== "") || (!isPublish && !isVersion(version))) {
      here.printError(HELP);
      return 2;
    }
    if (isPublish) publish(isDryRun, here);
    else prepare(version, isDryRun, here);
    return 0;
  } catch (error) {
    const isUsage = error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
    if (!(error instanceof Refused) && !isUsage) throw error;
    here.printError(`release: ${error.message}\n`);
    return isUsage ? 2 : 1;
  }
}

function prepare(version: string, isDryRun: boolean, here: Surroundings): void {
  const { root, print } = here;
  const tag = `v${version}`;
  refuseChanges(root);
  const current = currentVersion(root);
  if (!isNewer(version, current)) throw new Refused(`${version} is not newer than ${current}.`);
  if (git(root, "tag", "--list", tag) !== "") throw new Refused(`The tag ${tag} exists.`);
  const address = repositoryAddress(root);
  if (unreleased(textOf(root, "CHANGELOG.md")) === "")
    throw new Refused('CHANGELOG.md has nothing under "Unreleased".');
  for (const args of [["run", "lint"], ["test"], ["run", "corpus"]]) npm(args, here);
  refuseChanges(root);

  const edits = editsOf(root, { from: current, to: version, address, date: new Date() });
  for (const { file } of edits) print(`${isDryRun ? "would write" : "wrote"} ${file}\n`);
  if (isDryRun) {
    print(`would commit and tag ${tag}\n`);
    return;
  }
  for (const { file, text } of edits) writeFileSync(join(root, file), text);
  git(root, "add", ...edits.map(({ file }) => file));
  git(root, "commit", "--message", `Release ${version}`);
  git(root, "tag", "--annotate", tag, "--message", `Release ${version}`);
  print(`To publish it: git push origin HEAD ${tag}\n`);
}

function publish(isDryRun: boolean, here: Surroundings): void {
  const { root } = here;
  refuseChanges(root);
  const version = currentVersion(root);
  const tags = git(root, "tag", "--points-at", "HEAD").split("\n");
  if (!tags.includes(`v${version}`)) throw new Refused(`HEAD does not have the tag v${version}.`);
  const address = repositoryAddress(root);
  for (const name of PACKAGES) {
    const { repository } = repositoryFields(address, name);
    if (JSON.stringify(manifestOf(root, name)["repository"]) !== JSON.stringify(repository))
      throw new Refused(`${name}/package.json names another repository than the git remote origin.`);
  }
  if (!isDryRun && !here.isHosted)
    throw new Refused("npm attests provenance only in hosted CI: push the tag, and the release workflow publishes it.");
  for (const args of [["run", "lint"], ["test"]]) npm(args, here);
  refuseChanges(root);
  const options = ["--provenance", "--access", "public", ...(isDryRun ? ["--dry-run"] : [])];
  for (const name of PACKAGES) npm(["publish", "--workspace", name, ...options], here);
}

function refuseChanges(root: string): void {
  const changes = git(root, "status", "--porcelain");
  if (changes !== "") throw new Refused(`The work tree has changes. Commit or remove them:\n${changes}`);
}

function repositoryAddress(root: string): string {
  const address = webAddress(git(root, "remote", "get-url", "origin"));
  if (address === undefined)
    throw new Refused("The git remote origin has no web address, which package.json must name as the repository.");
  return address;
}

/** Runs git and returns what it prints. */
function git(root: string, ...args: readonly string[]): string {
  const { error, status, stderr, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Refused(`git ${args.join(" ")}: ${stderr.trim()}`);
  return stdout.trim();
}

function npm(args: readonly string[], { npm, print }: Surroundings): void {
  print(`> npm ${args.join(" ")}\n`);
  const code = npm(args);
  if (code !== 0) throw new Refused(`npm ${args.join(" ")} exited with ${String(code)}.`);
}
