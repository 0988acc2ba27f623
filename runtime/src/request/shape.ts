/** The documented shapes of parameters: looked at when the server has refused a request, never before. */
import type { MethodDescriptor } from "../method.js";
import type { Params } from "./build.js";

/** Longer values are of no documented shape that a URL can hold. */
const longest: number = 2000;

/**
 * Which parameters do not have the shape that the document gives: a likely reason for a 400 or 404. `undefined` where all
 * have it. Values are not shown.
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

// `projects/*/topics/*` for `^projects/[^/]+/topics/[^/]+$`; other patterns as they are.
function shapeOf(pattern: string): string {
  const inner = /^\^(.*)\$$/
    .exec(pattern)?.[1]
    ?.replaceAll("[^/]+", "*")
    .replace(/\.[*+]$/, "**");
  const literal = inner?.replaceAll(/\\([.\-/])/g, "$1");
  return literal === undefined || /[[\](){}|\\^$+?]/.test(literal) ? pattern : literal;
}
