/**
 * Maps a request path to a method.
 *
 * The pattern of a variable that spans segments, such as `^projects/[^/]+$`, becomes part of the route, as in Google's
 * routing: `v1/{+name}` alone would match many methods.
 */
import { patternParts } from "../model/paths.js";
import type { IndexedMethod } from "./api-index.js";
import { GoogleError } from "./google-error.js";

export interface Route {
  readonly entry: IndexedMethod;
  readonly parts: readonly Part[];
}

/** Part of a route: literal text, or a gap that a value fills. `variable` names the parameter it belongs to. */
type Part =
  | { readonly literal: string; readonly variable: string | undefined }
  | { readonly gap: "list" | "rest" | "segment"; readonly variable: string };

export interface Match {
  readonly route: Route;
  /** The values of the path parameters, decoded. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Returns routes ordered by the length of their literal text, longest first. */
export function compileRoutes(methods: readonly IndexedMethod[]): readonly Route[] {
  return methods
    .map((entry): Route => ({ entry, parts: partsOf(entry) }))
    .toSorted((a, b) => fixedLength(b.parts) - fixedLength(a.parts) || a.parts.length - b.parts.length);
}

function partsOf({ template, method }: IndexedMethod): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const found of template.matchAll(/\{([+/]?)([^{}*]+)\*?\}/g)) {
    const [placeholder, operator, variable = ""] = found;
    if (found.index > end) parts.push({ literal: template.slice(end, found.index), variable: undefined });
    end = found.index + placeholder.length;
    if (operator === "+")
      parts.push(...reservedParts(variable, method.parameters.find(({ name }) => name === variable)?.pattern));
    else parts.push({ gap: operator === "/" ? "list" : "segment", variable });
  }
  if (end < template.length) parts.push({ literal: template.slice(end), variable: undefined });
  return parts;
}

function reservedParts(variable: string, pattern: string | undefined): readonly Part[] {
  const known = pattern === undefined ? undefined : patternParts(pattern);
  if (known === undefined) return [{ gap: "rest", variable }];
  return known.map((part) =>
    typeof part === "string" ? { gap: part, variable } : { literal: part.literal, variable },
  );
}

function fixedLength(parts: readonly Part[]): number {
  return parts.reduce((length, part) => length + ("literal" in part ? part.literal.length : 0), 0);
}

/**
 * Returns the route of a request, or `undefined`.
 *
 * HEAD uses the GET method if the API has no HEAD method.
 *
 * @throws {GoogleError} 400 for a path with invalid encoding or dot segments
 */
export function findRoute(routes: readonly Route[], verb: string, path: string): Match | undefined {
  canonicalPath(path);
  for (const wanted of verb === "HEAD" ? ["HEAD", "GET"] : [verb]) {
    for (const route of routes) {
      if (route.entry.method.httpMethod !== wanted) continue;
      const texts = fill(route.parts, path);
      if (texts !== undefined) return { route, variables: valuesOf(route.parts, texts) };
    }
  }
  return undefined;
}

/** Returns the text that each part matches, or `undefined`. Caches failed positions, so the cost is polynomial. */
function fill(parts: readonly Part[], path: string): readonly string[] | undefined {
  const texts: string[] = [];
  const failed = new Set<number>();
  const from = (index: number, start: number): boolean => {
    const part = parts[index];
    if (part === undefined) return start === path.length;
    const state = index * (path.length + 1) + start;
    if (failed.has(state)) return false;
    const [least, most] = reach(part, path, start);
    for (let end = most; end >= least; end -= 1) {
      texts[index] = path.slice(start, end);
      if (from(index + 1, end)) return true;
    }
    failed.add(state);
    return false;
  };
  return from(0, 0) ? texts : undefined;
}

/** Returns the first and last position where a part that starts here can end. No match if the first is larger. */
function reach(part: Part, path: string, start: number): readonly [least: number, most: number] {
  if ("literal" in part) {
    const end = start + part.literal.length;
    return path.startsWith(part.literal, start) ? [end, end] : [1, 0];
  }
  if (part.gap === "rest") return [start + 1, path.length];
  if (part.gap === "list") return [start, path[start] === "/" ? path.length : start];
  const slash = path.indexOf("/", start);
  return [start + 1, slash === -1 ? path.length : slash];
}

function valuesOf(parts: readonly Part[], texts: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [index, { variable }] of parts.entries()) {
    if (variable !== undefined) values.set(variable, (values.get(variable) ?? "") + (texts[index] ?? ""));
  }
  return new Map(Array.from(values, ([name, text]) => [name, decodeURIComponent(text)]));
}

/** Returns a path without its custom verb (`:publish`). */
export function withoutCustomVerb(path: string): string {
  return path.replace(/(?::|%3A)\w+$/i, "");
}

/** Fills a path template with values, encoded like a client encodes them. */
export function expandTemplate(template: string, values: ReadonlyMap<string, string>): string {
  return template.replaceAll(/\{([+/]?)([^{}*]+)\*?\}/g, (_match, operator: string, name: string) => {
    const value = values.get(name) ?? "";
    return operator === "" ? encodeURIComponent(value) : value.split("/").map(encodeURIComponent).join("/");
  });
}

/**
 * Returns the one spelling of a path, independent of its encoding. Resources are stored under it.
 *
 * @throws {GoogleError} 400 for a path with invalid encoding or dot segments (`..`)
 */
export function canonicalPath(path: string): string {
  return path
    .split("/")
    .map((segment) => {
      const text = decoded(segment);
      const hasDots = text.split(/[/\\]/).some((part) => part === "." || part === "..");
      if (hasDots) throw new GoogleError(400, "The path contains a dot segment.", { reason: "invalid" });
      return encodeURIComponent(text);
    })
    .join("/");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new GoogleError(400, "The path has invalid percent-encoding.", { reason: "invalid" });
  }
}

/**
 * Returns the path of the item with this key.
 *
 * @throws {GoogleError} 400 for a key that cannot be part of a path
 */
export function itemPath(collectionPath: string, key: string): string {
  return canonicalPath(`${collectionPath}/${encoded(key)}`);
}

function encoded(key: string): string {
  try {
    return encodeURIComponent(key);
  } catch {
    // JSON can contain an unpaired surrogate, which UTF-8 cannot encode.
    throw new GoogleError(400, "The name of the resource is not valid Unicode.", { reason: "invalid" });
  }
}
