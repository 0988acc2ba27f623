/**
 * Finds the resources of an API that are collections, and the role of each of their methods.
 *
 * Uses paths and types, not only names: `get` at `…/instances/{instance}` makes `…/instances` a collection. A POST there
 * with the same type inserts, a PUT to the item replaces it, and so on. If one variable names the item (`v1/{+name}`),
 * its pattern gives the path. A method that does not match has no role.
 */
import type { MethodModel, PropertyModel, TypeModel } from "../../model/types.js";
import { type ApiIndex, type IndexedMethod, isStringProperty, propertiesOf, schemaName } from "../api-index.js";
import { canonicalPath } from "../routes.js";

export interface Collection {
  readonly api: ApiIndex;
  /** Names of its resource: `["instances"]`. */
  readonly resource: readonly string[];
  /** Path template after the host: `/sql/v1beta3/projects/{project}/instances`, `/v1/projects/{}/topics`. */
  readonly template: string;
  /** Path before the item names, if these are complete paths: `/v1/` for `/v1/{+name}`. */
  readonly namesAfter: string | undefined;
  readonly item: TypeModel;
  /** Name of the schema of its items. */
  readonly itemName: string;
  readonly properties: readonly PropertyModel[];
  /** Last variable of the item's path: `instance`. */
  readonly keyVariable: string | undefined;
  /** Property of the item that contains its key. */
  readonly keyProperty: string | undefined;
  /** Property of the item whose members are the variables of its path: BigQuery's `datasetReference`. */
  readonly reference: string | undefined;
  readonly roles: readonly RoleOf[];
  /** True if the API can undelete items. */
  readonly isUndeletable: boolean;
}

export type Role = "delete" | "get" | "insert" | "list" | "patch" | "update";

export interface RoleOf {
  readonly role: Role;
  readonly entry: IndexedMethod;
  /** Property of the request that contains the item; absent if the request is the item. */
  readonly payload: string | undefined;
  /** The request has its own type. The properties that it shares with the item make up the item. */
  readonly isPartial: boolean;
}

export function collectionsOf(api: ApiIndex): readonly Collection[] {
  return api.resources.flatMap(({ path, methods }): Collection[] => {
    const place = placeOf(methods, api);
    if (place === undefined) return [];
    const properties = propertiesOf(place.item, api.schemas);
    const reference = referenceOf(place, properties, api);
    const keyProperty = keyNames(place).find((name) => isStringProperty(properties, name));
    const roles = methods.flatMap((entry) => roleOf(entry, place, api) ?? []);
    const isUndeletable = methods.some(({ method }) => method.name === "undelete" && method.httpMethod === "POST");
    return [{ ...place, api, resource: path, properties, reference, keyProperty, roles, isUndeletable }];
  });
}

/** Candidates for the key property. `{instance}`: `instance` or `name`. `{fileId}`: `id`, as `name` is only a title. */
function keyNames({ keyVariable: variable, namesAfter }: Place): readonly string[] {
  if (variable === undefined) return ["name", "id"];
  if (namesAfter !== undefined) return ["name", variable, "id"];
  return /(id|key)$/i.test(variable) ? [variable, "id", "name"] : [variable, "name", "id"];
}

function referenceOf(
  { keyVariable = "", namesAfter }: Place,
  properties: readonly PropertyModel[],
  { schemas }: ApiIndex,
): string | undefined {
  if (namesAfter !== undefined || isStringProperty(properties, keyVariable)) return undefined;
  return properties.find(
    ({ name, type }) => name.endsWith("Reference") && isStringProperty(propertiesOf(type, schemas), keyVariable),
  )?.name;
}

type Place = Pick<Collection, "item" | "itemName" | "keyVariable" | "namesAfter" | "template">;

/** Finds the path of the collection from its `get` method, or from `list` if it has no `get`. */
function placeOf(methods: readonly IndexedMethod[], api: ApiIndex): Place | undefined {
  const get = methods.find(({ method }) => method.name === "get" && method.httpMethod === "GET");
  const list = methods.find(({ method }) => method.name === "list" && method.httpMethod === "GET");
  const item = get === undefined ? list && listedItems(list.method, api)?.type : responseType(get.method);
  const itemName = schemaName(item, api.schemas);
  if (item === undefined || itemName === undefined) return undefined;
  if (get === undefined) {
    const template = list && (isPlain(list.template) ? list.template : list.shape);
    if (template === undefined || !isPlain(template)) return undefined;
    return { item, itemName, template, keyVariable: undefined, namesAfter: undefined };
  }
  const [, namesAfter, name] = /^([^{}]*\/)\{\+([^{}]+)\}$/.exec(get.template) ?? [];
  // A pattern such as `operations/.*` counts as one segment, because the mock never creates longer names.
  const [, template, keyVariable = name] =
    /^(.*)\/\{(?:\+|([^{}]+))?\}$/.exec(name === undefined ? get.template : get.shape) ?? [];
  if (template === undefined || keyVariable === undefined || !isPlain(template)) return undefined;
  return { item, itemName, template, keyVariable, namesAfter };
}

/** Returns true if each segment of the template is either literal or `{x}`. */
function isPlain(template: string): boolean {
  return /^(\/([^{}/]+|\{[^{}+/*]*\}))+$/.test(template);
}

function roleOf(entry: IndexedMethod, place: Place, api: ApiIndex): RoleOf | undefined {
  const { method } = entry;
  const onItem = isAtItem(entry, place);
  const onCollection = entry.shape === shapeOf(place.template);
  const returnsItem = schemaName(responseType(method), api.schemas) === place.itemName;
  const accepted = acceptedBy(method, place, api);
  const inserts = /^(create|insert)$/.test(method.name);
  const isPartial = accepted === undefined && inserts && returnsItem && method.request?.kind === "json";
  const as = (role: Role): RoleOf => ({ role, entry, payload: accepted?.payload, isPartial });
  switch (method.httpMethod) {
    case "GET":
      if (onItem && returnsItem) return as("get");
      return onCollection && listedItems(method, api)?.name === place.itemName ? as("list") : undefined;
    case "POST":
      return onCollection && (accepted !== undefined || isPartial) ? as("insert") : undefined;
    case "PUT":
      if (!onItem || (accepted === undefined && !isPartial)) return undefined;
      return as(inserts ? "insert" : "update");
    case "PATCH":
      return onItem && accepted !== undefined ? as("patch") : undefined;
    case "DELETE":
      return onItem ? as("delete") : undefined;
    default:
      return undefined;
  }
}

/** Returns true if the path of a method is the path of an item. */
export function isAtItem({ shape }: IndexedMethod, { keyVariable, template }: Place): boolean {
  return keyVariable !== undefined && shapeOf(shape) === shapeOf(`${template}/{}`);
}

/** Finds the item in the request type: the request itself, or its only property of that type. */
function acceptedBy(
  { request }: MethodModel,
  { itemName }: Place,
  { schemas }: ApiIndex,
): { readonly payload: string | undefined } | undefined {
  if (request?.kind !== "json") return undefined;
  if (schemaName(request.type, schemas) === itemName) return { payload: undefined };
  const holders = propertiesOf(request.type, schemas).filter(({ type }) => schemaName(type, schemas) === itemName);
  return holders.length === 1 ? { payload: holders[0]?.name } : undefined;
}

/** Returns the template without variable names, which can differ between methods of one collection. */
export function shapeOf(template: string): string {
  return template.replaceAll(/\{[^{}]*\}/g, "{}");
}

/** Returns the parent collection: `instances` for `instances/{instance}/operations`. */
export function parentOf(collection: Collection, all: readonly Collection[]): Collection | undefined {
  const above = shapeOf(collection.template.slice(0, collection.template.lastIndexOf("/")));
  return all.find(
    ({ api, template, keyVariable }) =>
      api === collection.api && keyVariable !== undefined && shapeOf(`${template}/{}`) === above,
  );
}

/** Returns the collection at a canonical path. */
export function collectionAt(path: string, all: readonly Collection[]): Collection | undefined {
  const segments = path.split("/");
  return all.find(({ template }) => {
    const wanted = template.split("/");
    return (
      wanted.length === segments.length &&
      wanted.every((text, index) => text.startsWith("{") || canonicalPath(text) === segments[index])
    );
  });
}

export function responseType({ response }: MethodModel): TypeModel | undefined {
  return response === undefined || response.kind === "media" ? undefined : response.type;
}

/** Returns the property of a list response that contains the items, and their type. */
export function listedItems(
  method: MethodModel,
  { schemas }: ApiIndex,
): { readonly property: string; readonly type: TypeModel; readonly name: string } | undefined {
  const properties = propertiesOf(responseType(method), schemas);
  const arrays = properties.filter(({ type }) => type.kind === "array" && type.items.kind === "reference");
  const only = arrays.length === 1 ? arrays[0] : undefined;
  const found = properties.find(({ name }) => name === (method.paging?.items?.property ?? only?.name));
  if (found?.type.kind !== "array") return undefined;
  const name = schemaName(found.type.items, schemas);
  return name === undefined ? undefined : { property: found.name, type: found.type.items, name };
}
