/**
 * Rules for all names of the generated code: members, classes, types.
 *
 * Wire names (parameters, properties) never change. Emitters quote wire names that are not identifiers.
 */

/** Returns whether the name needs no quotes as a member or property name. */
export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name);
}

/** Words that cannot be the name of a type: reserved words, and built-in types. */
const NO_TYPE_NAMES: ReadonlySet<string> = new Set(
  (
    "any as asserts async await bigint boolean break case catch class const continue debugger declare default delete do " +
    "else enum export extends false finally for function if implements import in infer instanceof interface is keyof let " +
    "never new null number object package private protected public readonly return static string super switch symbol " +
    "this throw true try type typeof undefined unique unknown var void while with yield"
  ).split(" "),
);

/** Returns whether the name can be the name of a type. */
export function isTypeName(name: string): boolean {
  return isIdentifier(name) && !NO_TYPE_NAMES.has(name);
}

/**
 * Members with a meaning in JavaScript. For example, `await` calls `then`, so a client with such a method would break.
 */
export const LANGUAGE_MEMBERS: ReadonlySet<string> = new Set(["__proto__", "constructor", "then"]);

/** Converts a name to camel case if it is not an identifier. Keeps the case of the first letter. */
export function memberName(name: string): string {
  if (LANGUAGE_MEMBERS.has(name)) return `${name}_`;
  if (isIdentifier(name)) return name;
  const [first = "", ...rest] = words(name);
  return leadable(first + rest.map(capitalized).join(""));
}

/** Converts a name to Pascal case: `SQL Admin` → `SQLAdmin`, `well-known` → `WellKnown`. */
export function typeName(name: string): string {
  return leadable(words(name).map(capitalized).join(""));
}

/** Returns the name of a type hoisted from a property: `ParentProp`. */
export function propertyTypeName(parent: string, property: string): string {
  return parent + capitalized(typeName(property).replace(/^_+/, ""));
}

/** Converts the first letter to upper case. */
export function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function words(name: string): string[] {
  return name.split(/[^A-Za-z0-9_$]+/).filter((word) => word !== "");
}

function leadable(name: string): string {
  return name === "" || /^[0-9]/.test(name) ? `_${name}` : name;
}

/** The names that are in use in one scope. */
export class NameScope {
  readonly #taken = new Set<string>();

  has(name: string): boolean {
    return this.#taken.has(name);
  }

  /** Reserves and returns the name. If it is in use, appends underscores until it is free. */
  take(wanted: string): string {
    let name = wanted;
    while (this.#taken.has(name)) name += "_";
    this.#taken.add(name);
    return name;
  }
}
