/** Compares version numbers as npm has them: `MAJOR.MINOR.PATCH`. */

/**
 * Returns the newest version of each major that is newer than `pinned`, oldest first. Prereleases, and what is no
 * version, are left out.
 *
 * @throws {RangeError} for a pinned version that is not exact
 */
export function newerVersions(pinned: string, versions: readonly string[]): readonly string[] {
  const from = numbersOf(pinned);
  if (from === undefined) throw new RangeError(`${JSON.stringify(pinned)} is not an exact version`);
  const newest = new Map<number, Numbers>();
  for (const version of versions) {
    const numbers = numbersOf(version);
    if (numbers === undefined || compare(numbers, from) <= 0) continue;
    const known = newest.get(numbers[0]);
    if (known === undefined || compare(numbers, known) > 0) newest.set(numbers[0], numbers);
  }
  return [...newest.values()].toSorted(compare).map((numbers) => numbers.join("."));
}

type Numbers = readonly [major: number, minor: number, patch: number];

function numbersOf(version: string): Numbers | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

function compare(a: Numbers, b: Numbers): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
