/** The version of the packages, which is the same in every file that names it. */

/** The packages, in the order in which they are published. */
export const PACKAGES = ["runtime", "generator", "generated"] as const;

/** A JSON object whose known properties are typed. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

const SEMVER = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?$/;

export function isVersion(text: string): boolean {
  return SEMVER.test(text);
}

/** Whether a version is newer than another one. Prereleases of one version are compared as text. */
export function isNewer(version: string, other: string): boolean {
  const [a, b] = [SEMVER.exec(version), SEMVER.exec(other)];
  if (a === null || b === null) return false;
  for (const index of [1, 2, 3]) {
    const difference = Number(a[index]) - Number(b[index]);
    if (difference !== 0) return difference > 0;
  }
  const [pre, otherPre] = [a[4], b[4]];
  if (pre === undefined || otherPre === undefined) return pre === undefined && otherPre !== undefined;
  return pre > otherPre;
}

/** A manifest with a new version, also in the ranges of our own packages, and with fields added or replaced. */
export function withVersion(
  manifest: Manifest,
  version: string,
  fields: Readonly<Record<string, unknown>> = {},
): Manifest {
  const { dependencies } = manifest;
  const raised =
    dependencies &&
    Object.fromEntries(
      Object.entries(dependencies).map(([name, range]) => [
        name,
        name.startsWith("@discogen/") ? `^${version}` : range,
      ]),
    );
  return { ...manifest, version, ...(raised && { dependencies: raised }), ...fields };
}

/** Replaces the version in sources and in the first line of generated files. */
export function replaceVersion(text: string, from: string, to: string): string {
  return text
    .replaceAll(`@discogen/generator ${from} from`, `@discogen/generator ${to} from`)
    .replaceAll(/^(export const (?:version|VERSION)(?:: string)? = )"[^"]+";$/gm, `$1"${to}";`);
}
