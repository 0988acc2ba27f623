/** Enums of properties: each gets a name of its own place, so that it can be imported. */
import { pointerTo } from "../diagnostics.js";
import { type NameScope, propertyTypeName } from "./names.js";
import type { PropertyModel, SchemaModel, StringType, TypeModel } from "./types.js";

/**
 * The schemas with a named type, `ParentProp`, for the enum of every property.
 *
 * No name depends on what stands elsewhere: an enum that another type repeats has a name there too.
 */
export function withPropertyEnums(schemas: readonly SchemaModel[], names: NameScope): readonly SchemaModel[] {
  return schemas.flatMap((schema) => {
    if (schema.shape.kind === "alias") return [schema];
    const aliases: SchemaModel[] = [];
    const properties = schema.shape.properties.map((property): PropertyModel => {
      const type = enumTypeOf(property);
      if (type === undefined) return property;
      const name = names.take(propertyTypeName(schema.name, property.name));
      const pointer = pointerTo(pointerTo(schema.pointer, "properties"), property.name);
      const shape = { kind: "alias", type } as const;
      aliases.push({ name, id: undefined, pointer, inputOf: undefined, description: "", deprecated: false, shape });
      return { ...property, type: withReference(property.type, name) };
    });
    return [{ ...schema, shape: { ...schema.shape, properties } }, ...aliases];
  });
}

/** The enum of a property, through lists and maps. A discriminator stays a literal; harvested values are not certain. */
function enumTypeOf({ type, required }: PropertyModel): StringType | undefined {
  const element = elementOf(type);
  return !required && element.kind === "string" && element.enum?.harvested === false ? element : undefined;
}

function elementOf(type: TypeModel): TypeModel {
  if (type.kind === "array") return elementOf(type.items);
  return type.kind === "map" ? elementOf(type.values) : type;
}

function withReference(type: TypeModel, name: string): TypeModel {
  if (type.kind === "array") return { kind: "array", items: withReference(type.items, name) };
  if (type.kind === "map") return { kind: "map", values: withReference(type.values, name) };
  return { kind: "reference", name };
}
