/** Counts features of a model: lists with pages, operations with `wait()`, and input types. */
import type { ApiModel, MethodModel, ResourceModel, SchemaModel } from "@discogen/generator";

export interface Facts {
  /** Methods named `list…`. */
  readonly lists: readonly Finding[];
  /** Methods that start a long-running operation. */
  readonly starters: readonly Finding[];
  /** The number of separate input types. */
  readonly inputs: number;
  /** The number of read-only properties that input types leave out. */
  readonly dropped: number;
}

export interface Finding {
  readonly id: string;
  /** The list has pages, or the operation has `wait()`. */
  readonly isServed: boolean;
}

export function factsOf({ root, schemas }: ApiModel): Facts {
  const byName = new Map(schemas.map((schema) => [schema.name, schema]));
  const all = methodsIn(root);
  const twins = schemas.flatMap((twin) => {
    const original = twin.inputOf === undefined ? undefined : byName.get(twin.inputOf);
    return original === undefined ? [] : [propertyNames(original).length - propertyNames(twin).length];
  });
  return {
    lists: all
      .filter(({ method }) => method.name.startsWith("list"))
      .map(({ method }) => ({ id: method.id, isServed: method.paging !== undefined })),
    starters: all
      .filter((found) => isStarter(found, byName))
      .map(({ method }) => ({ id: method.id, isServed: method.operation !== undefined })),
    inputs: twins.length,
    dropped: twins.reduce((sum, count) => sum + count, 0),
  };
}

interface Found {
  readonly method: MethodModel;
  /** The collection that contains the method. */
  readonly collection: string;
}

function methodsIn({ path, methods, resources }: ResourceModel): readonly Found[] {
  return [...methods.map((method) => ({ method, collection: path.at(-1) ?? "" })), ...resources.flatMap(methodsIn)];
}

/** Recognizes operations only by the response. The generator also requires a method to poll with. */
function isStarter({ method, collection }: Found, byName: ReadonlyMap<string, SchemaModel>): boolean {
  if (method.httpMethod === "GET" || /operations$/i.test(collection)) return false;
  const type = method.response?.kind === "json" ? method.response.type : undefined;
  const schema = type?.kind === "reference" ? byName.get(type.name) : undefined;
  return schema !== undefined && isOperation(schema);
}

function isOperation(schema: SchemaModel): boolean {
  const names = propertyNames(schema);
  const has = (...wanted: readonly string[]) => wanted.every((name) => names.includes(name));
  return (
    // google.longrunning (AIP-151).
    (has("name", "done", "error") && (has("response") || has("metadata"))) ||
    // Cloud SQL, GKE, Compute Engine.
    (has("operationType") && (has("status") || has("state"))) ||
    // Cloud DNS.
    (schema.name.endsWith("Operation") && has("status")) ||
    // BigQuery.
    has("jobReference", "status") ||
    // The old Cloud SQL API returns only the name of the operation.
    (has("operation") && names.every((name) => name === "operation" || name === "kind"))
  );
}

function propertyNames({ shape }: SchemaModel): readonly string[] {
  return shape.kind === "object" ? shape.properties.map(({ name }) => name) : [];
}
