/**
 * Names in a path that stand for others, where the description of the parameter allows them: `me` and `primary`, an email
 * address or an alias instead of an id, a number instead of a name, and `-` instead of a parent (AIP-159).
 *
 * Every path is changed to the one under which the resource is stored, so that all names reach the same resource.
 */
import type { ParameterModel } from "../../model/types.js";
import type { IndexedMethod } from "../api-index.js";
import { CLIENT_EMAIL } from "../authentication/key.js";
import type { Call } from "../call.js";
import { type Json, own, ownString } from "../json.js";
import type { MockState } from "../mock-state.js";
import { withoutCustomVerb } from "../routes.js";
import { type Collection, shapeOf } from "./collections.js";
import { completeItem, factsFrom } from "./items.js";
import { hasWildcard, splitPath } from "./store.js";

type NamedCall = Pick<Call, "caller" | "entry" | "headers" | "path" | "variables">;

/** Returns the call with the path, and the path parameters, under which its resources are stored. */
export type ResolveNames = <Named extends NamedCall>(call: Named) => Named;

const KEYWORD =
  /(?:value|keyword|literal|alias)\b[^.]{0,20}?["'`]+(me|primary)["'`]+|["'`]+(me|primary)["'`]+ (?:keyword|alias|can be|may be)|\buse (me) to\b/i;
const OF_USER = /authenticated|logged[ -]in|requesting user|calling user/i;

/** Names a resource that every user has. */
const PRIMARY = "primary";

/** Returns the word that stands for the user in a path parameter: `me` or `primary`. */
function keywordOf({ description }: ParameterModel): string | undefined {
  const [, ...words] = OF_USER.test(description) ? (KEYWORD.exec(description) ?? []) : [];
  return words.find((word) => word !== undefined);
}

/** @param seeded Paths of the collections that fixtures fill. Fixtures can use `me` and `primary` in their paths, too. */
export function createNames(
  collections: readonly Collection[],
  seeded: ReadonlySet<string>,
  mockState: MockState,
): ResolveNames {
  const hasFixtures = (path: string): boolean =>
    mockState.store.get(path) !== undefined || [...seeded].some((place) => place.startsWith(`${path}/`));
  const byShape = new Map<string, Collection[]>();
  for (const collection of collections) {
    const depth = String(collection.template.split("/").length);
    byShape.set(depth, [...(byShape.get(depth) ?? []), collection]);
  }
  const collectionOf = (path: string, { api }: IndexedMethod): Collection | undefined => {
    const segments = path.split("/");
    return byShape
      .get(String(segments.length))
      ?.find((one) => one.api === api && matches(shapeOf(one.template).split("/"), segments));
  };

  return (call) => {
    const verb = call.path.slice(withoutCustomVerb(call.path).length);
    const segments = call.path.slice(0, call.path.length - verb.length).split("/");
    const template = call.entry.template.split("/");
    for (const [index, segment] of segments.entries()) {
      const word = keywordAt(template[index], call.entry);
      const above = segments.slice(0, index).join("/");
      if (word !== undefined) segments[index] = ofUser(segment, word, callerOf(call), hasFixtures(`${above}/${word}`));
      const collection = index < 2 ? undefined : collectionOf(above, call.entry);
      if (collection === undefined) continue;
      const path = `${above}/${segments[index] ?? ""}`;
      if (word === PRIMARY && segments[index] === encodeURIComponent(callerOf(call)) && isKnown(collection))
        addOwn(path, collection, call, mockState);
      const found = storedPath(path, collection, mockState);
      if (found !== undefined) segments.splice(0, index + 1, ...found.split("/"));
    }
    const path = segments.join("/") + verb;
    return path === call.path ? call : { ...call, path, variables: variablesIn(segments, template, call) };
  };
}

/** Returns the one name of what belongs to the user: the email address, or the word if fixtures use it. */
function ofUser(segment: string, word: string, caller: string, hasFixtures: boolean): string {
  const email = encodeURIComponent(caller);
  if (segment !== word && segment !== email) return segment;
  return hasFixtures ? word : email;
}

/** Returns the email address of the caller; that of the mock's account for a call without a token. */
function callerOf({ caller = CLIENT_EMAIL }: NamedCall): string {
  return caller;
}

function matches(shape: readonly string[], segments: readonly string[]): boolean {
  return shape.every((text, index) => text === "{}" || text === decodeURIComponent(segments[index] ?? ""));
}

/** Returns the word that stands for the user at this segment of a path template. */
function keywordAt(segment: string | undefined, { method }: IndexedMethod): string | undefined {
  const variable = /^\{([^{}+]+)\}$/.exec(segment ?? "")?.[1];
  const parameter = method.parameters.find(({ name, location }) => location === "path" && name === variable);
  return parameter === undefined ? undefined : keywordOf(parameter);
}

function isKnown({ roles }: Collection): boolean {
  return roles.some(({ role }) => role === "insert");
}

/** Stores the resource that every user has, such as the primary calendar, when it is first used. */
function addOwn(path: string, collection: Collection, call: NamedCall, { store, now }: MockState): void {
  if (store.get(path) !== undefined) return;
  store.set(path, completeItem({}, { collection, path, now: now(), ...factsFrom(call), variables: new Map() }));
}

/** Returns the path of the resource that is meant by a path at which none is stored. */
function storedPath(path: string, { otherKeys }: Collection, { store }: MockState): string | undefined {
  if (store.get(path) !== undefined) return undefined;
  const [above, last] = splitPath(path);
  const entries = store.list(above);
  const name = decodeURIComponent(last);
  const isNamed = (value: Json | undefined) => value === name || (Array.isArray(value) && value.includes(name));
  const found = [
    ...(hasWildcard(path) ? entries.filter(([one]) => splitPath(one)[1] === last) : []),
    ...entries.filter(([, item]) => otherKeys.some((key) => isNamed(own(item, key)))),
  ].map(([one]) => one);
  // Aliases can be resources below the one that they name.
  const aliases = otherKeys.includes("aliases") ? store.list(`${above}/-/aliases`) : [];
  const named = aliases.filter(([, item]) => ownString(item, "alias") === name);
  const [only, ...more] = new Set([...found, ...named.map(([one]) => splitPath(splitPath(one)[0])[0])]);
  return more.length === 0 ? only : undefined;
}

/** Returns the path parameters of the changed path. */
function variablesIn(
  segments: readonly string[],
  template: readonly string[],
  { variables }: NamedCall,
): ReadonlyMap<string, string> {
  if (segments.length !== template.length) return variables;
  const changed = template.flatMap((text, index): [string, string][] => {
    const variable = /^\{([^{}+]+)\}$/.exec(text)?.[1];
    return variable === undefined ? [] : [[variable, decodeURIComponent(segments[index] ?? "")]];
  });
  return new Map([...variables, ...changed]);
}
