/**
 * Reads typed values from parsed JSON, and keeps track of their JSON pointers.
 *
 * `null` means absent. A value of the wrong type is reported and then treated as absent, so that one run finds every
 * problem of a document.
 */
import { pointerTo, reasonOf, type Report } from "../diagnostics.js";

type JsonObject = { readonly [key: string]: unknown };

/** Real documents have fewer than 40 levels. Deeper documents could overflow the stack here or in a compiler. */
export const MAX_DEPTH = 200;

/** One JSON object. */
export class ObjectReader {
  readonly pointer: string;
  readonly #value: JsonObject;
  readonly #report: Report;
  readonly #depth: number;

  constructor(value: JsonObject, pointer: string, report: Report, depth = 0) {
    this.#value = value;
    this.pointer = pointer;
    this.#report = report;
    this.#depth = depth;
  }

  string(key: string): string | undefined {
    return this.#typed(key, "string", (value) => typeof value === "string");
  }

  /** Returns a boolean. Default: false. */
  flag(key: string): boolean {
    return this.#typed<boolean>(key, "boolean", (value) => typeof value === "boolean") ?? false;
  }

  /** Returns the text of a string, number, or boolean. Documents write defaults and bounds in any of these types. */
  scalar(key: string): string | undefined {
    const value = this.#typed<string | number | boolean>(key, "string", (candidate) =>
      ["string", "number", "boolean"].includes(typeof candidate),
    );
    return value === undefined ? undefined : String(value);
  }

  strings(key: string): readonly string[] | undefined {
    return this.#list<string>(key, "string", (value) => typeof value === "string");
  }

  flags(key: string): readonly boolean[] {
    return this.#list<boolean>(key, "boolean", (value) => typeof value === "boolean") ?? [];
  }

  object(key: string): ObjectReader | undefined {
    const value = this.#typed<JsonObject>(key, "object", isObject);
    if (value === undefined) return undefined;
    const pointer = pointerTo(this.pointer, key);
    if (this.#depth < MAX_DEPTH) return new ObjectReader(value, pointer, this.#report, this.#depth + 1);
    this.#report("TOO_DEEP", pointer, `nested deeper than ${MAX_DEPTH} levels`);
    return undefined;
  }

  objects(key: string): readonly ObjectReader[] {
    const list = this.#list<JsonObject>(key, "object", isObject) ?? [];
    const pointer = pointerTo(this.pointer, key);
    return list.map(
      (value, index) => new ObjectReader(value, pointerTo(pointer, index), this.#report, this.#depth + 1),
    );
  }

  /** Reads an object whose values are objects. Default: an empty map. */
  map<Value>(key: string, read: (entry: ObjectReader) => Value): ReadonlyMap<string, Value> {
    const container = this.object(key);
    const result = new Map<string, Value>();
    if (container === undefined) return result;
    for (const name of Object.keys(container.#value)) {
      const entry = container.object(name);
      if (entry !== undefined) result.set(name, read(entry));
    }
    return result;
  }

  /** Returns the value without a check, `null` included. */
  raw(key: string): unknown {
    return Object.hasOwn(this.#value, key) ? this.#value[key] : undefined;
  }

  keys(): readonly string[] {
    return Object.keys(this.#value);
  }

  has(key: string): boolean {
    // The value of a config may contain undefined, which JSON does not have.
    return Object.hasOwn(this.#value, key) && this.#value[key] !== null && this.#value[key] !== undefined;
  }

  #typed<Value>(key: string, type: string, matches: (value: unknown) => boolean): Value | undefined {
    if (!this.has(key)) return undefined;
    const value = this.#value[key];
    // Safe: `matches` has checked the type.
    if (matches(value)) return value as Value;
    this.#wrongType(pointerTo(this.pointer, key), type, value);
    return undefined;
  }

  #list<Value>(key: string, type: string, matches: (value: unknown) => boolean): readonly Value[] | undefined {
    const list = this.#typed<readonly unknown[]>(key, "array", Array.isArray);
    const wrong = list?.findIndex((value) => !matches(value)) ?? -1;
    // Safe: `matches` has checked every element.
    if (list === undefined || wrong === -1) return list as readonly Value[] | undefined;
    this.#wrongType(pointerTo(pointerTo(this.pointer, key), wrong), type, list[wrong]);
    return undefined;
  }

  #wrongType(pointer: string, wanted: string, value: unknown): void {
    this.#report("WRONG_TYPE", pointer, `expected ${article(wanted)}, found ${article(jsonType(value))}`);
  }
}

/**
 * Parses JSON, with or without a byte order mark.
 *
 * @throws {SyntaxError} without any quote from the text
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // V8 quotes the text around the error, which may contain a private key. Only the part before the quote is kept.
    const [lead = ""] = reasonOf(error).split(/, (?="|\.\.\.)/);
    throw new SyntaxError(`invalid JSON: ${lead}`);
  }
}

/** Returns whether the value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the name of the JSON type of a value. */
export function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Returns the name of a type with its article. `null` and `undefined` have no article. */
export function article(noun: string): string {
  if (noun === "null" || noun === "undefined") return noun;
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}
