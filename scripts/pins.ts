/** Packages that are pinned to an exact version, and which of their versions are newer. */
import { isNewer } from "./release/versions.js";

/** A dependency with an exact version. */
export interface Pin {
  /** The name in the registry. */
  readonly name: string;
  readonly version: string;
}

/** What is read of a package.json. */
export interface Dependencies {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Returns the exact versions in manifests, sorted by name, each once. Aliases (`npm:name@version`) count as `name`. */
export function pinsOf(manifests: readonly Dependencies[]): readonly Pin[] {
  const found = manifests
    .flatMap(({ dependencies, devDependencies }) => Object.entries({ ...dependencies, ...devDependencies }))
    .flatMap(([key, range]) => {
      const [, name = key, version] = /^(?:npm:(.+)@)?(\d+\.\d+\.\d+)$/.exec(range) ?? [];
      return version === undefined ? [] : [[`${name}@${version}`, { name, version }] as const];
    });
  return [...new Map(found.toSorted(([a], [b]) => (a < b ? -1 : 1))).values()];
}

/** The newest version with the same major version, and the newest of all. */
export interface Newer {
  readonly sameMajor: string | undefined;
  readonly latest: string | undefined;
}

export function newerOf({ version }: Pin, versions: readonly string[]): Newer {
  const newest = (candidates: readonly string[]) =>
    candidates.reduce<string | undefined>(
      (best, candidate) => (isNewer(candidate, best ?? version) ? candidate : best),
      undefined,
    );
  const released = versions.filter((candidate) => !candidate.includes("-"));
  const major = `${version.split(".")[0]}.`;
  return { sameMajor: newest(released.filter((candidate) => candidate.startsWith(major))), latest: newest(released) };
}
