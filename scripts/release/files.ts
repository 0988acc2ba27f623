/** The files that a release changes. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withRelease } from "./changelog.js";
import { Refused } from "./refused.js";
import { repositoryFields } from "./repository.js";
import { type Manifest, PACKAGES, replaceVersion, withVersion } from "./versions.js";

export interface Edit {
  /** Relative to the repository. */
  readonly file: string;
  readonly text: string;
}

export interface NewVersion {
  readonly from: string;
  readonly to: string;
  /** Web address of the repository. */
  readonly address: string;
  readonly date: Date;
}

export function textOf(root: string, file: string): string {
  return readFileSync(join(root, file), "utf8");
}

export function manifestOf(root: string, name: string): Manifest {
  return JSON.parse(textOf(root, `${name}/package.json`)); // ours
}

/**
 * Returns the version that all packages have.
 *
 * @throws {Refused} if they have several
 */
export function currentVersion(root: string): string {
  const versions = new Set(PACKAGES.map((name) => manifestOf(root, name).version));
  const [version = ""] = versions;
  if (versions.size !== 1) throw new Refused(`The packages have different versions: ${[...versions].join(", ")}.`);
  return version;
}

/** The changes of the release commit. */
export function editsOf(root: string, { from, to, address, date }: NewVersion): readonly Edit[] {
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  const manifests = PACKAGES.map((name) => ({
    file: `${name}/package.json`,
    text: json(withVersion(manifestOf(root, name), to, repositoryFields(address, name))),
  }));
  const lock: { packages: Record<string, Manifest> } = JSON.parse(textOf(root, "package-lock.json")); // npm's
  for (const name of PACKAGES) {
    const entry = lock.packages[name];
    if (entry !== undefined) lock.packages[name] = withVersion(entry, to);
  }
  const changelog = withRelease(textOf(root, "CHANGELOG.md"), to, date.toISOString().slice(0, 10), address);
  const sources = filesWithVersion(root).map((file) => ({ file, text: replaceVersion(textOf(root, file), from, to) }));
  return [
    ...manifests,
    { file: "package-lock.json", text: json(lock) },
    { file: "CHANGELOG.md", text: changelog },
    ...sources,
  ].filter(({ file, text }) => textOf(root, file) !== text);
}

/** Sources with the version, and generated files, whose first line names it. */
function filesWithVersion(root: string): readonly string[] {
  const generated = ["generated", "test/golden"].flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
          .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
          .filter((file) => file.endsWith(".ts") && !/\/(?:dist|node_modules)\//.test(file))
      : [],
  );
  const sources = ["runtime/src/version.ts", "generator/src/version.ts"];
  return [...sources.filter((file) => existsSync(join(root, file))), ...generated.toSorted()];
}
