/** Enums that a document repeats: each gets a name, so that it is written, and can be imported, once. */
import { type NameScope, propertyTypeName } from "./names.js";
import type { PropertyModel, SchemaModel, StringType, TypeModel } from "./types.js";

/** The schemas with a named type for every enum that two or more properties list. */
export function withSharedEnums(schemas: readonly SchemaModel[], names: NameScope): readonly SchemaModel[] {
  const uses = new Map<string, number>();
  for (const property of schemas.flatMap(propertiesOf)) {
    const key = keyOf(property.type);
    if (key !== undefined) uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  const nameOf = new Map<string, string>();
  return schemas.flatMap((schema) => {
    if (schema.shape.kind === "alias") return [schema];
    const aliases: SchemaModel[] = [];
    const properties = schema.shape.properties.map((property): PropertyModel => {
      const key = keyOf(property.type);
      const type = enumTypeOf(property.type);
      if (key === undefined || type === undefined || (uses.get(key) ?? 0) < 2) return property;
      let name = nameOf.get(key);
      if (name === undefined) {
        name = names.take(propertyTypeName(schema.name, property.name));
        nameOf.set(key, name);
        const { pointer } = schema;
        const shape = { kind: "alias", type } as const;
        aliases.push({ name, id: undefined, pointer, inputOf: undefined, description: "", deprecated: false, shape });
      }
      return { ...property, type: withReference(property.type, name) };
    });
    return [{ ...schema, shape: { ...schema.shape, properties } }, ...aliases];
  });
}

function propertiesOf({ shape }: SchemaModel): readonly PropertyModel[] {
  return shape.kind === "object" ? shape.properties : [];
}

/** The enum of a type, through lists and maps. Values harvested from a description stay with that description. */
function enumTypeOf(type: TypeModel): StringType | undefined {
  if (type.kind === "array") return enumTypeOf(type.items);
  if (type.kind === "map") return enumTypeOf(type.values);
  return type.kind === "string" && type.enum !== undefined && !type.enum.harvested && type.enum.values.length > 1
    ? type
    : undefined;
}

function keyOf(type: TypeModel): string | undefined {
  const found = enumTypeOf(type);
  return found && JSON.stringify(found);
}

function withReference(type: TypeModel, name: string): TypeModel {
  if (type.kind === "array") return { kind: "array", items: withReference(type.items, name) };
  if (type.kind === "map") return { kind: "map", values: withReference(type.values, name) };
  return { kind: "reference", name };
}
