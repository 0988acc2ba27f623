/** Which fields of a body belong in an update mask, and how they are spelled (AIP-134, AIP-161). */
import { closure, usersOf } from "./access.js";
import type { MaskedTypeModel, MethodModel, ResourceModel, SchemaModel, TypeModel, UpdateMasksModel } from "./types.js";

/** Returns the data for update masks of every method that takes a mask, and of every other PATCH method. */
export function updateMasksOf(root: ResourceModel, schemas: readonly SchemaModel[]): UpdateMasksModel {
  const byName = new Map(schemas.map((schema) => [schema.name, schema]));
  const lookUp = (name: string) => byName.get(name);
  const found = new Map<string, MaskedTypeModel>();
  const typeOf = (name: string): MaskedTypeModel => {
    const type = found.get(name) ?? maskedType(lookUp(name), lookUp);
    found.set(name, type);
    return type;
  };
  const next = (name: string) => [...typeOf(name).types.values()];

  const masked = methodsWithPath(root, []).flatMap(({ method, path }) => {
    if (method.request?.kind !== "json" || (method.updateMask === undefined && method.httpMethod !== "PATCH"))
      return [];
    const holder = holderOf(method.request.type, lookUp);
    return hasOwnMask(holder) ? [] : [{ method, path, name: typeof holder === "object" ? holder.name : undefined }];
  });
  const reached = closure(
    masked.flatMap(({ name }) => name ?? []),
    next,
  );
  const users = usersOf(reached, next);
  const special = [...reached].filter((name) => typeOf(name).maps.length + typeOf(name).readOnly.length > 0);
  const kept = closure(special, (name) => users.get(name));
  return {
    methods: masked.map(({ method, path, name }) => {
      const names = name === undefined ? [] : [...closure([name], next)].flatMap((one) => propertyNames(lookUp(one)));
      const type = name !== undefined && kept.has(name) ? name : undefined;
      return { method, path, type, snake: usesSnakeCase(method, names) };
    }),
    types: new Map(
      schemas
        .filter(({ name }) => kept.has(name))
        .map(({ name }) => {
          const { types, ...fields } = typeOf(name);
          return [name, { ...fields, types: new Map([...types].filter(([, target]) => kept.has(target))) }];
        }),
    ),
  };
}

function methodsWithPath(
  { methods, resources }: ResourceModel,
  above: readonly string[],
): readonly { readonly method: MethodModel; readonly path: readonly string[] }[] {
  return [
    ...methods.map((method) => ({ method, path: [...above, method.member] })),
    ...resources.flatMap((resource) => methodsWithPath(resource, [...above, resource.member])),
  ];
}

/** Returns the object type of a value, `opaque` if a mask cannot name fields inside the value, or undefined. */
function holderOf(
  type: TypeModel,
  lookUp: (name: string) => SchemaModel | undefined,
): SchemaModel | "opaque" | undefined {
  if (type.kind === "map" || type.kind === "unknown" || type.kind === "union") return "opaque";
  if (type.kind !== "reference") return undefined;
  const schema = lookUp(type.name);
  if (schema === undefined) return "opaque";
  if (schema.shape.kind === "alias") return holderOf(schema.shape.type, lookUp);
  // For an input twin, use the original type, which also has the read-only properties.
  return schema.inputOf === undefined ? schema : lookUp(schema.inputOf);
}

function maskedType(
  schema: SchemaModel | undefined,
  lookUp: (name: string) => SchemaModel | undefined,
): MaskedTypeModel {
  const properties = schema?.shape.kind === "object" ? schema.shape.properties : [];
  const writable = properties
    .filter(({ readOnly }) => !readOnly)
    .map(({ name, type }) => ({ name, holder: holderOf(type, lookUp) }));
  return {
    readOnly: properties.filter(({ readOnly }) => readOnly).map(({ name }) => name),
    maps: writable.filter(({ holder }) => holder === "opaque").map(({ name }) => name),
    types: new Map(writable.flatMap(({ name, holder }) => (typeof holder === "object" ? [[name, holder.name]] : []))),
  };
}

/**
 * Returns whether the body has its own field mask. Such a mask applies to the resource in another field of the body.
 */
function hasOwnMask(holder: SchemaModel | "opaque" | undefined): boolean {
  if (typeof holder !== "object" || holder.shape.kind !== "object") return false;
  return holder.shape.properties.some(({ type }) => type.kind === "string" && type.format === "google-fieldmask");
}

function propertyNames(schema: SchemaModel | undefined): readonly string[] {
  return schema?.shape.kind === "object" ? schema.shape.properties.map(({ name }) => name) : [];
}

/** Returns whether the description of the mask requires snake case, or spells all fields of the body that way. */
function usesSnakeCase({ parameters }: MethodModel, names: readonly string[]): boolean {
  const description = parameters.find(({ name }) => name === "updateMask")?.description ?? "";
  const stated = /\b(?:(snake)|camel)[ _-]?case\b/i.exec(description);
  if (stated !== null) return stated[1] !== undefined;
  const words = new Set(description.match(/\w+/g));
  const composed = names.filter((name) => /[a-z\d][A-Z]/.test(name));
  const snake = composed.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  return snake.some((name) => words.has(name)) && !composed.some((name) => words.has(name));
}
