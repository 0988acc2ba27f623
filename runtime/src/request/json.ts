/** Writes JSON bodies. Rejects values that JSON would turn into `null` or `{}`, and reports their path. */
import type { Fault } from "../errors.js";
import { printable } from "../redact.js";

/** Returns the JSON text of a value, or `undefined` and adds problems to `faults`. Paths begin with `root`. */
export function toJson(value: unknown, root: string, faults: Fault[]): string | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A circular value, a bigint, or a toJSON() that throws: found below.
  }
  const found: Fault[] = [];
  try {
    check(value, { keys: [], above: text === undefined ? [] : undefined, root, faults: found });
    // A replacer makes JSON.stringify four times slower, so it is used only for bodies with a bigint.
    if (found.length === 0) return text ?? JSON.stringify(value, bigintAsText);
  } catch (error) {
    if (found.length === 0) found.push({ parameter: root, message: `cannot be converted to JSON: ${reasonOf(error)}` });
  }
  faults.push(...found);
  return undefined;
}

/** 64-bit integers are sent as strings. */
function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** The current position of a check. */
interface Trail {
  readonly root: string;
  readonly keys: (number | string)[];
  /** The objects that contain the value. `undefined` if the body is known not to be circular. */
  readonly above: object[] | undefined;
  readonly faults: Fault[];
}

/** The maximum number of problems reported for one body. */
const maxFaults: number = 20;

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

/** @param isConverted The value was returned by `toJSON()`, which is not called again. */
function checkObject(value: object, trail: Trail, isConverted: boolean): void {
  const { above, faults, keys } = trail;
  if (above?.includes(value) === true) {
    faults.push({ parameter: pathOf(trail), message: "is circular: it contains itself" });
    return;
  }
  const depth = keys.length;
  above?.push(value);
  if (Array.isArray(value)) {
    // By index, because JSON turns a hole in an array into null.
    for (let index = 0; index < value.length && faults.length < maxFaults; index++) {
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
        if (member === undefined || typeof member === "string" || faults.length >= maxFaults) continue;
        keys[depth] = key;
        check(member, trail);
      }
    }
  }
  keys.length = depth;
  above?.pop();
}

/** Checks the value that `toJSON()` returns for an object. */
function checkConverted(value: object, trail: Trail): void {
  const { toJSON } = value as { toJSON(key: string): unknown }; // the caller has checked it
  let converted: unknown;
  try {
    converted = toJSON.call(value, String(trail.keys.at(-1) ?? ""));
  } catch (error) {
    const message = `cannot be converted to JSON: its toJSON() throws: ${reasonOf(error)}`;
    trail.faults.push({ parameter: pathOf(trail), message });
    return;
  }
  if (converted === value) trail.above?.pop();
  if (typeof converted === "object" && converted !== null) checkObject(converted, trail, true);
  // Invalid dates of most libraries return null, which would clear the field.
  else if (converted === null) report(trail, `${kindOf(value)} whose toJSON() returns null`);
  else check(converted, trail);
  if (converted === value) trail.above?.push(value);
}

/** Returns whether an object is an instance of a class: its prototype has a prototype. Works across realms. */
export function isInstance(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null;
}

/** Describes an instance whose content JSON would lose. `undefined` for other instances. */
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

/** Names the class of an object: `a Map`. */
export function kindOf(value: object): string {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  const name = tag === "Object" ? value.constructor?.name : tag;
  if (typeof name !== "string" || name === "") return "an object of a class without a name";
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${printable(name, 50)}`;
}

/** Returns the name of a getter of the object's class. JSON and copies of the object leave it out. */
export function getterOf(value: object): string | undefined {
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === "object" && prototype !== null) {
    const above: unknown = Object.getPrototypeOf(prototype);
    // The last one is Object.prototype.
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

/** Returns the path of the current value, for example `requestBody.rows[3].when`. */
function pathOf({ keys, root }: Trail): string {
  const parts = keys.map((key) => {
    if (typeof key === "number") return `[${String(key)}]`;
    return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${printable(JSON.stringify(key), 60)}]`;
  });
  return root + parts.join("");
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? printable(error.message, 200) : "unknown error";
}
