/**
 * Reads typed values out of parsed JSON, each at its place.
 *
 * `null` means absent. A value of another type than the one asked for is reported and then counts as absent, so that one
 * run finds every fault of a document.
 */
import { pointerTo, reasonOf, type Report } from "../diagnostics.js";

type JsonObject = { readonly [key: string]: unknown };

/** Real documents stay below 40 levels; beyond this no recursion of ours, or of the compilers after us, is safe. */
export const MAX_DEPTH = 200;

/** One object of the document. */
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

  /** A flag; absent is false. */
  flag(key: string): boolean {
    return this.#typed<boolean>(key, "boolean", (value) => typeof value === "boolean") ?? false;
  }

  /** A scalar that some documents write as text and some as what it is: defaults and bounds. */
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

  /** An object of objects, each read by `read`; absent is empty. */
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

  /** The value as it is, `null` included. */
  raw(key: string): unknown {
    return Object.hasOwn(this.#value, key) ? this.#value[key] : undefined;
  }

  keys(): readonly string[] {
    return Object.keys(this.#value);
  }

  has(key: string): boolean {
    // JSON has no undefined; a config that a program makes may.
    return Object.hasOwn(this.#value, key) && this.#value[key] !== null && this.#value[key] !== undefined;
  }

  #typed<Value>(key: string, type: string, matches: (value: unknown) => boolean): Value | undefined {
    if (!this.has(key)) return undefined;
    const value = this.#value[key];
    // `matches` has just tested for this very type.
    if (matches(value)) return value as Value;
    this.#wrongType(pointerTo(this.pointer, key), type, value);
    return undefined;
  }

  #list<Value>(key: string, type: string, matches: (value: unknown) => boolean): readonly Value[] | undefined {
    const list = this.#typed<readonly unknown[]>(key, "array", Array.isArray);
    const wrong = list?.findIndex((value) => !matches(value)) ?? -1;
    // `matches` has just tested every element.
    if (list === undefined || wrong === -1) return list as readonly Value[] | undefined;
    this.#wrongType(pointerTo(pointerTo(this.pointer, key), wrong), type, list[wrong]);
    return undefined;
  }

  #wrongType(pointer: string, wanted: string, value: unknown): void {
    this.#report("WRONG_TYPE", pointer, `expected ${article(wanted)}, found ${article(jsonType(value))}`);
  }
}

/**
 * Parses JSON; a byte order mark before it is fine.
 *
 * @throws {SyntaxError} that quotes nothing of the text
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // The engine quotes the text around the fault, which may be anything, a private key included: its lead is kept.
    const [lead = ""] = reasonOf(error).split(/, (?="|\.\.\.)/);
    throw new SyntaxError(`it is no JSON: ${lead}`);
  }
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The name JSON has for the type of a value. */
export function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** The name of a type with its article; `null` and `undefined` have none. */
export function article(noun: string): string {
  if (noun === "null" || noun === "undefined") return noun;
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}
