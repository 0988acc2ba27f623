/** Indexes an ApiModel for lookups: schemas by name, and methods with their complete paths. */
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
  /** Every resource of the tree, parents first. */
  readonly resources: readonly IndexedResource[];
}

export type Schemas = ReadonlyMap<string, SchemaModel>;

export interface IndexedResource {
  /** Resource names, outermost first. */
  readonly path: readonly string[];
  readonly methods: readonly IndexedMethod[];
}

export interface IndexedMethod {
  readonly api: ApiIndex;
  readonly method: MethodModel;
  /** Path template after the host: `/sql/v1beta3/projects/{project}/instances`. */
  readonly template: string;
  /** The template with each `{+name}` replaced by its pattern, and without variable names: `/v1/projects/{}/topics/{}`. */
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
  // BigQuery writes `{+datasetId}` for a variable of one segment.
  const plain = path.replaceAll(/\{\+([^{}*]+)\}/g, (placeholder, variable: string) => {
    const pattern = parameters.find(({ name }) => name === variable)?.pattern;
    return pattern === "^[^/]+$" ? `{${variable}}` : placeholder;
  });
  return plain.startsWith("/") ? root + plain.slice(1) : root + servicePath + plain;
}

function shapeOf(template: string, { parameters }: MethodModel): string {
  return template.replaceAll(/\{([+/]?)([^{}*]+)\*?\}/g, (_match, operator: string, variable: string) => {
    if (operator !== "+") return `{${operator}}`;
    const pattern = parameters.find(({ name }) => name === variable)?.pattern;
    const parts = pattern === undefined ? undefined : patternParts(pattern);
    const texts = parts?.map((part) => (typeof part !== "string" ? part.literal : part === "segment" ? "{}" : "{+}"));
    return texts?.join("") ?? "{+}";
  });
}

/** Returns the schemas by name. A property that refers to a named string or enum gets that type inline. */
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

/** A type that is not a reference, or the object that a reference resolves to. */
export type ResolvedType =
  | Exclude<TypeModel, { readonly kind: "reference" }>
  | Extract<ShapeModel, { readonly kind: "object" }>;

/** Follows references to their end. An `XInput` type resolves to the type that it was made from. */
export function resolved(type: TypeModel, schemas: Schemas): ResolvedType {
  if (type.kind !== "reference") return type;
  const schema = schemas.get(type.name);
  const shape = (schemas.get(schema?.inputOf ?? "") ?? schema)?.shape;
  if (shape === undefined) return { kind: "unknown" };
  return shape.kind === "object" ? shape : resolved(shape.type, schemas);
}

/** Returns the name of the schema that a type refers to. For an `XInput` type, the type that it was made from. */
export function schemaName(type: TypeModel | undefined, schemas: Schemas): string | undefined {
  if (type?.kind !== "reference") return undefined;
  const schema = schemas.get(type.name);
  if (schema === undefined) return undefined;
  const { shape } = schema;
  return shape.kind === "alias" ? schemaName(shape.type, schemas) : (schema.inputOf ?? schema.name);
}

/** Returns the properties of the object that a type refers to; an empty array for any other type. */
export function propertiesOf(type: TypeModel | undefined, schemas: Schemas): readonly PropertyModel[] {
  const shape = schemas.get(schemaName(type, schemas) ?? "")?.shape;
  return shape?.kind === "object" ? shape.properties : [];
}

export function isStringProperty(properties: readonly PropertyModel[], name: string): boolean {
  return properties.some((property) => property.name === name && property.type.kind === "string");
}
