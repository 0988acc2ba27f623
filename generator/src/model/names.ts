/**
 * Every name of the generated code is decided here: members, classes, types.
 *
 * Wire names (parameters, properties) are never changed; emitters quote those that are no identifiers.
 */

/** True for what may stand bare as a member or property name. */
export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name);
}

/** Words that cannot name a type: reserved words of the language, and the built-in types. */
const NO_TYPE_NAMES: ReadonlySet<string> = new Set(
  (
    "any as asserts async await bigint boolean break case catch class const continue debugger declare default delete do " +
    "else enum export extends false finally for function if implements import in infer instanceof interface is keyof let " +
    "never new null number object package private protected public readonly return static string super switch symbol " +
    "this throw true try type typeof undefined unique unknown var void while with yield"
  ).split(" "),
);

/** True for what may name a type. */
export function isTypeName(name: string): boolean {
  return isIdentifier(name) && !NO_TYPE_NAMES.has(name);
}

/**
 * Members that JavaScript itself reads: `await` calls `then`, so a client with such a method would never be awaited.
 */
export const LANGUAGE_MEMBERS: ReadonlySet<string> = new Set(["__proto__", "constructor", "then"]);

/** Camel-cases what is no identifier, the first letter kept: `bulk-export-group` → `bulkExportGroup`. */
export function memberName(name: string): string {
  if (LANGUAGE_MEMBERS.has(name)) return `${name}_`;
  if (isIdentifier(name)) return name;
  const [first = "", ...rest] = words(name);
  return leadable(first + rest.map(capitalized).join(""));
}

/** `SQL Admin` → `SQLAdmin`, `well-known` → `WellKnown`. */
export function typeName(name: string): string {
  return leadable(words(name).map(capitalized).join(""));
}

/** Name of a type that is taken out of a property: `ParentProp`. */
export function propertyTypeName(parent: string, property: string): string {
  return parent + capitalized(typeName(property).replace(/^_+/, ""));
}

/** The first letter in upper case, the rest as it is. */
export function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function words(name: string): string[] {
  return name.split(/[^A-Za-z0-9_$]+/).filter((word) => word !== "");
}

function leadable(name: string): string {
  return name === "" || /^[0-9]/.test(name) ? `_${name}` : name;
}

/** Names already given away in one scope. */
export class NameScope {
  readonly #taken = new Set<string>();

  has(name: string): boolean {
    return this.#taken.has(name);
  }

  /** Takes the name, or the first free one that trailing underscores make of it. */
  take(wanted: string): string {
    let name = wanted;
    while (this.#taken.has(name)) name += "_";
    this.#taken.add(name);
    return name;
  }
}
