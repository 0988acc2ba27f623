/**
 * Paths of Discovery documents → paths of OpenAPI.
 *
 * OpenAPI has no `{+x}`, a variable whose value contains slashes: tools would escape them. If the pattern of the
 * variable shows its segments, the path lists them: `v1/{+name}` with `^projects/[^/]+$` becomes
 * `/v1/projects/{projectsId}`. This also distinguishes the many `v1/{+name}` of one API. A variable without such a
 * pattern stays one variable.
 */
import { memberName } from "../model/names.js";
import { patternParts } from "../model/paths.js";
import type { MethodModel, ParameterModel } from "../model/types.js";

/** A variable of an OpenAPI path. */
export interface PathSlot {
  readonly name: string;
  /**
   * The parameter that the variable (or its part) belongs to; undefined for a variable that only makes a path unique.
   */
  readonly parameter: ParameterModel | undefined;
  /** Index of this part of `parameter`; undefined if the variable is the complete parameter. */
  readonly part: number | undefined;
}

/** Literal text and variables, in order. */
export type PathTemplate = readonly (PathSlot | string)[];

/** Returns the template of a path, relative to the root URL. */
export function pathTemplate(path: string, { parameters }: Pick<MethodModel, "parameters">): PathTemplate {
  const template: (PathSlot | string)[] = [];
  const taken = new Set<string>();
  let end = 0;
  for (const match of path.matchAll(/\{([+/]?)([^{}*]+)\*?\}/g)) {
    const [expression, operator, name = ""] = match;
    template.push(path.slice(end, match.index) + (operator === "/" ? "/" : ""));
    end = match.index + expression.length;
    const parameter = parameters.find((candidate) => candidate.location === "path" && candidate.name === name);
    if (operator === "+" && parameter?.pattern !== undefined) template.push(...segmentsOf(parameter, taken));
    else template.push({ name: unique(name, taken), parameter, part: undefined });
  }
  template.push(path.slice(end));
  return template.filter((part) => part !== "");
}

function segmentsOf(parameter: ParameterModel, taken: Set<string>): PathTemplate {
  const parts = patternParts(parameter.pattern ?? "") ?? ["rest"];
  const isSingle = parts.length === 1;
  let count = 0;
  return parts.map((part, index) => {
    if (typeof part !== "string") return part.literal.replaceAll(" ", "%20");
    const name = unique(isSingle ? parameter.name : partName(parts[index - 1], parameter), taken);
    return { name, parameter, part: isSingle ? undefined : count++ };
  });
}

/** Returns `projectsId` for the part after `projects/`, as in Google's `flatPath`. */
function partName(
  before: "rest" | "segment" | { readonly literal: string } | undefined,
  { name }: ParameterModel,
): string {
  const literal = typeof before === "object" ? before.literal : "";
  const word = literal.split(/[^A-Za-z0-9_-]+/).findLast((text) => /^[A-Za-z]/.test(text));
  return word === undefined ? `${name}Id` : `${memberName(word)}Id`;
}

function unique(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}${count}`;
  taken.add(name);
  return name;
}

/** The path of an operation, and its variables with the names in that path. */
export interface PlacedPath {
  readonly path: string;
  readonly slots: readonly PathSlot[];
}

/**
 * Assigns a unique path and verb to every operation.
 *
 * In OpenAPI, two paths that differ only in the names of variables are the same path, so the first one decides the
 * names. If the verb is the same, too, the second path gets an additional variable that is always empty: the template
 * differs, the URL is the same.
 */
export class PathPlaces {
  readonly #places = new Map<string, { readonly names: readonly string[]; readonly verbs: Set<string> }>();

  place(verb: string, template: PathTemplate): PlacedPath {
    const key = template.map((part) => (typeof part === "string" ? part : "{}")).join("");
    const slots = template.flatMap((part) => (typeof part === "string" ? [] : [part]));
    const known = this.#places.get(key);
    if (known?.verbs.has(verb) === true) {
      const name = unique("variant", new Set(slots.map((slot) => slot.name)));
      return this.place(verb, [...template, { name, parameter: undefined, part: undefined }]);
    }
    const place = known ?? { names: slots.map(({ name }) => name), verbs: new Set<string>() };
    if (known === undefined) this.#places.set(key, place);
    place.verbs.add(verb);
    const named = slots.map((slot, index) => ({ ...slot, name: place.names[index] ?? slot.name }));
    const names = named.map(({ name }) => name);
    return {
      path: template.map((part) => (typeof part === "string" ? part : `{${names.shift() ?? ""}}`)).join(""),
      slots: named,
    };
  }
}
