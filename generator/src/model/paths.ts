/** Path templates and path patterns: the subset of RFC 6570 and of regular expressions in Discovery documents. */

/** One expression of a path template. */
export interface PathVariable {
  readonly name: string;
  /** `simple` is `{x}`, `reserved` is `{+x}` (slashes stay), `list` is `{/x*}` (one segment per element). */
  readonly expansion: "list" | "reserved" | "simple";
}

/** Returns the variables of a path template in order, or undefined if the template is invalid. */
export function pathVariables(template: string): readonly PathVariable[] | undefined {
  const variables: PathVariable[] = [];
  const rest = template.replace(
    /\{(\/|\+)?([^{}+/*?&#;,.:]|[^{}+/*?&#;,.:][^{}/*?&#;,:]*)(\*)?\}/g,
    (expression, operator, name, star) => {
      if ((operator === "/") !== (star === "*")) return expression;
      variables.push({ name, expansion: operator === "/" ? "list" : operator === "+" ? "reserved" : "simple" });
      return "";
    },
  );
  const names = new Set(variables.map(({ name }) => name));
  return /[{}]/.test(rest) || names.size !== variables.length ? undefined : variables;
}

/** Renames a variable of a template. The name of a variable does not affect the expanded path. */
export function withVariable(template: string, name: string, newName: string): string {
  return template.replaceAll(/\{([+/]?)([^{}*]+)(\*?)\}/g, (expression, operator, variable, star) =>
    variable === name ? `{${operator}${newName}${star}}` : expression,
  );
}

/**
 * Returns whether every engine matches the pattern quickly against any text: the pattern has no repeated groups, no
 * lookahead or lookbehind, and few parts of variable length.
 */
export function isQuickPattern(pattern: string): boolean {
  const plain = pattern.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/g, (atom) => (/^\\[1-9k]/.test(atom) ? "(?=" : "x"));
  const varying = plain.match(/[*+]|\{\d*,\d*\}/g) ?? [];
  return !/\)[*+{]|\(\?[^:]/.test(plain) && varying.length <= 3;
}

/** A part of a path pattern: literal text, any single segment, or any rest. */
export type PatternPart = { readonly literal: string } | "rest" | "segment";

/**
 * Splits a pattern such as `^projects/[^/]+/instances/[^/]+$` into its parts.
 *
 * Supports only patterns of literals, `[^/]+`, and a final `.*` or `.+`, which are nearly all patterns in documents.
 * Every engine matches these in linear time, so the runtime checks only these.
 */
export function patternParts(pattern: string): readonly PatternPart[] | undefined {
  if (!pattern.startsWith("^") || !pattern.endsWith("$")) return undefined;
  const parts: PatternPart[] = [];
  let rest = pattern.slice(1, -1);
  while (rest !== "") {
    const atom = /^(?:(\[\^\/\]\+)|(\.[*+]$)|((?:[A-Za-z0-9_\-/:~@ ]|\\[.\-/])+)(?![*+?{]))/.exec(rest);
    if (atom === null) return undefined;
    const [matched, segment, free, literal] = atom;
    const previous = parts.at(-1);
    // Two adjacent free parts would be ambiguous.
    if (literal === undefined && previous !== undefined && typeof previous === "string") return undefined;
    if (segment !== undefined) parts.push("segment");
    else if (free !== undefined) parts.push("rest");
    else if (literal !== undefined) parts.push({ literal: literal.replaceAll("\\", "") });
    rest = rest.slice(matched.length);
  }
  return parts.length === 0 ? undefined : parts;
}
