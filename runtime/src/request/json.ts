/** JSON bodies: a value that JSON cannot carry is refused with its path, instead of turned into `null` or `{}`. */
import type { Fault } from "../errors.js";
import { printable } from "../redact.js";

/** The text of a JSON value, or `undefined` with what is wrong in `faults`. `root` is what paths begin with. */
export function toJson(value: unknown, root: string, faults: Fault[]): string | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A circle, a bigint, or a toJSON() that throws: found below.
  }
  const found: Fault[] = [];
  try {
    check(value, { keys: [], above: text === undefined ? [] : undefined, root, faults: found });
    // A replacer makes ordinary bodies four times slower, so only those with a bigint get one.
    if (found.length === 0) return text ?? JSON.stringify(value, bigintAsText);
  } catch (error) {
    if (found.length === 0) found.push({ parameter: root, message: `cannot be written as JSON: ${reasonOf(error)}` });
  }
  faults.push(...found);
  return undefined;
}

/** 64-bit integers travel as strings. */
function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** Where a check is. */
interface Trail {
  readonly root: string;
  readonly keys: (number | string)[];
  /** The objects that hold the value; `undefined` where there is surely no circle. */
  readonly above: object[] | undefined;
  readonly faults: Fault[];
}

/** Enough of a list with a million holes. */
const mostFaults: number = 20;

function check(value: unknown, trail: Trail): void {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "bigint":
      return;
    case "number":
      return Number.isFinite(value) ? undefined : report(trail, String(value));
    case "object":
      return value === null ? undefined : checkObject(value, trail, false);
    case "undefined":
      return report(trail, "undefined");
    default:
      return report(trail, `a ${typeof value}`);
  }
}

/** @param isConverted It is what `toJSON()` returned, which is not called again. */
function checkObject(value: object, trail: Trail, isConverted: boolean): void {
  const { above, faults, keys } = trail;
  if (above?.includes(value) === true) {
    faults.push({ parameter: pathOf(trail), message: "is circular: it holds itself" });
    return;
  }
  const depth = keys.length;
  above?.push(value);
  if (Array.isArray(value)) {
    // By index, since a hole in a list becomes null.
    for (let index = 0; index < value.length && faults.length < mostFaults; index++) {
      keys[depth] = index;
      check(value[index], trail);
    }
  } else {
    const problem = isInstance(value) ? problemOf(value) : undefined;
    if (problem !== undefined) report(trail, problem);
    else if (!isConverted && "toJSON" in value && typeof value.toJSON === "function") checkConverted(value, trail);
    else {
      for (const key in value) {
        if (!Object.hasOwn(value, key)) continue;
        const member = (value as { readonly [name: string]: unknown })[key]; // any object can be read by name
        if (member === undefined || typeof member === "string" || faults.length >= mostFaults) continue;
        keys[depth] = key;
        check(member, trail);
      }
    }
  }
  keys.length = depth;
  above?.pop();
}

/** What `toJSON()` returns stands for the object. */
function checkConverted(value: object, trail: Trail): void {
  const { toJSON } = value as { toJSON(key: string): unknown }; // the caller has seen it
  let converted: unknown;
  try {
    converted = toJSON.call(value, String(trail.keys.at(-1) ?? ""));
  } catch (error) {
    const message = `cannot be written as JSON, since its toJSON() throws: ${reasonOf(error)}`;
    trail.faults.push({ parameter: pathOf(trail), message });
    return;
  }
  if (converted === value) trail.above?.pop();
  if (typeof converted === "object" && converted !== null) checkObject(converted, trail, true);
  // That of an invalid date of most libraries is null, which would clear the field.
  else if (converted === null) report(trail, `${kindOf(value)} whose toJSON() returns null`);
  else check(converted, trail);
  if (converted === value) trail.above?.push(value);
}

/** Whether an object is of a class: its prototype has a prototype, in whatever realm it was made. */
export function isInstance(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null;
}

/** What an object of a class is, where JSON would lose it. */
function problemOf(value: object): string | undefined {
  const kind = kindOf(value);
  if (ArrayBuffer.isView(value) || /^an? (?:ArrayBuffer|SharedArrayBuffer|Blob|File)$/.test(kind))
    return "bytes: pass a Base64 string";
  if (kind === "a Date" && Number.isNaN(Number(value))) return "an invalid Date";
  if ("toJSON" in value && typeof value.toJSON === "function") return undefined;
  const isLost = value instanceof Error || /^a (?:BigInt|Boolean|Number|String|Symbol)$/.test(kind);
  if (isLost || Object.keys(value).length === 0) return kind;
  const getter = getterOf(value);
  return getter === undefined
    ? undefined
    : `${kind}, whose getter \`${getter}\` would be left out: pass a plain object`;
}

/** What an object is, by its class: `a Map`. */
export function kindOf(value: object): string {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  const name = tag === "Object" ? value.constructor?.name : tag;
  if (typeof name !== "string" || name === "") return "an object of a class without a name";
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${printable(name, 50)}`;
}

/** A getter that an object has of its class: whatever lists or copies properties leaves it out. */
export function getterOf(value: object): string | undefined {
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === "object" && prototype !== null) {
    const above: unknown = Object.getPrototypeOf(prototype);
    // The last one is that of every object.
    if (above === null) return undefined;
    const found = Object.entries(Object.getOwnPropertyDescriptors(prototype)).find(([, { get }]) => get !== undefined);
    if (found !== undefined) return found[0];
    prototype = above;
  }
  return undefined;
}

function report(trail: Trail, found: string): void {
  trail.faults.push({ parameter: pathOf(trail), message: `must be JSON, not ${found}` });
}

/** `requestBody.rows[3].when` */
function pathOf({ keys, root }: Trail): string {
  const parts = keys.map((key) => {
    if (typeof key === "number") return `[${String(key)}]`;
    return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${printable(JSON.stringify(key), 60)}]`;
  });
  return root + parts.join("");
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? printable(error.message, 200) : "it failed";
}
