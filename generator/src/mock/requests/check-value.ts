/** Checks values of a request against their types, with the messages of Google's JSON parser. */
import type { StringType, TypeModel } from "../../model/types.js";
import { resolved, type Schemas } from "../api-index.js";
import type { FieldViolation } from "../google-error.js";
import { isObject, type Json, type JsonObject, ownString } from "../json.js";
import { camelCase } from "./field-paths.js";

/** Maximum number of violations in one error. */
const VIOLATION_LIMIT = 50;

/** Returns the first violations of a JSON object, in the order of its properties. */
export function violationsOf(body: JsonObject, type: TypeModel, schemas: Schemas): readonly FieldViolation[] {
  const found: FieldViolation[] = [];
  for (const violation of violations(body, type, schemas, "")) {
    if (found.push(violation) === VIOLATION_LIMIT) break;
  }
  return found;
}

function* violations(value: Json, type: TypeModel, schemas: Schemas, at: string): Generator<FieldViolation> {
  const wanted = resolved(type, schemas);
  // In JSON, `null` means that the field is not set.
  if (value === null || wanted.kind === "unknown") return;
  switch (wanted.kind) {
    case "object": {
      if (!isObject(value)) return yield wrong(at, "an object", value);
      const types = new Map(wanted.properties.map((property) => [property.name, property.type]));
      for (const [name, entry] of Object.entries(value)) {
        const property = types.get(name) ?? types.get(camelCase(name)) ?? wanted.additional;
        if (property === undefined) yield unknownField(name, at);
        else if (!isLocalTime(entry, property, value)) yield* violations(entry, property, schemas, join(at, name));
      }
      return;
    }
    case "map":
      if (!isObject(value)) return yield wrong(at, "an object", value);
      for (const [name, entry] of Object.entries(value))
        yield* violations(entry, wanted.values, schemas, join(at, name));
      return;
    case "array":
      if (!isList(value)) return yield wrong(at, "an array", value);
      for (const [index, item] of value.entries()) yield* violations(item, wanted.items, schemas, `${at}[${index}]`);
      return;
    case "union": {
      const fits = wanted.members.some((member) => violations(value, member, schemas, at).next().done === true);
      if (!fits) yield wrong(at, "a value of one of the union's types", value);
      return;
    }
    default: {
      const expected = expectedScalar(value, wanted);
      if (expected !== undefined) yield wrong(at, expected, value);
    }
  }
}

/** A time without an offset is valid beside a `timeZone` (Calendar's `start` and `end`). */
function isLocalTime(value: Json, type: TypeModel, holder: JsonObject): boolean {
  if (type.kind !== "string" || type.format !== "date-time" || typeof value !== "string") return false;
  return (ownString(holder, "timeZone") ?? "") !== "" && LOCAL_TIME.test(value);
}

const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/i;

type ScalarType = Extract<TypeModel, { readonly kind: "boolean" | "number" }> | StringType;

/** Describes the expected value if `value` does not match the type; returns `undefined` if it does. */
function expectedScalar(value: Json, type: ScalarType): string | undefined {
  // Google's parser also takes booleans as strings.
  if (type.kind === "boolean") return /^(true|false)$/.test(String(value)) ? undefined : "a boolean";
  if (typeof value !== "string" && typeof value !== "number") return type.kind === "number" ? "a number" : "a string";
  // JSON may contain numbers as strings, and int64 values and enum numbers as numbers.
  const isNumeral = type.kind === "string" && (isInt64(type.format) || type.enum !== undefined);
  if (typeof value === "number" && type.kind === "string" && !isNumeral) return "a string";
  return typeof value === "number" && type.kind === "string" && type.enum !== undefined && !isInt64(type.format)
    ? undefined
    : expectedText(String(value), type);
}

/** Describes the expected text of a path or query if `text` does not match the type; else returns `undefined`. */
export function expectedText(text: string, type: TypeModel): string | undefined {
  switch (type.kind) {
    case "boolean":
      return /^(true|false)$/i.test(text) ? undefined : "true or false";
    case "number":
      if (type.integer) return isInteger(text, type.format) ? undefined : `an integer (${type.format ?? "int32"})`;
      return /^(-?\d+(\.\d+)?([eE][+-]?\d+)?|NaN|-?Infinity)$/.test(text) ? undefined : "a number";
    case "string":
      return expectedString(text, type);
    default:
      return undefined;
  }
}

function expectedString(text: string, { format, enum: values }: StringType): string | undefined {
  if (values !== undefined && !values.open && !values.harvested) {
    const known = values.values.map(({ value }) => value);
    if (!known.includes(text)) return `one of ${known.slice(0, 20).join(", ")}${known.length > 20 ? ", …" : ""}`;
  }
  if (isInt64(format)) return isInteger(text, format) ? undefined : `an integer (${format})`;
  if (format === "google-datetime" || format === "date-time") return TIME.test(text) ? undefined : "a time (RFC 3339)";
  if (format === "google-duration") return /^-?\d+(\.\d+)?s$/.test(text) ? undefined : 'a duration, like "3.5s"';
  return undefined;
}

/** RFC 3339. Also offsets without a colon and times without seconds: which APIs reject these is not in the document. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;

const RANGES: ReadonlyMap<string, readonly [least: bigint, most: bigint]> = new Map([
  ["int32", [-(2n ** 31n), 2n ** 31n - 1n]],
  ["uint32", [0n, 2n ** 32n - 1n]],
  ["int64", [-(2n ** 63n), 2n ** 63n - 1n]],
  ["uint64", [0n, 2n ** 64n - 1n]],
]);

/** Returns true for the formats of integers that JSON contains as strings. */
export function isInt64(format: string | undefined): format is "int64" | "uint64" {
  return format === "int64" || format === "uint64";
}

function isInteger(text: string, format = "int32"): boolean {
  const [least, most] = RANGES.get(format) ?? [-Infinity, Infinity];
  if (/^-?\d{1,20}$/.test(text)) return BigInt(text) >= least && BigInt(text) <= most;
  // Other spellings of integers: 1.0, 1e3.
  const value = /^-?\d{1,20}(\.\d+)?([eE]\+?\d{1,2})?$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) && value >= Number(least) && value <= Number(most);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function join(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}

function unknownField(name: string, at: string): FieldViolation {
  const place = at === "" ? "" : ` at '${at}'`;
  return {
    field: at,
    description: `Invalid JSON payload received. Unknown name ${JSON.stringify(name)}${place}: Cannot find field.`,
  };
}

function wrong(at: string, want: string, value: Json): FieldViolation {
  const shown = JSON.stringify(value).slice(0, 100);
  return { field: at, description: `Invalid value at '${at}': expected ${want}, got ${shown}` };
}
