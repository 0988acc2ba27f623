/** Finds the fewest OAuth 2.0 scopes that allow to call given methods. */

/**
 * Returns a smallest set of scopes that includes a sufficient scope for each method. Among sets of the same size,
 * prefers scopes that allow the fewest methods, then those that the document lists first.
 *
 * @param wanted for each method to call, the scopes of which any one is enough. A method without scopes is public.
 * @param all the same for every method of the API
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

/** Removes sets that contain another of the sets: a scope for the smaller set is always enough for the larger one. */
function uniqueSets(sets: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const unique = [...new Map(sets.map((set) => [set.toSorted().join(" "), set])).values()];
  const contains = (outer: readonly string[], inner: readonly string[]) =>
    inner.every((scope) => outer.includes(scope));
  return unique.filter((set) => !unique.some((other) => other !== set && contains(set, other)));
}

/** Returns every set of at most `size` scopes that has a scope for each need. */
function coversOf(needs: readonly (readonly string[])[], size: number): readonly (readonly string[])[] {
  const [first] = needs;
  if (first === undefined) return [[]];
  if (size === 0) return [];
  return first.flatMap((scope) => {
    const unmet = needs.filter((need) => !need.includes(scope));
    return coversOf(unmet, size - 1).map((cover) => [scope, ...cover]);
  });
}
