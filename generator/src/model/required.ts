/** Body properties that one method requires, from `annotations.required`: the one exact source there is. */
import { MAX_DEPTH } from "../discovery/reader.js";
import type { Report } from "../diagnostics.js";
import { closure, references, usersOf } from "./access.js";
import type { RequiredProperties, SchemaModel, TypeModel } from "./types.js";

/** The method that requires. */
export interface RequiringMethod {
  readonly id: string;
  readonly pointer: string;
  /** Takes media: properties of format `byte` are not required, as the media replaces them (Gmail's `raw`). */
  readonly takesMedia: boolean;
}

/** What a method requires below the type of its body; undefined when it requires nothing. */
export type Requirements = (method: RequiringMethod, body: TypeModel) => RequiredProperties | undefined;

/** The requirements of every method. */
export function requirementsOf(schemas: readonly SchemaModel[], report: Report): Requirements {
  const holders = holdersOf(schemas);
  if (holders.size === 0) return () => undefined;
  const byName = new Map(schemas.map((schema) => [schema.name, schema]));
  const users = usersOf(byName.keys(), (name) => referencesOf(byName.get(name)));
  return (method, body) => {
    const { id, pointer } = method;
    const holding = holders.get(id);
    if (holding === undefined) return undefined;
    // Types that lead to no requirement of this method are not looked at: what is left is as deep as the requirement.
    const leading = closure(holding, (name) => users.get(name));
    const schema = (name: string) => (leading.has(name) ? byName.get(name) : undefined);
    return requiredBy(method, body, schema, () =>
      report("TOO_DEEP", pointer, `it requires properties that lie deeper than ${MAX_DEPTH} types`),
    );
  };
}

/** By method, the schemas that hold a property it requires. */
function holdersOf(schemas: readonly SchemaModel[]): ReadonlyMap<string, ReadonlySet<string>> {
  const holders = new Map<string, Set<string>>();
  for (const { name, shape } of schemas) {
    const methods = shape.kind === "object" ? shape.properties.flatMap(({ requiredBy }) => requiredBy) : [];
    for (const method of methods) holders.set(method, (holders.get(method) ?? new Set()).add(name));
  }
  return holders;
}

function referencesOf(schema: SchemaModel | undefined): readonly string[] {
  if (schema === undefined) return [];
  const { shape } = schema;
  return shape.kind === "alias" ? references(shape.type) : shape.properties.flatMap(({ type }) => references(type));
}

/** Each type is looked at once, so one that holds itself ends there. */
function requiredBy(
  { id, takesMedia }: RequiringMethod,
  type: TypeModel,
  schema: (name: string) => SchemaModel | undefined,
  tooDeep: () => void,
): RequiredProperties | undefined {
  const known = new Map<string, RequiredProperties | undefined>();
  const below = (candidate: TypeModel, depth: number): RequiredProperties | undefined => {
    const name = elementReference(candidate);
    if (name === undefined || known.has(name)) return name === undefined ? undefined : known.get(name);
    known.set(name, undefined);
    if (depth > MAX_DEPTH) tooDeep();
    const found = depth > MAX_DEPTH ? undefined : ofSchema(schema(name), depth);
    known.set(name, found);
    return found;
  };
  const ofSchema = (found: SchemaModel | undefined, depth: number): RequiredProperties | undefined => {
    if (found === undefined) return undefined;
    if (found.shape.kind === "alias") return below(found.shape.type, depth + 1);
    const { properties } = found.shape;
    const required = properties.filter(
      (property) => !property.required && property.requiredBy.includes(id) && !(takesMedia && isBytes(property.type)),
    );
    const nested = new Map<string, RequiredProperties>();
    for (const property of properties) {
      const inside = below(property.type, depth + 1);
      if (inside !== undefined) nested.set(property.name, inside);
    }
    if (required.length === 0 && nested.size === 0) return undefined;
    return { required: required.map(({ name }) => name), nested };
  };
  return below(type, 0);
}

function isBytes(type: TypeModel): boolean {
  return type.kind === "string" && type.format === "byte";
}

/** The schema a type refers to, through lists and maps. */
function elementReference(type: TypeModel): string | undefined {
  if (type.kind === "reference") return type.name;
  if (type.kind === "array") return elementReference(type.items);
  return type.kind === "map" ? elementReference(type.values) : undefined;
}
