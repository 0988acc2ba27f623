/** What the parts of a module look up in common: schemas, scopes, and the names of its constants. */
import { capitalized, memberName, NameScope } from "../model/names.js";
import type { ApiModel, MethodModel, ResourceModel, SchemaModel } from "../model/types.js";
import { operationDescriptor } from "./descriptors.js";
import { type Data, Name } from "./literal.js";

/** What every part of the module looks up. */
export interface Context {
  readonly model: ApiModel;
  readonly schema: (name: string) => SchemaModel | undefined;
  /** Scope to its place in the API's list. */
  readonly scopes: ReadonlyMap<string, number>;
  /** Name of the constant that holds a resource's descriptors. */
  readonly table: (resource: ResourceModel) => string;
  /** How an example reaches a resource: `drive.files`. */
  readonly accessor: (resource: ResourceModel) => string;
  /** Constants that describe operations, by name; methods that start the same kind of operation share one. */
  readonly operations: ReadonlyMap<string, Data>;
  /** Name of the constant that describes the operation a method starts. */
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

/** A resource and all below it. */
export function allResources(resource: ResourceModel): readonly ResourceModel[] {
  return [resource, ...resource.resources.flatMap(allResources)];
}
