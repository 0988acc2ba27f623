/** Fills in `kind`, a constant that names the type of an object in older APIs, from the default in the schema. */
import type { PropertyModel, TypeModel } from "../../model/types.js";
import { type Schemas, schemaName } from "../api-index.js";
import { isObject, type Json, type JsonObject } from "../json.js";

/** Adds every missing `kind`, at any depth. */
export function withKinds<Value extends Json>(value: Value, type: TypeModel | undefined, schemas: Schemas): Value;
export function withKinds(value: Json, type: TypeModel | undefined, schemas: Schemas): Json {
  if (type?.kind === "array" && Array.isArray(value)) {
    const items: readonly Json[] = value;
    return items.map((item) => withKinds(item, type.items, schemas));
  }
  if (!isObject(value)) return value;
  if (type?.kind === "map") return mapValues(value, (_name, entry) => withKinds(entry, type.values, schemas));
  const shape = schemas.get(schemaName(type, schemas) ?? "")?.shape;
  if (shape?.kind !== "object") return value;
  const kind = kindOf(shape.properties);
  const properties = new Map(shape.properties.map((property) => [property.name, property.type]));
  return {
    ...(kind === undefined ? {} : { kind }),
    ...mapValues(value, (name, entry) => withKinds(entry, properties.get(name), schemas)),
  };
}

/** Returns the constant value of `kind`: the default, or the one that the description calls constant. */
function kindOf(properties: readonly PropertyModel[]): string | undefined {
  const kind = properties.find(({ name, type }) => name === "kind" && type.kind === "string");
  return kind?.default ?? constantIn(kind?.description ?? "");
}

/** Returns the constant that a description names: "This is always `sql#instance`." */
export function constantIn(description: string): string | undefined {
  return /\b(?:This|Value) is always (?:the fixed string )?["`*]?(\w+#\w+)/.exec(description)?.[1];
}

function mapValues(object: JsonObject, change: (name: string, value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(name, value)]));
}
