/** Lookups that all parts of a module share: schemas, scopes, and the names of constants. */
import { capitalized, memberName, NameScope } from "../model/names.js";
import type { ApiModel, MethodModel, ResourceModel, SchemaModel } from "../model/types.js";
import { operationDescriptor } from "./descriptors.js";
import { type Data, Name } from "./literal.js";

export interface Context {
  readonly model: ApiModel;
  readonly schema: (name: string) => SchemaModel | undefined;
  /** Scope → its index in the API's list. */
  readonly scopes: ReadonlyMap<string, number>;
  /** The constant with the descriptors of a resource. */
  readonly table: (resource: ResourceModel) => string;
  /** A resource in code: `drive.files`. */
  readonly accessor: (resource: ResourceModel) => string;
  /** Descriptors of operations by the name of their constant. Methods that start the same kind of operation share one. */
  readonly operations: ReadonlyMap<string, Data>;
  /** The constant that describes the operation that a method starts. */
  readonly operation: (method: MethodModel) => Name | undefined;
}

export function contextOf(model: ApiModel): Context {
  const schemas = new Map(model.schemas.map((schema) => [schema.name, schema]));
  const tables = new Map<ResourceModel, string>();
  const constants = new NameScope();
  const operations = new Map<string, Data>();
  const operationOf = new Map<MethodModel, Name>();
  const known = new Map<string, string>();
  const accessors = new Map(accessorsOf(model.root, memberName(model.name)));
  for (const resource of allResources(model.root)) {
    const [first = "client", ...rest] = resource.path.map(memberName);
    tables.set(resource, constants.take(`${first}${rest.map(capitalized).join("")}Methods`));
    for (const method of resource.methods) {
      if (method.operation === undefined) continue;
      const data = operationDescriptor(method.operation);
      const text = JSON.stringify(data);
      const own = `${first}${[...rest, method.member].map(capitalized).join("")}Operation`;
      const name = known.get(text) ?? constants.take(own);
      known.set(text, name);
      operations.set(name, data);
      operationOf.set(method, new Name(name));
    }
  }
  return {
    operations,
    operation: (method) => operationOf.get(method),
    model,
    schema: (name) => schemas.get(name),
    scopes: new Map(model.scopes.map(({ scope }, index) => [scope, index])),
    accessor: (resource) => accessors.get(resource) ?? "",
    table: (resource) => tables.get(resource) ?? "",
  };
}

function accessorsOf(resource: ResourceModel, accessor: string): (readonly [ResourceModel, string])[] {
  return [
    [resource, accessor],
    ...resource.resources.flatMap((child) => accessorsOf(child, `${accessor}.${child.member}`)),
  ];
}

/** Returns a resource and all its descendants. */
export function allResources(resource: ResourceModel): readonly ResourceModel[] {
  return [resource, ...resource.resources.flatMap(allResources)];
}
