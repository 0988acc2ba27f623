/** Glob patterns of `matchGlob`: `*` within a folder, `**` across folders, `?`, `[a-z]`, `[!a]` and `{one,two}`. */
import { invalid } from "../../google-error.js";

/** Part of a pattern: a character, a test of one character, or any number of characters. */
type Part = { readonly any: "file" | "path" } | { readonly one: (character: string) => boolean };

/** Maximum number of patterns that alternatives make. */
const ALTERNATIVE_LIMIT = 100;

/**
 * Returns a function that tests a name; an empty pattern matches every name.
 *
 * @throws {GoogleError} 400 for a pattern with invalid syntax
 */
export function globMatcher(pattern: string): (name: string) => boolean {
  if (pattern === "") return () => true;
  const patterns = alternatives(pattern).map(partsOf);
  return (name) => patterns.some((parts) => matches(parts, [...name]));
}

/** Returns the patterns without braces: `a.{png,jpg}` makes two. */
function alternatives(pattern: string): readonly string[] {
  let made = [""];
  for (const piece of pattern.match(/\{[^{}]*\}|[^{}]+|[{}]/g) ?? []) {
    if (piece === "{" || piece === "}") throw invalid("matchGlob", "a brace is not closed, or inside another");
    const options = piece.startsWith("{") ? piece.slice(1, -1).split(",") : [piece];
    made = made.flatMap((before) => options.map((option) => before + option));
    if (made.length > ALTERNATIVE_LIMIT) throw invalid("matchGlob", "it has too many alternatives");
  }
  return made;
}

function partsOf(pattern: string): readonly Part[] {
  return (pattern.match(/\*\*|\[!?[^\]]+\]|./gsu) ?? []).map((text): Part => {
    if (text === "**") return { any: "path" };
    if (text === "*") return { any: "file" };
    if (text === "?") return { one: (character) => character !== "/" };
    if (text === "[") throw invalid("matchGlob", "a bracket is not closed");
    return {
      one: text.length > 2 && text.startsWith("[") ? setOf(text.slice(1, -1)) : (character) => character === text,
    };
  });
}

function setOf(text: string): (character: string) => boolean {
  const isNot = text.startsWith("!");
  const ranges = (isNot ? text.slice(1) : text).match(/.-.|./gsu) ?? [];
  return (character) =>
    character !== "/" &&
    isNot !==
      ranges.some((range) => {
        const [from = "", dash, to = from] = [...range];
        return dash === undefined ? character === from : character >= from && character <= to;
      });
}

/** Follows all positions of the pattern at the same time, so the cost is the product of both lengths. */
function matches(parts: readonly Part[], name: readonly string[]): boolean {
  let at = skipped(new Set([0]), parts);
  for (const character of name) {
    const next = new Set<number>();
    for (const index of at) {
      const part = parts[index];
      if (part === undefined) continue;
      if ("any" in part) {
        if (part.any === "path" || character !== "/") next.add(index);
      } else if (part.one(character)) next.add(index + 1);
    }
    at = skipped(next, parts);
  }
  return at.has(parts.length);
}

/** Adds the positions that follow without a character. */
function skipped(positions: Set<number>, parts: readonly Part[]): Set<number> {
  for (const index of positions) {
    const part = parts[index];
    if (part !== undefined && "any" in part) positions.add(index + 1);
  }
  return positions;
}
