/** Finds the known name that is most similar to an unknown one. */

/** Returns the most similar name: one that differs in few letters, or that shares a part with the given name. */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  const text = lettersOf(given);
  let best: string | undefined;
  let least = Infinity;
  for (const name of known) {
    const other = lettersOf(name);
    const distance = distanceOf(text, other);
    const isNear =
      distance <= Math.max(1, Math.floor((text.length + 1) / 3)) || sharesPart(text, other) || sharesPart(other, text);
    if (!isNear || distance >= least) continue;
    best = name;
    least = distance;
  }
  return best;
}

function lettersOf(name: string): string {
  return name
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[^a-z]/g, "");
}

/** Whether `text` contains the letters of `other` in order, or begins like it: `retryConfig` and `retries`. */
function sharesPart(text: string, other: string): boolean {
  if (other.length < 4) return false;
  let at = 0;
  for (const letter of text) if (letter === other[at]) at++;
  return at === other.length || text.startsWith(other.slice(0, Math.max(4, other.length - 2)));
}

/** The number of letters to insert, delete or replace. */
function distanceOf(from: string, to: string): number {
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1),
      );
    }
    last = current;
  }
  return last[to.length] ?? 0;
}
