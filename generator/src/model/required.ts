/** Body properties that one method requires, from `annotations.required`: the one exact source there is. */
import type { RequiredProperties, SchemaModel, TypeModel } from "./types.js";

/**
 * What the method requires below a type, or undefined when it requires nothing.
 *
 * Each type is looked at once, so one that holds itself ends there.
 */
export function requiredBy(
  methodId: string,
  type: TypeModel,
  schema: (name: string) => SchemaModel | undefined,
): RequiredProperties | undefined {
  const known = new Map<string, RequiredProperties | undefined>();
  const below = (candidate: TypeModel): RequiredProperties | undefined => {
    const name = elementReference(candidate);
    if (name === undefined || known.has(name)) return name === undefined ? undefined : known.get(name);
    known.set(name, undefined);
    const found = ofSchema(schema(name));
    known.set(name, found);
    return found;
  };
  const ofSchema = (found: SchemaModel | undefined): RequiredProperties | undefined => {
    if (found === undefined) return undefined;
    if (found.shape.kind === "alias") return below(found.shape.type);
    const { properties } = found.shape;
    const required = properties.filter((property) => !property.required && property.requiredBy.includes(methodId));
    const nested = new Map<string, RequiredProperties>();
    for (const property of properties) {
      const inside = below(property.type);
      if (inside !== undefined) nested.set(property.name, inside);
    }
    if (required.length === 0 && nested.size === 0) return undefined;
    return { required: required.map(({ name }) => name), nested };
  };
  return below(type);
}

/** The schema a type refers to, through lists and maps. */
function elementReference(type: TypeModel): string | undefined {
  if (type.kind === "reference") return type.name;
  if (type.kind === "array") return elementReference(type.items);
  return type.kind === "map" ? elementReference(type.values) : undefined;
}
