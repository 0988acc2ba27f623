/** Recommends OAuth 2.0 scopes for methods: those that allow least besides. */
import { isBroad, isFor, isPartial, isReadOnly, limitOf, type ScopeLimit, sharingOf } from "./scope-facts.js";

/** A method, and the scopes of which any one is enough for it. A method without scopes is public. */
export interface ScopedMethod {
  readonly id: string;
  readonly scopes: readonly string[];
}

/** A scope that is enough for at least one of the methods. */
export interface ScopeChoice {
  readonly scope: string;
  /** The document's description. Empty if it has none. */
  readonly description: string;
  /** How many of the methods it is enough for. */
  readonly methods: number;
  /** Set if the scope allows access to a part of the data only, so that a method may return less. */
  readonly limit: ScopeLimit | undefined;
}

/** The result of {@link recommendScopes}. */
export interface ScopeAdvice {
  /** The scopes to request, sorted by name. */
  readonly scopes: readonly ScopeChoice[];
  /** Other scopes that are enough for some of the methods, the recommended ones first. */
  readonly alternatives: readonly ScopeChoice[];
  /** Whether the set is proven to be the best. `false`: the search ended at its limit, with a set that may be larger. */
  readonly isExact: boolean;
}

/** What the recommendation depends on, besides the methods. */
export interface ScopeContext {
  /** The name of the API, for example `drive`. */
  readonly api: string;
  /** All methods of the API. */
  readonly all: readonly ScopedMethod[];
  readonly descriptions: ReadonlyMap<string, string>;
}

/**
 * Returns the scopes to request for these methods.
 *
 * A scope for all of Google Cloud is used only if a method accepts no other, and a scope that is limited to a part of the
 * data only if a method accepts no unlimited one. Among the remaining sets, the order of preference is: scopes that few
 * other APIs share, few scopes that allow writing, few scopes, scopes that few other methods accept.
 *
 * The result does not depend on the order of the document.
 */
export function recommendScopes(wanted: readonly ScopedMethod[], context: ScopeContext): ScopeAdvice {
  const needs = wanted.filter(({ scopes }) => scopes.length > 0);
  const ranks = ranksOf(needs, context);
  const broadNeeds = needs.map(({ scopes }) => scopes).filter((scopes) => scopes.every(isBroad));
  const broad = smallestCover(broadNeeds, ranks);
  const unmet = needs.filter(({ scopes }) => !scopes.some((scope) => broad.scopes.includes(scope)));
  const narrow = smallestCover(
    unmet.map((need) => preferred(need, context.descriptions)),
    ranks,
  );
  const chosen = [...broad.scopes, ...narrow.scopes].toSorted();
  const choice = (scope: string): ScopeChoice => ({
    scope,
    description: context.descriptions.get(scope) ?? "",
    methods: needs.filter(({ scopes }) => scopes.includes(scope)).length,
    limit: limitOf(scope, context.descriptions.get(scope)),
  });
  const others = new Set(needs.flatMap(({ scopes }) => scopes).filter((scope) => !chosen.includes(scope)));
  const alternatives = [...others]
    .map(choice)
    .toSorted(
      (left, right) =>
        Number(isBroad(left.scope)) - Number(isBroad(right.scope)) ||
        Number(left.limit !== undefined) - Number(right.limit !== undefined) ||
        right.methods - left.methods ||
        compare(costOf([left.scope], ranks), costOf([right.scope], ranks)) ||
        byName(left.scope, right.scope),
    );
  return { scopes: chosen.map(choice), alternatives, isExact: broad.isExact && narrow.isExact };
}

/** Returns the scopes of a method that give all of its data and are not for all of Google Cloud, if there are any. */
function preferred({ id, scopes }: ScopedMethod, descriptions: ReadonlyMap<string, string>): readonly string[] {
  const own = nonEmpty(
    scopes.filter((scope) => !isBroad(scope)),
    scopes,
  );
  const unlimited = nonEmpty(
    own.filter((scope) => limitOf(scope, descriptions.get(scope)) === undefined),
    own,
  );
  return unlimited.filter((scope) => !unlimited.some((other) => isPartial(scope, other, id)));
}

function nonEmpty<T>(list: readonly T[], fallback: readonly T[]): readonly T[] {
  return list.length === 0 ? fallback : list;
}

/** What a scope costs, in the order of importance: APIs that share it, write access, one scope, breadth. */
type Cost = readonly [sharing: number, writes: number, scopes: number, breadth: number];

type Ranks = ReadonlyMap<string, Cost>;

/** More than the methods of any API. */
const manyMethods = 100_000;

function ranksOf(needs: readonly ScopedMethod[], { all, api, descriptions }: ScopeContext): Ranks {
  const reach = new Map<string, number>();
  for (const scope of all.flatMap(({ scopes }) => [...new Set(scopes)])) reach.set(scope, (reach.get(scope) ?? 0) + 1);
  const ids = needs.map(({ id }) => id);
  return new Map(
    Array.from(reach, ([scope, methods]) => {
      const isReading = isReadOnly(scope, descriptions.get(scope));
      // The fewest other methods are best, but a general scope for reading that few methods accept is for special data.
      const breadth = isReading && !isFor(scope, ids) ? manyMethods - methods : methods;
      return [scope, [sharingOf(scope, api), isReading ? 0 : 1, 1, breadth]];
    }),
  );
}

function costOf(scopes: readonly string[], ranks: Ranks): Cost {
  return scopes.reduce<Cost>(
    ([sharing, writes, count, reach], scope) => {
      const [a, b, c, d] = ranks.get(scope) ?? [0, 1, 1, 0];
      return [sharing + a, writes + b, count + c, reach + d];
    },
    [0, 0, 0, 0],
  );
}

function compare(left: Cost, right: Cost): number {
  const different = left.findIndex((part, index) => part !== right[index]);
  return different < 0 ? 0 : (left[different] ?? 0) - (right[different] ?? 0);
}

function byName(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** Sets of scopes to look at before the search ends with the best one so far. Real documents need fewer than 1,000. */
const searchLimit = 20_000;

/** Returns the cheapest set that has a scope of each need. */
function smallestCover(
  sets: readonly (readonly string[])[],
  ranks: Ranks,
): { readonly scopes: readonly string[]; readonly isExact: boolean } {
  const needs = uniqueSets(sets);
  let best = greedyCover(needs, ranks);
  let bestCost = costOf(best, ranks);
  let looked = 0;
  const search = (chosen: readonly string[], unmet: readonly (readonly string[])[]): void => {
    looked += 1;
    if (looked > searchLimit) return;
    const cost = costOf(chosen, ranks);
    const difference = compare(cost, bestCost);
    if (unmet.length === 0) {
      const isBetter = difference < 0 || (difference === 0 && byName(nameOf(chosen), nameOf(best)) < 0);
      if (isBetter) [best, bestCost] = [chosen, cost];
      return;
    }
    // Each further scope adds to the cost.
    if (difference >= 0) return;
    // The need with the fewest scopes has the fewest branches.
    const [need = []] = unmet.toSorted(
      (left, right) => left.length - right.length || byName(nameOf(left), nameOf(right)),
    );
    for (const scope of need)
      search(
        [...chosen, scope],
        unmet.filter((other) => !other.includes(scope)),
      );
  };
  search([], needs);
  return { scopes: best, isExact: looked <= searchLimit };
}

function nameOf(scopes: readonly string[]): string {
  return scopes.toSorted().join(" ");
}

/** Takes the cheapest scope for each need that it meets, again and again. */
function greedyCover(needs: readonly (readonly string[])[], ranks: Ranks): readonly string[] {
  const chosen: string[] = [];
  for (let unmet = needs; unmet.length > 0;) {
    const share = (scope: string): Cost => {
      const met = unmet.filter((need) => need.includes(scope)).length;
      const [sharing, writes, count, reach] = costOf([scope], ranks);
      return [sharing / met, writes / met, count / met, reach / met];
    };
    const candidates = [...new Set(unmet.flat())].toSorted();
    const next = candidates.reduce((left, right) => (compare(share(right), share(left)) < 0 ? right : left));
    chosen.push(next);
    unmet = unmet.filter((need) => !need.includes(next));
  }
  return chosen;
}

/** Sorts and removes sets that contain another of the sets: a scope for the smaller set is always enough for the larger one. */
function uniqueSets(sets: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const unique = [
    ...new Map(sets.map((set) => [...new Set(set)].toSorted()).map((set) => [set.join(" "), set])).values(),
  ];
  const contains = (outer: readonly string[], inner: readonly string[]): boolean =>
    inner.every((scope) => outer.includes(scope));
  return unique
    .filter((set) => !unique.some((other) => other !== set && contains(set, other)))
    .toSorted((left, right) => left.length - right.length || byName(nameOf(left), nameOf(right)));
}
