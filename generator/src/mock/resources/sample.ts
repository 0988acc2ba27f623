/** Sample values for a type: deterministic, of limited size, and never the report of a failure. */
import type { PropertyModel, StringType, TypeModel } from "../../model/types.js";
import { propertiesOf, resolved, type Schemas } from "../api-index.js";
import { type Json, type JsonObject, own } from "../json.js";
import { constantIn } from "./kinds.js";

/** Maximum nesting of objects: types can be recursive. */
const DEPTH_LIMIT = 4;
/** Maximum nesting of arrays, maps, unions and objects: a type can be an array of itself. */
const NESTING_LIMIT = 20;
/** Maximum number of properties in total. The largest types have thousands. */
const SIZE_LIMIT = 300;

/**
 * Returns a value of this type.
 *
 * @param omit Top-level properties to leave out. Properties that report failures are left out at every depth.
 */
export function sampleOf(type: TypeModel, schemas: Schemas, omit: readonly string[] = []): Json | undefined {
  let left = SIZE_LIMIT;
  const make = (one: TypeModel, name: string, depth: number, nesting = 0): Json | undefined => {
    if (nesting > NESTING_LIMIT) return undefined;
    const shape = resolved(one, schemas);
    switch (shape.kind) {
      case "object": {
        if (depth > DEPTH_LIMIT) return undefined;
        const entries = shape.properties.flatMap((property): [string, Json][] => {
          if (reportsFailure(property, schemas) || (depth === 1 && omit.includes(property.name))) return [];
          left -= 1;
          const value =
            left < 0 ? undefined : (constant(property) ?? make(property.type, property.name, depth + 1, nesting + 1));
          return value === undefined ? [] : [[property.name, value]];
        });
        return Object.fromEntries(entries);
      }
      case "array": {
        const item = make(shape.items, name, depth, nesting + 1);
        return item === undefined ? undefined : [item];
      }
      case "map": {
        const value = make(shape.values, name, depth, nesting + 1);
        return value === undefined ? undefined : { key: value };
      }
      case "union":
        return shape.members
          .map((member) => make(member, name, depth, nesting + 1))
          .find((value) => value !== undefined);
      case "number":
        return 1;
      case "boolean":
        // Clients would poll an unfinished sample forever.
        return SUCCESS.test(name);
      case "string":
        return sampleText(shape, name);
      case "unknown":
        return undefined;
    }
  };
  return make(type, "value", 1);
}

/** Booleans that are true if all went well. */
const SUCCESS = /^(done|ok|valid|isValid|success(ful)?|succeeded)$|(?<!in)(?:complete|completed|finished)$/i;

/** Properties that responses only have if something failed, is incomplete, or was deleted. */
const FAILURES: readonly RegExp[] = [
  /^(errors?|warnings?|failures?|exceptions?)$/i,
  /(Errors?|Warnings?|Failures?|ErrorCode|ErrorMessage)$/,
  /^(error(Code|Count|Detail|Info|Message|Reason|Result|Status)s?|(failed|failure|invalid|rejected|partialFailure|unreachable)([A-Z]\w*)?)$/,
  /^(missing|notFound|partialSuccess|rewriteToken|next(Page)?Token|nextLink)$/,
  /^(cancel|cancellation|delete|deleted|deletion|destroy|destruction|purge|revoke|suspend|trashed)(Time|At|Date|Timestamp)$/,
];

/** Of strings, numbers and booleans. */
const FAILURE_WORDS = /error|fail|warning|violation|exception/i;

function reportsFailure(
  { name, type }: { readonly name: string; readonly type: TypeModel },
  schemas: Schemas,
): boolean {
  if (FAILURES.some((pattern) => pattern.test(name))) return true;
  const isScalar = type.kind === "string" || type.kind === "number" || type.kind === "boolean";
  return isScalar ? FAILURE_WORDS.test(name) : isStatus(type.kind === "array" ? type.items : type, schemas);
}

/** Returns true for google.rpc.Status: each code that a sample could have is an error. */
function isStatus(type: TypeModel, schemas: Schemas): boolean {
  const names = propertiesOf(type, schemas).map(({ name }) => name);
  return names.length === 3 && ["code", "details", "message"].every((name) => names.includes(name));
}

/** Returns the value of `kind`, a constant that names the type of an object in older APIs. */
function constant({ name, default: value, description }: PropertyModel): string | undefined {
  return name === "kind" ? (value ?? constantIn(description)) : undefined;
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  byte: "c2FtcGxl",
  date: "2026-01-01",
  "date-time": "2026-01-01T00:00:00Z",
  "google-datetime": "2026-01-01T00:00:00Z",
  "google-duration": "1s",
  "google-fieldmask": "name",
  int64: "1",
  uint64: "1",
};

/** A sample does not expire. */
const FUTURE = "2126-01-01T00:00:00Z";

function isTime(format: string): boolean {
  return format === "google-datetime" || format === "date-time";
}

/** Values of enums that report a failure or the end of a resource. */
const BAD_VALUES =
  /ABORT|BAD|CANCEL|DELET|DENIED|DESTROY|DISABLED|ERROR|EXCEEDED|EXPIRED|FAIL|INACTIVE|INVALID|LOST|MISSING|NOT_|REJECT|REMOVED|REVOKED|STOP|SUSPEND|TERMINAT|TIMEOUT|UNAVAILABLE|UNHEALTHY|UNREACHABLE|UNRECOGNIZED|UNSUPPORTED|WARN/i;

function sampleText({ format = "", enum: values }: StringType, name: string): string {
  const known = values?.values ?? [];
  const current = known.filter(({ deprecated }) => !deprecated);
  const set = current.filter(({ value }) => !/UNSPECIFIED|UNKNOWN|UNDEFINED/i.test(value));
  const value = set.find((one) => !BAD_VALUES.test(one.value)) ?? set[0] ?? current[0] ?? known[0];
  if (isTime(format) && /^expir/i.test(name)) return FUTURE;
  return value?.value ?? own(BY_FORMAT, format) ?? `sample-${name}`;
}

/** Returns a sample object of this type; an empty object if the type is not an object. */
export function sampleObject(type: TypeModel | undefined, schemas: Schemas, omit: readonly string[] = []): JsonObject {
  const value = type === undefined ? undefined : sampleOf(type, schemas, omit);
  // A non-null object that is not an array is a JsonObject; `isArray` does not narrow readonly arrays.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
