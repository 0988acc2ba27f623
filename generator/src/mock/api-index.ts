/** One ApiModel with what the mock looks up in it: schemas by name, and methods with their whole paths. */
import { patternParts } from "../model/paths.js";
import type {
  ApiModel,
  MethodModel,
  PropertyModel,
  ResourceModel,
  SchemaModel,
  ShapeModel,
  TypeModel,
} from "../model/types.js";

export interface ApiIndex {
  readonly model: ApiModel;
  readonly schemas: Schemas;
  /** Every resource of the tree, the top of it first. */
  readonly resources: readonly IndexedResource[];
}

export type Schemas = ReadonlyMap<string, SchemaModel>;

export interface IndexedResource {
  /** Names from the top of the document down. */
  readonly path: readonly string[];
  readonly methods: readonly IndexedMethod[];
}

export interface IndexedMethod {
  readonly api: ApiIndex;
  readonly method: MethodModel;
  /** Path template from the host down: `/sql/v1beta3/projects/{project}/instances`. */
  readonly template: string;
  /** The template with patterns in place of `{+name}`, and without names: `/v1/projects/{}/topics/{}`. */
  readonly shape: string;
}

export function indexApi(model: ApiModel): ApiIndex {
  const root = new URL(model.rootUrl).pathname;
  const resources: IndexedResource[] = [];
  const api: ApiIndex = { model, schemas: withInlineStrings(model.schemas), resources };
  const add = ({ path, methods, resources: children }: ResourceModel): void => {
    const indexed = methods.map((method) => {
      const template = templateOf(root, model, method);
      return { api, method, template, shape: shapeOf(template, method) };
    });
    resources.push({ path, methods: indexed });
    for (const child of children) add(child);
  };
  add(model.root);
  return api;
}

function templateOf(root: string, { servicePath }: ApiModel, { path, parameters }: MethodModel): string {
  // `{+datasetId}` of a single segment is an ordinary variable (BigQuery).
  const plain = path.replaceAll(/\{\+([^{}*]+)\}/g, (whole, variable: string) => {
    const pattern = parameters.find(({ name }) => name === variable)?.pattern;
    return pattern === "^[^/]+$" ? `{${variable}}` : whole;
  });
  return plain.startsWith("/") ? root + plain.slice(1) : root + servicePath + plain;
}

function shapeOf(template: string, { parameters }: MethodModel): string {
  return template.replaceAll(/\{([+/]?)([^{}*]+)\*?\}/g, (_whole, operator: string, variable: string) => {
    if (operator !== "+") return `{${operator}}`;
    const pattern = parameters.find(({ name }) => name === variable)?.pattern;
    const parts = pattern === undefined ? undefined : patternParts(pattern);
    const texts = parts?.map((part) => (typeof part !== "string" ? part.literal : part === "segment" ? "{}" : "{+}"));
    return texts?.join("") ?? "{+}";
  });
}

/** The schemas by name; properties that refer to a string or enum by its name hold its type, which rules here read. */
function withInlineStrings(list: readonly SchemaModel[]): Schemas {
  const schemas = new Map(list.map((schema) => [schema.name, schema]));
  const inlined = list.map((schema): readonly [string, SchemaModel] => {
    const { name, shape } = schema;
    if (shape.kind !== "object") return [name, schema];
    const properties = shape.properties.map((property) => {
      const type = property.type.kind === "reference" ? resolved(property.type, schemas) : undefined;
      return type?.kind === "string" ? { ...property, type } : property;
    });
    return [name, { ...schema, shape: { ...shape, properties } }];
  });
  return new Map(inlined);
}

/** A type that is no reference, or the object that a reference leads to. */
export type ResolvedType =
  | Exclude<TypeModel, { readonly kind: "reference" }>
  | Extract<ShapeModel, { readonly kind: "object" }>;

/** Follows references to their end; an input twin counts as the type it is the twin of. */
export function resolved(type: TypeModel, schemas: Schemas): ResolvedType {
  if (type.kind !== "reference") return type;
  const schema = schemas.get(type.name);
  const shape = (schemas.get(schema?.inputOf ?? "") ?? schema)?.shape;
  if (shape === undefined) return { kind: "unknown" };
  return shape.kind === "object" ? shape : resolved(shape.type, schemas);
}

/** Name of the schema that a type refers to; an input twin counts as the type it is the twin of. */
export function schemaName(type: TypeModel | undefined, schemas: Schemas): string | undefined {
  if (type?.kind !== "reference") return undefined;
  const schema = schemas.get(type.name);
  if (schema === undefined) return undefined;
  const { shape } = schema;
  return shape.kind === "alias" ? schemaName(shape.type, schemas) : (schema.inputOf ?? schema.name);
}

/** Properties of the object that a type refers to; none for anything else. */
export function propertiesOf(type: TypeModel | undefined, schemas: Schemas): readonly PropertyModel[] {
  const shape = schemas.get(schemaName(type, schemas) ?? "")?.shape;
  return shape?.kind === "object" ? shape.properties : [];
}

export function isStringProperty(properties: readonly PropertyModel[], name: string): boolean {
  return properties.some((property) => property.name === name && property.type.kind === "string");
}
