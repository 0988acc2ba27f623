/** The fewest OAuth 2.0 scopes that let a program call some methods. */

/**
 * A smallest set of scopes of which each method finds one of its own. Among sets of one size the one wins whose scopes
 * open the fewest other methods, and then the one the document lists first.
 *
 * @param wanted for each method to be called the scopes of which any one is enough; none: no sign-in is needed
 * @param all the same of every method of the API
 */
export function fewestScopes(
  wanted: readonly (readonly string[])[],
  all: readonly (readonly string[])[],
): readonly string[] {
  const needs = uniqueSets(wanted.filter((scopes) => scopes.length > 0));
  const reach = new Map<string, number>();
  for (const scope of all.flat()) reach.set(scope, (reach.get(scope) ?? 0) + 1);
  const cost = (scopes: readonly string[]) => scopes.reduce((sum, scope) => sum + (reach.get(scope) ?? 0), 0);
  for (let size = 0; size <= needs.length; size++) {
    const covers = coversOf(needs, size);
    const [first, ...others] = covers;
    if (first === undefined) continue;
    return others.reduce((best, cover) => (cost(cover) < cost(best) ? cover : best), first);
  }
  return [];
}

/** Sets that hold no other of them: where one is met, so is every set that holds it. */
function uniqueSets(sets: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const unique = [...new Map(sets.map((set) => [set.toSorted().join(" "), set])).values()];
  const holds = (outer: readonly string[], inner: readonly string[]) => inner.every((scope) => outer.includes(scope));
  return unique.filter((set) => !unique.some((other) => other !== set && holds(set, other)));
}

/** Every set of at most `size` scopes that meets all needs; the first need unmet has to be met by one of its own. */
function coversOf(needs: readonly (readonly string[])[], size: number): readonly (readonly string[])[] {
  const [first] = needs;
  if (first === undefined) return [[]];
  if (size === 0) return [];
  return first.flatMap((scope) => {
    const unmet = needs.filter((need) => !need.includes(scope));
    return coversOf(unmet, size - 1).map((cover) => [scope, ...cover]);
  });
}
