/** Enums of properties: each becomes a named type, so that it can be imported. */
import { pointerTo } from "../diagnostics.js";
import { type NameScope, propertyTypeName } from "./names.js";
import type { PropertyModel, SchemaModel, StringType, TypeModel } from "./types.js";

/**
 * Adds a named type, `ParentProp`, for the enum of every property.
 *
 * Names do not depend on other parts of the document: the same enum in another type gets its own name there.
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

/**
 * Returns the enum of a property, or of the elements of its lists and maps. A discriminator stays a literal. Values
 * from a description are not reliable enough for a named type.
 */
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
