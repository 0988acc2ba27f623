/** Body properties that a method requires, from `annotations.required`, the only exact source in a document. */
import type { Report } from "../diagnostics.js";
import { closure, references, usersOf } from "./access.js";
import { componentsOf } from "./components.js";
import type { RequiredProperties, SchemaModel, ShapeModel, TypeModel } from "./types.js";

/** A method that requires properties. */
export interface RequiringMethod {
  readonly id: string;
  readonly pointer: string;
  /** The method takes media, which replaces properties of format `byte` (Gmail's `raw`): those are not required. */
  readonly takesMedia: boolean;
}

/** Returns the properties that a method requires in its body, or undefined if it requires none. */
export type Requirements = (method: RequiringMethod, body: TypeModel) => RequiredProperties | undefined;

/** Limits for types that compilers can check quickly: nesting depth, and number of types and properties in one body. */
const MAX_REQUIRED_DEPTH = 50;
const MAX_REQUIRED_SIZE = 1000;

/** Returns the function that finds the requirements of a method. */
export function requirementsOf(schemas: readonly SchemaModel[], report: Report): Requirements {
  const holders = holdersOf(schemas);
  if (holders.size === 0) return () => undefined;
  const byName = new Map(schemas.map((schema) => [schema.name, schema]));
  const users = usersOf(byName.keys(), (name) => referencesOf(byName.get(name)));
  return (method, body) => {
    const { id, pointer } = method;
    const holding = holders.get(id);
    if (holding === undefined) return undefined;
    // Skip types from which no requirement of this method can be reached.
    const leading = closure(holding, (name) => users.get(name));
    const schema = (name: string) => (leading.has(name) ? byName.get(name) : undefined);
    let isReported = false;
    return requiredBy(method, body, schema, () => {
      if (!isReported)
        report("REQUIREMENTS_TOO_LARGE", pointer, "the method requires properties in too many nested types");
      isReported = true;
    });
  };
}

/** Returns, for each method, the schemas that contain a property that it requires. */
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

/** Requirements of a type, and the size of the generated type. */
interface Sized {
  readonly requires: RequiredProperties;
  readonly depth: number;
  readonly size: number;
}

/**
 * Between types that refer to each other, only references away from the body are followed, which breaks cycles. Types
 * are visited from the innermost to the body, without recursion, so that long chains of references do not overflow the
 * stack.
 */
function requiredBy(
  { id, takesMedia }: RequiringMethod,
  type: TypeModel,
  schema: (name: string) => SchemaModel | undefined,
  tooLarge: () => void,
): RequiredProperties | undefined {
  const body = elementReference(type);
  if (body === undefined) return undefined;
  const next = (name: string) => elementReferences(schema(name)?.shape);
  const levels = levelsOf(body, next);
  const components = componentsOf(body, next);
  const rank = (name: string) => [components.get(name) ?? 0, levels.get(name) ?? 0] as const;
  const isAfter = ([c, l]: readonly [number, number], [component, level]: readonly [number, number]) =>
    c > component || (c === component && l > level);
  const found = new Map<string, Sized>();
  for (const name of [...levels.keys()].toSorted(
    (a, b) => Number(isAfter(rank(b), rank(a))) - Number(isAfter(rank(a), rank(b))),
  )) {
    const own = rank(name);
    const shape = schema(name)?.shape;
    const below = (used: TypeModel): Sized | undefined => {
      const inner = elementReference(used);
      return inner !== undefined && isAfter(rank(inner), own) ? found.get(inner) : undefined;
    };
    if (shape?.kind === "alias") {
      const inner = below(shape.type);
      if (inner !== undefined && inner.depth < MAX_REQUIRED_DEPTH)
        found.set(name, { ...inner, depth: inner.depth + 1 });
      else if (inner !== undefined) tooLarge();
      continue;
    }
    const properties = shape?.properties ?? [];
    const required = properties
      .filter((one) => !one.required && one.requiredBy.includes(id) && !(takesMedia && isBytes(one.type)))
      .map((one) => one.name);
    const nested = new Map<string, RequiredProperties>();
    let [depth, size] = [0, 1 + required.length];
    for (const property of properties) {
      const inner = below(property.type);
      if (inner === undefined) continue;
      if (inner.depth >= MAX_REQUIRED_DEPTH || size + inner.size > MAX_REQUIRED_SIZE) {
        tooLarge();
        continue;
      }
      nested.set(property.name, inner.requires);
      depth = Math.max(depth, inner.depth + 1);
      size += inner.size;
    }
    if (required.length > 0 || nested.size > 0) found.set(name, { requires: { required, nested }, depth, size });
  }
  return found.get(body)?.requires;
}

/** Returns every type reachable from the body, with its distance in references. */
function levelsOf(body: string, next: (name: string) => readonly string[]): ReadonlyMap<string, number> {
  const levels = new Map([[body, 0]]);
  // The iteration includes entries that are added to the map during the loop.
  for (const [name, level] of levels)
    for (const inner of next(name)) if (!levels.has(inner)) levels.set(inner, level + 1);
  return levels;
}

function elementReferences(shape: ShapeModel | undefined): readonly string[] {
  if (shape === undefined) return [];
  const types = shape.kind === "alias" ? [shape.type] : shape.properties.map(({ type }) => type);
  return types.flatMap((type) => elementReference(type) ?? []);
}

function isBytes(type: TypeModel): boolean {
  return type.kind === "string" && type.format === "byte";
}

/** Returns the schema that a type, or the element of its lists and maps, refers to. */
function elementReference(type: TypeModel): string | undefined {
  if (type.kind === "reference") return type.name;
  if (type.kind === "array") return elementReference(type.items);
  return type.kind === "map" ? elementReference(type.values) : undefined;
}
