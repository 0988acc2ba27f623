/** Sample values for a type: deterministic and of limited size. */
import type { StringType, TypeModel } from "../../model/types.js";
import { resolved, type Schemas } from "../api-index.js";
import type { Json, JsonObject } from "../json.js";

/** Maximum nesting of objects: types can be recursive. */
const DEPTH_LIMIT = 4;
/** Maximum nesting of arrays, maps, unions and objects: a type can be an array of itself. */
const NESTING_LIMIT = 20;
/** Maximum number of properties in total. The largest types have thousands. */
const SIZE_LIMIT = 300;

/**
 * Returns a value of this type.
 *
 * @param omit Top-level properties to leave out, such as the next page token. `error` is always left out.
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
          if (depth === 1 && (property.name === "error" || omit.includes(property.name))) return [];
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
        return /^done$|complete$/i.test(name);
      case "string":
        return sampleText(shape, name);
      case "unknown":
        return undefined;
    }
  };
  return make(type, "value", 1);
}

/** Returns the value of `kind`, a constant that names the type of an object in older APIs. */
function constant({ name, default: value }: { readonly name: string; readonly default: string | undefined }) {
  return name === "kind" ? value : undefined;
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

function sampleText({ format = "", enum: values }: StringType, name: string): string {
  const known = values?.values ?? [];
  const value = known.find((one) => !one.deprecated && !one.value.endsWith("UNSPECIFIED")) ?? known[0];
  return value?.value ?? (Object.hasOwn(BY_FORMAT, format) ? BY_FORMAT[format] : undefined) ?? `sample-${name}`;
}

/** Returns a sample object of this type; an empty object if the type is not an object. */
export function sampleObject(type: TypeModel | undefined, schemas: Schemas, omit: readonly string[] = []): JsonObject {
  const value = type === undefined ? undefined : sampleOf(type, schemas, omit);
  // A non-null object that is not an array is a JsonObject; `isArray` does not narrow readonly arrays.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
