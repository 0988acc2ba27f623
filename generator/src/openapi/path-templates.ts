/**
 * Paths of Discovery documents → paths of OpenAPI.
 *
 * OpenAPI has no `{+x}`, a variable that holds slashes: tools would escape them. Its pattern tells the segments, so they
 * are spelled out: `v1/{+name}` with `^projects/[^/]+$` is `/v1/projects/{projectsId}`, which also keeps the many
 * `v1/{+name}` of one API apart. A variable without such a pattern stays one variable.
 */
import { memberName } from "../model/names.js";
import { patternParts } from "../model/paths.js";
import type { MethodModel, ParameterModel } from "../model/types.js";

/** A variable of an OpenAPI path. */
export interface PathSlot {
  readonly name: string;
  /** The parameter it is, or is a part of; undefined for one that only makes a path distinct. */
  readonly parameter: ParameterModel | undefined;
  /** Its place among the several that make up `parameter`; undefined where it is the whole. */
  readonly part: number | undefined;
}

/** Literal text and variables in their order. */
export type PathTemplate = readonly (PathSlot | string)[];

/** The template of a path, below the root of the API. */
export function pathTemplate(path: string, { parameters }: Pick<MethodModel, "parameters">): PathTemplate {
  const template: (PathSlot | string)[] = [];
  const taken = new Set<string>();
  let end = 0;
  for (const match of path.matchAll(/\{([+/]?)([^{}*]+)\*?\}/g)) {
    const [whole, operator, name = ""] = match;
    template.push(path.slice(end, match.index) + (operator === "/" ? "/" : ""));
    end = match.index + whole.length;
    const parameter = parameters.find((candidate) => candidate.location === "path" && candidate.name === name);
    if (operator === "+" && parameter?.pattern !== undefined) template.push(...spelledOut(parameter, taken));
    else template.push({ name: unique(name, taken), parameter, part: undefined });
  }
  template.push(path.slice(end));
  return template.filter((part) => part !== "");
}

function spelledOut(parameter: ParameterModel, taken: Set<string>): PathTemplate {
  const parts = patternParts(parameter.pattern ?? "") ?? ["rest"];
  const isWhole = parts.length === 1;
  let count = 0;
  return parts.map((part, index) => {
    if (typeof part !== "string") return part.literal.replaceAll(" ", "%20");
    const name = unique(isWhole ? parameter.name : partName(parts[index - 1], parameter), taken);
    return { name, parameter, part: isWhole ? undefined : count++ };
  });
}

/** `projectsId` after `projects/`, as Google's own flat paths have it. */
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

/** Where an operation stands, with the variables named as that path names them. */
export interface PlacedPath {
  readonly path: string;
  readonly slots: readonly PathSlot[];
}

/**
 * Gives every operation a place of its own.
 *
 * To OpenAPI two paths that differ in the names of variables alone are one, so the first that comes names them. Where
 * even the verb is the same, the later path gets a variable that is always empty: another template, the same URL.
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
