/** Path templates and path patterns: what Discovery documents use of RFC 6570, and of regular expressions. */

/** One expression of a path template. */
export interface PathVariable {
  readonly name: string;
  /** `simple` is `{x}`, `reserved` is `{+x}` (slashes stay), `list` is `{/x*}` (one segment per element). */
  readonly expansion: "list" | "reserved" | "simple";
}

/** The variables of a path template in their order, or undefined when it cannot be understood. */
export function pathVariables(template: string): readonly PathVariable[] | undefined {
  const variables: PathVariable[] = [];
  const rest = template.replace(
    /\{(\/|\+)?([^{}+/*?&#;,.:]|[^{}+/*?&#;,.:][^{}/*?&#;,:]*)(\*)?\}/g,
    (whole, operator, name, star) => {
      if ((operator === "/") !== (star === "*")) return whole;
      variables.push({ name, expansion: operator === "/" ? "list" : operator === "+" ? "reserved" : "simple" });
      return "";
    },
  );
  const names = new Set(variables.map(({ name }) => name));
  return /[{}]/.test(rest) || names.size !== variables.length ? undefined : variables;
}

/** The template with another name for one variable; what is sent does not hold it. */
export function withVariable(template: string, name: string, newName: string): string {
  return template.replaceAll(/\{([+/]?)([^{}*]+)(\*?)\}/g, (whole, operator, variable, star) =>
    variable === name ? `{${operator}${newName}${star}}` : whole,
  );
}

/**
 * Whether a pattern is matched in little time by any engine, whatever the text: no group is repeated, nothing looks ahead
 * or back, and few parts vary in length.
 */
export function isQuickPattern(pattern: string): boolean {
  const plain = pattern.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/g, (atom) => (/^\\[1-9k]/.test(atom) ? "(?=" : "x"));
  const varying = plain.match(/[*+]|\{\d*,\d*\}/g) ?? [];
  return !/\)[*+{]|\(\?[^:]/.test(plain) && varying.length <= 3;
}

/** A path pattern as the sequence of its parts: literal text, one free segment, or any rest. */
export type PatternPart = { readonly literal: string } | "rest" | "segment";

/**
 * Takes `^projects/[^/]+/instances/[^/]+$` apart.
 *
 * Only patterns made of literals, `[^/]+` and a final `.*` or `.+` are understood, which is nearly all of them. These
 * are also the ones that every engine matches in linear time, so these alone are checked at run time.
 */
export function patternParts(pattern: string): readonly PatternPart[] | undefined {
  if (!pattern.startsWith("^") || !pattern.endsWith("$")) return undefined;
  const parts: PatternPart[] = [];
  let rest = pattern.slice(1, -1);
  while (rest !== "") {
    const atom = /^(?:(\[\^\/\]\+)|(\.[*+]$)|((?:[A-Za-z0-9_\-/:~@ ]|\\[.\-/])+)(?![*+?{]))/.exec(rest);
    if (atom === null) return undefined;
    const [whole, segment, free, literal] = atom;
    const previous = parts.at(-1);
    // Two free parts side by side would be ambiguous, and no path has them.
    if (literal === undefined && previous !== undefined && typeof previous === "string") return undefined;
    if (segment !== undefined) parts.push("segment");
    else if (free !== undefined) parts.push("rest");
    else if (literal !== undefined) parts.push({ literal: literal.replaceAll("\\", "") });
    rest = rest.slice(whole.length);
  }
  return parts.length === 0 ? undefined : parts;
}
