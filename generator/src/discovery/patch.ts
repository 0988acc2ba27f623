/** Corrections of a document: JSON Merge Patches (RFC 7396), each at a JSON pointer (RFC 6901). */
import { isObject } from "./reader.js";

/** One correction of a Discovery document. */
export interface DocumentPatch {
  /**
   * JSON pointer to a value of the document, such as `/schemas/Shelf/properties/theme`; `""` for the complete document.
   */
  readonly at: string;
  /** Merged into that value: an object merges member by member, `null` removes a member, other values replace. */
  readonly merge: unknown;
}

/** Returns whether the text is a JSON pointer. */
export function isPointer(text: string): boolean {
  return /^(?:\/(?:[^~/]|~[01])*)*$/.test(text);
}

/** Returns a copy of the document with a patch applied, or undefined if the pointer does not match a value. */
export function patched(document: unknown, { at, merge }: DocumentPatch): { readonly value: unknown } | undefined {
  if (!isPointer(at)) return undefined;
  const segments = at.split("/").slice(1);
  return replaced(
    document,
    segments.map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~")),
    (target) => merged(target, merge),
  );
}

function replaced(
  value: unknown,
  [name, ...rest]: readonly string[],
  change: (target: unknown) => unknown,
): { readonly value: unknown } | undefined {
  if (name === undefined) return { value: change(value) };
  if (Array.isArray(value)) {
    const index = /^(?:0|[1-9]\d*)$/.test(name) ? Number(name) : value.length;
    const element = index < value.length ? replaced(value[index], rest, change) : undefined;
    return element && { value: value.map((one: unknown, place) => (place === index ? element.value : one)) };
  }
  if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
  const member = replaced(value[name], rest, change);
  return member && { value: withMembers(value, new Map([[name, member.value]])) };
}

/** Merges as in RFC 7396, section 2. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const before = isObject(target) ? target : {};
  const members = Object.entries(patch).map(([name, value]) => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    return [name, value === null ? undefined : merged(old, value)] as const;
  });
  return withMembers(before, new Map(members));
}

/** Keeps the order of the object and adds new members at the end. `undefined` removes a member. */
function withMembers(
  object: { readonly [name: string]: unknown },
  members: ReadonlyMap<string, unknown>,
): { readonly [name: string]: unknown } {
  const all = new Map([...Object.entries(object), ...members]);
  return Object.fromEntries([...all].filter(([, value]) => value !== undefined));
}
