/**
 * Schemas of the document → named types.
 *
 * Schemas keep their ids as names. Anonymous objects at any depth are hoisted into types named after their place.
 */
import type { DiscoveryDocument, DiscoverySchema } from "../discovery/types.js";
import { MAX_DEPTH } from "../discovery/reader.js";
import { pointerTo, type Report } from "../diagnostics.js";
import { isReadOnly } from "./access.js";
import { enumOf, type EnumPolicy } from "./enums.js";
import { isTypeName, type NameScope, propertyTypeName, typeName } from "./names.js";
import type { EnumModel, PropertyModel, SchemaModel, ShapeModel, TypeModel } from "./types.js";

const FORMATS: ReadonlySet<string> = new Set([
  "byte",
  "date",
  "date-time",
  "double",
  "float",
  "google-datetime",
  "google-duration",
  "google-fieldmask",
  "google.protobuf.Any",
  "int32",
  "int64",
  "uint32",
  "uint64",
]);

/** Converts schemas to types, and collects the types that need a name. */
export class SchemaBuilder {
  /** Every named type so far. Each type precedes the types hoisted from it. */
  readonly schemas: SchemaModel[] = [];
  /** Type names, by schema id. */
  readonly nameOf: ReadonlyMap<string, string>;
  readonly #names: NameScope;
  readonly #policy: EnumPolicy;
  readonly #report: Report;
  readonly #discriminators: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

  constructor(document: DiscoveryDocument, names: NameScope, policy: EnumPolicy, report: Report) {
    this.#names = names;
    this.#policy = policy;
    this.#report = report;
    this.nameOf = namesOfIds(document, names, report);
    this.#discriminators = discriminatorsOf(document);
    reportAliasCycles(document, report);
    for (const [id, schema] of document.schemas) {
      const name = this.nameOf.get(id) ?? id;
      this.#define(name, name, id, schema);
    }
  }

  /**
   * Returns the type of a schema. An anonymous object becomes a named type: `wantedName`, or similar if that is in use.
   */
  typeOf(schema: DiscoverySchema, wantedName: string): TypeModel {
    if (schema.reference !== undefined) return this.#reference(schema.reference, schema.pointer);
    if (schema.variant !== undefined) return this.#union(schema);
    const kind = schema.type ?? impliedType(schema);
    switch (kind) {
      case "string":
        this.#checkFormat(schema);
        return { kind: "string", format: schema.format, enum: enumOf(schema, this.#policy, this.#report) };
      case "integer":
      case "number":
        this.#checkFormat(schema);
        return { kind: "number", integer: kind === "integer", format: schema.format };
      case "boolean":
        return { kind: "boolean" };
      case "array":
        return { kind: "array", items: this.#optionalType(schema.items, wantedName) };
      case "object":
        return this.#object(schema, wantedName);
      case "any":
        return { kind: "unknown" };
      default:
        this.#report("UNKNOWN_TYPE", schema.pointer, `unknown type ${JSON.stringify(kind)}`);
        return { kind: "unknown" };
    }
  }

  #optionalType(schema: DiscoverySchema | undefined, wantedName: string): TypeModel {
    return schema === undefined ? { kind: "unknown" } : this.typeOf(schema, wantedName);
  }

  #object(schema: DiscoverySchema, wantedName: string): TypeModel {
    if (schema.properties !== undefined && schema.properties.size > 0) {
      const name = this.#names.take(wantedName);
      this.#define(name, wantedName, undefined, schema);
      return { kind: "reference", name };
    }
    return { kind: "map", values: this.#optionalType(schema.additionalProperties, wantedName) };
  }

  #reference(id: string, pointer: string): TypeModel {
    const name = this.nameOf.get(id);
    if (name !== undefined) return { kind: "reference", name };
    this.#report("DANGLING_REFERENCE", pointerTo(pointer, "$ref"), `unknown schema ${JSON.stringify(id)}`);
    return { kind: "unknown" };
  }

  #union({ variant }: DiscoverySchema): TypeModel {
    const members = (variant?.map ?? []).map(({ reference, pointer }) => this.#reference(reference, pointer));
    return members.length === 0 ? { kind: "unknown" } : { kind: "union", members };
  }

  /** `stem` is the prefix for names of hoisted types. It differs from `name` if that was changed after a collision. */
  #define(name: string, stem: string, id: string | undefined, schema: DiscoverySchema): void {
    const index = this.schemas.length;
    const { pointer, description, deprecated } = schema;
    const shape = this.#shape(stem, id, schema);
    // `#shape` has added the types hoisted from this schema. They come after it.
    this.schemas.splice(index, 0, { name, id, pointer, inputOf: undefined, description, deprecated, shape });
  }

  #shape(stem: string, id: string | undefined, schema: DiscoverySchema): ShapeModel {
    const isObject =
      schema.properties !== undefined && schema.variant === undefined && (schema.type ?? "object") === "object";
    if (!isObject || schema.properties === undefined || isMap(schema)) {
      return { kind: "alias", type: this.typeOf(schema, `${stem}${schema.type === "array" ? "Item" : "Value"}`) };
    }
    const properties = Array.from(schema.properties, ([key, property]) => this.#property(stem, key, property));
    const discriminators = id === undefined ? undefined : this.#discriminators.get(id);
    for (const [key, values] of discriminators ?? []) discriminate(properties, key, values);
    // In TypeScript, an index signature must also accept the types of the named properties.
    const additional: TypeModel | undefined =
      schema.additionalProperties === undefined ? undefined : { kind: "unknown" };
    return { kind: "object", properties, additional };
  }

  #property(owner: string, name: string, schema: DiscoverySchema): PropertyModel {
    return {
      name,
      type: this.typeOf(schema, propertyTypeName(owner, name)),
      description: schema.description,
      deprecated: schema.deprecated,
      readOnly: isReadOnly(schema),
      required: false,
      default: schema.default,
      minimum: schema.minimum,
      maximum: schema.maximum,
      pattern: schema.pattern,
      requiredBy: schema.requiredBy,
    };
  }

  #checkFormat({ format, pointer }: DiscoverySchema): void {
    if (format !== undefined && !FORMATS.has(format)) {
      this.#report("UNKNOWN_FORMAT", pointerTo(pointer, "format"), `unknown format ${JSON.stringify(format)}`);
    }
  }
}

function impliedType(schema: DiscoverySchema): string {
  if (schema.properties !== undefined || schema.additionalProperties !== undefined) return "object";
  if (schema.items !== undefined) return "array";
  return schema.enum === undefined ? "any" : "string";
}

function isMap({ properties, additionalProperties }: DiscoverySchema): boolean {
  return additionalProperties !== undefined && (properties === undefined || properties.size === 0);
}

function namesOfIds(document: DiscoveryDocument, names: NameScope, report: Report): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  const folded = new Map<string, string>();
  // Valid ids reserve their names first, so that a changed name cannot take one of them.
  const ids = [...document.schemas.keys()];
  for (const id of ids.filter(isTypeName)) result.set(id, names.take(id));
  for (const id of ids.filter((candidate) => !isTypeName(candidate))) {
    const wanted = typeName(id);
    const name = names.take(isTypeName(wanted) ? wanted : `${wanted}_`);
    report("RENAMED", pointerTo("/schemas", id), `the type is named ${name} in code`);
    result.set(id, name);
  }
  for (const id of ids) {
    const other = folded.get(id.toLowerCase());
    folded.set(id.toLowerCase(), id);
    if (other === undefined) continue;
    // Compute Engine has two different schemas HTTPHealthCheck and HttpHealthCheck.
    const isAcronym = /^[A-Z]/.test(id) && /^[A-Z]/.test(other);
    const code = isAcronym ? "ACRONYM_SPELLED_TWO_WAYS" : "CASE_ONLY_DIFFERENCE";
    report(code, pointerTo("/schemas", id), `the id differs from ${JSON.stringify(other)} only in case`);
  }
  return result;
}

/** Returns, for every member of a union, its discriminator properties and their values. */
function discriminatorsOf(document: DiscoveryDocument): Map<string, Map<string, string[]>> {
  const result = new Map<string, Map<string, string[]>>();
  for (const { variant } of document.schemas.values()) {
    for (const { reference, value } of variant?.map ?? []) {
      const ofSchema = result.get(reference) ?? new Map<string, string[]>();
      const property = variant?.discriminant ?? "type";
      const values = ofSchema.get(property) ?? [];
      if (!values.includes(value)) values.push(value);
      result.set(reference, ofSchema.set(property, values));
    }
  }
  return result;
}

function discriminate(properties: PropertyModel[], name: string, values: readonly string[]): void {
  const model: EnumModel = {
    values: values.map((value) => ({ value, description: "", deprecated: false })),
    open: false,
    harvested: false,
  };
  const index = properties.findIndex((property) => property.name === name);
  const known = properties[index];
  const discriminator: PropertyModel = {
    ...(known ?? {
      name,
      description: "",
      deprecated: false,
      readOnly: false,
      default: undefined,
      minimum: undefined,
      maximum: undefined,
      pattern: undefined,
      requiredBy: [],
    }),
    type: { kind: "string", format: undefined, enum: model },
    required: true,
  };
  properties.splice(index === -1 ? 0 : index, index === -1 ? 0 : 1, discriminator);
}

/** Reports schemas that only consist of references and form a cycle, or a chain that is too long. */
function reportAliasCycles(document: DiscoveryDocument, report: Report): void {
  const targets = new Map<string, readonly string[]>();
  for (const [id, { reference, variant }] of document.schemas) {
    const named = reference === undefined ? variant?.map.map((member) => member.reference) : [reference];
    if (named !== undefined) targets.set(id, named);
  }
  // Repeatedly remove aliases without references to other aliases. Only cycles and aliases that lead to them remain.
  for (let depth = 0; ; depth += 1) {
    const resolvable = [...targets].filter(([, named]) => !named.some((target) => targets.has(target)));
    const [id] = resolvable[0] ?? [];
    if (id === undefined) break;
    if (depth > MAX_DEPTH)
      return report("TOO_DEEP", pointerTo("/schemas", id), `its type is behind more than ${MAX_DEPTH} references`);
    for (const [id] of resolvable) targets.delete(id);
  }
  const visited = new Set<string>();
  for (const start of targets.keys()) {
    const path = new Set<string>();
    let id: string | undefined = start;
    while (id !== undefined && !path.has(id) && !visited.has(id)) {
      path.add(id);
      id = targets.get(id)?.find((target) => targets.has(target));
    }
    for (const seen of path) visited.add(seen);
    if (id === undefined || !path.has(id)) continue;
    const cycle = [...path].slice([...path].indexOf(id));
    const shown = cycle.length > 6 ? [...cycle.slice(0, 5), "…"] : cycle;
    report(
      "REFERENCE_CYCLE",
      pointerTo("/schemas", id),
      `the schema only refers to itself: ${[...shown, id].join(" → ")}`,
    );
  }
}
