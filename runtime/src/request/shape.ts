/** The documented shapes of parameters. Compared only after the server has rejected a request. */
import type { MethodDescriptor } from "../method.js";
import type { Params } from "./build.js";

/** Longer values do not fit into a URL, so they have no documented shape. */
const longest: number = 2000;

/**
 * Names the parameters without the documented shape, a likely reason for a 400 or 404. `undefined` if there are none.
 * Does not show values.
 */
export function shapeHint({ parameters = {} }: MethodDescriptor, params: Params): string | undefined {
  const unlike = Object.entries(parameters).flatMap(([name, { pattern }]) => {
    const value = params[name];
    if (pattern === undefined || value === undefined || hasShape(value, pattern)) return [];
    return [`\`${name}\` does not have the documented shape \`${shapeOf(pattern)}\``];
  });
  return unlike.length === 0 ? undefined : unlike.join("; ");
}

function hasShape(value: unknown, pattern: string): boolean {
  if (Array.isArray(value)) return value.every((element) => hasShape(element, pattern));
  const text = String(value);
  return text.length <= longest && new RegExp(`^(?:${pattern})$`, "u").test(text);
}

// `^projects/[^/]+/topics/[^/]+$` is shown as `projects/*/topics/*`. Returns more complex patterns unchanged.
function shapeOf(pattern: string): string {
  const inner = /^\^(.*)\$$/
    .exec(pattern)?.[1]
    ?.replaceAll("[^/]+", "*")
    .replace(/\.[*+]$/, "**");
  const literal = inner?.replaceAll(/\\([.\-/])/g, "$1");
  return literal === undefined || /[[\](){}|\\^$+?]/.test(literal) ? pattern : literal;
}
