/**
 * Path templates: `{x}`, `{+x}` and `{/x*}` (RFC 6570), encoded as Google's servers expect.
 *
 * `{+x}` keeps the slashes of its value and encodes everything else, including `?`, `#` and `%`. No value can change
 * the resource, the query or the fragment.
 */
import type { Fault } from "../errors.js";
import { encodeOrReport, ownOf, report, textOf } from "./value.js";

/** One variable of a template. */
export interface PathVariable {
  readonly name: string;
  /** `simple`: one segment. `reserved`: one or more segments. `list`: an array of segments, each after a slash. */
  readonly kind: "list" | "reserved" | "simple";
}

/** Expands to `literals[0]`, the value of `variables[0]`, `literals[1]`, … */
export interface PathTemplate {
  readonly literals: readonly string[];
  readonly variables: readonly PathVariable[];
}

const expression: RegExp = /\{([+/]?)([^{}*]+)(\*?)\}/g;

const kinds: { readonly [form: string]: PathVariable["kind"] } = { "": "simple", "+": "reserved", "/*": "list" };

/** Parses a template. Throws a `TypeError` for other expressions, which the generator rejects. */
export function parsePath(path: string): PathTemplate {
  const literals: string[] = [];
  const variables: PathVariable[] = [];
  let end = 0;
  for (const match of path.matchAll(expression)) {
    const [text, operator = "", name = "", explode = ""] = match;
    const kind = kinds[operator + explode];
    if (kind === undefined || /^[?&#;.,=!@|]/.test(name))
      throw new TypeError(`the path template ${path} contains the unsupported expression ${text}`);
    literals.push(path.slice(end, match.index));
    variables.push({ name, kind });
    end = match.index + text.length;
  }
  literals.push(path.slice(end));
  return { literals, variables };
}

/** Returns the path with encoded values. Adds problems to `faults`. */
export function expandPath(
  template: PathTemplate,
  values: { readonly [name: string]: unknown },
  faults: Fault[],
): string {
  let path = template.literals[0] ?? "";
  for (let i = 0; i < template.variables.length; i++) {
    const variable = template.variables[i];
    if (variable !== undefined) path += expand(variable, ownOf(values, variable.name), faults);
    path += template.literals[i + 1] ?? "";
  }
  return path;
}

function expand({ name, kind }: PathVariable, value: unknown, faults: Fault[]): string {
  if (value === undefined || value === null) return report(faults, name, "is required") ?? "";
  if (kind === "simple") return segment(name, value, faults);
  if (kind === "list") {
    if (!Array.isArray(value)) return report(faults, name, "must be an array of path segments") ?? "";
    if (value.length === 0) return report(faults, name, "must not be empty") ?? "";
    return value.map((element: unknown) => `/${segment(name, element, faults)}`).join("");
  }
  const parts = textOf(value, name, faults)?.split("/") ?? [];
  return parts.map((part) => segment(name, part, faults)).join("/");
}

function segment(name: string, value: unknown, faults: Fault[]): string {
  const text = textOf(value, name, faults);
  if (text === undefined) return "";
  if (text === "") return report(faults, name, "must not be empty or contain an empty path segment") ?? "";
  // Servers and proxies resolve these segments, so the request would reach another resource.
  if (text === "." || text === "..") return report(faults, name, `must not contain the path segment "${text}"`) ?? "";
  return encodeOrReport(text, name, faults) ?? "";
}
