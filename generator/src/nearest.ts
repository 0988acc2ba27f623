/** Suggestions for a mistyped word: the most similar known words. */

/** Returns `; did you mean a or b?`, or an empty string if no known word is similar. */
export function didYouMean(word: string, words: readonly string[]): string {
  return suggestion(nearest(word, words));
}

/** Returns `; did you mean a or b?` for these suggestions, or an empty string if there are no suggestions. */
export function suggestion(words: readonly string[]): string {
  return words.length === 0 ? "" : `; did you mean ${words.join(" or ")}?`;
}

/** Returns up to three words with the smallest distance to `word`. That distance is at most a third of its length. */
export function nearest(word: string, words: readonly string[]): readonly string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const distances = [...new Set(words)].map((candidate) => ({
    candidate,
    distance: distanceOf(word, candidate, limit),
  }));
  const least = Math.min(...distances.map(({ distance }) => distance));
  if (least > limit) return [];
  return distances
    .filter(({ distance }) => distance === least)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Returns the number of letters to insert, delete, replace, or swap with their neighbor. Ignores case. */
function distanceOf(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Infinity;
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isExchanged = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] ?? Infinity) + 1,
        (current[column - 1] ?? Infinity) + 1,
        (last[column - 1] ?? Infinity) + (isSame ? 0 : 1),
        isExchanged ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? Infinity;
}
