/** Read-only properties, and the input twins of types that have some. */
import type { DiscoverySchema } from "../discovery/types.js";
import type { NameScope } from "./names.js";
import type { PropertyModel, SchemaModel, ShapeModel, TypeModel } from "./types.js";

/** "Output only" at the start of a description, possibly after other tags. */
const OUTPUT_ONLY =
  /^\s*(?:\[?(?:optional|required|immutable|identifier|input only|unordered list|deprecated)\]?[.:;,]?\s+)*\[?output[ -]only\b/i;

/** Returns whether only the server sets a property: by its flag, or by the first tags of its description (AIP-203). */
export function isReadOnly({ readOnly, description }: Pick<DiscoverySchema, "readOnly" | "description">): boolean {
  return readOnly || OUTPUT_ONLY.test(description);
}

/** Result of {@link withInputTwins}. */
export interface InputTwins {
  /** The given schemas, each followed by its twin if it has one. */
  readonly schemas: readonly SchemaModel[];
  /** Returns the type to use in requests. */
  readonly input: (type: TypeModel) => TypeModel;
}

/**
 * Adds an `XInput` for each type in a request body that has read-only properties, directly or in nested types.
 *
 * @param bodies types of request bodies
 */
export function withInputTwins(
  schemas: readonly SchemaModel[],
  bodies: readonly TypeModel[],
  names: NameScope,
): InputTwins {
  const byName = new Map(schemas.map((schema) => [schema.name, schema]));
  const reachable = reach(bodies.flatMap(references), byName);
  const differing = differingFromInput(reachable, byName);
  const twins = new Map<string, string>();
  for (const { name } of schemas) if (differing.has(name)) twins.set(name, names.take(`${name}Input`));
  if (twins.size === 0) return { schemas, input: (type) => type };

  const input = (type: TypeModel): TypeModel => mapReferences(type, (name) => twins.get(name) ?? name);
  const all = schemas.flatMap((schema) => {
    const name = twins.get(schema.name);
    if (name === undefined) return [schema];
    return [schema, { ...schema, name, id: undefined, inputOf: schema.name, shape: inputShape(schema.shape, input) }];
  });
  return { schemas: all, input };
}

/** Returns every schema that is reachable through writable properties. */
function reach(from: readonly string[], byName: ReadonlyMap<string, SchemaModel>): ReadonlySet<string> {
  return closure(from, (name) => writableReferences(byName.get(name)?.shape));
}

function differingFromInput(names: ReadonlySet<string>, byName: ReadonlyMap<string, SchemaModel>): ReadonlySet<string> {
  const shapeOf = (name: string) => byName.get(name)?.shape;
  const users = usersOf(names, (name) => writableReferences(shapeOf(name)));
  const own = [...names].filter((name) => {
    const shape = shapeOf(name);
    return shape?.kind === "object" && shape.properties.some(({ readOnly }) => readOnly);
  });
  return closure(own, (name) => users.get(name));
}

/** Returns the names, and every name reachable from them. */
export function closure(
  from: Iterable<string>,
  next: (name: string) => Iterable<string> | undefined,
): ReadonlySet<string> {
  const reached = new Set(from);
  // The iteration includes names that are added to the set during the loop.
  for (const name of reached) for (const other of next(name) ?? []) reached.add(other);
  return reached;
}

/** Returns, for each name, the names that refer to it. */
export function usersOf(
  names: Iterable<string>,
  referencesOf: (name: string) => readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map<string, Set<string>>();
  for (const name of names)
    for (const used of referencesOf(name)) users.set(used, (users.get(used) ?? new Set()).add(name));
  return users;
}

function writableReferences(shape: ShapeModel | undefined): string[] {
  if (shape === undefined) return [];
  if (shape.kind === "alias") return references(shape.type);
  return shape.properties.filter(({ readOnly }) => !readOnly).flatMap(({ type }) => references(type));
}

function inputShape(shape: ShapeModel, input: (type: TypeModel) => TypeModel): ShapeModel {
  if (shape.kind === "alias") return { kind: "alias", type: input(shape.type) };
  const writable = shape.properties.filter(({ readOnly }) => !readOnly);
  const properties = writable.map((property): PropertyModel => ({ ...property, type: input(property.type) }));
  return { kind: "object", properties, additional: shape.additional };
}

/** Returns the names of the schemas that a type refers to. */
export function references(type: TypeModel): string[] {
  switch (type.kind) {
    case "reference":
      return [type.name];
    case "array":
      return references(type.items);
    case "map":
      return references(type.values);
    case "union":
      return type.members.flatMap(references);
    default:
      return [];
  }
}

function mapReferences(type: TypeModel, rename: (name: string) => string): TypeModel {
  switch (type.kind) {
    case "reference":
      return { kind: "reference", name: rename(type.name) };
    case "array":
      return { kind: "array", items: mapReferences(type.items, rename) };
    case "map":
      return { kind: "map", values: mapReferences(type.values, rename) };
    case "union":
      return { kind: "union", members: type.members.map((member) => mapReferences(member, rename)) };
    default:
      return type;
  }
}
