/**
 * Which resources of an API are collections that can be kept in memory, and what each of their methods does to them.
 *
 * Read out of paths and types, not out of names alone: `get` at `…/instances/{instance}` makes `…/instances` a
 * collection; a POST there that takes the same type inserts, a PUT to the item replaces it, and so on. Items that are
 * named by one variable (`v1/{+name}`) are found by its pattern. A method that does not fit gets no role.
 */
import type { MethodModel, PropertyModel, TypeModel } from "../../model/types.js";
import { type ApiIndex, type IndexedMethod, isStringProperty, propertiesOf, schemaName } from "../api-index.js";
import { canonicalPath } from "../routes.js";

export interface Collection {
  readonly api: ApiIndex;
  /** Names of its resource: `["instances"]`. */
  readonly resource: readonly string[];
  /** Path template from the host down: `/sql/v1beta3/projects/{project}/instances`, `/v1/projects/{}/topics`. */
  readonly template: string;
  /** What stands in front of the names of its items, where these are whole paths: `/v1/` for `/v1/{+name}`. */
  readonly namesAfter: string | undefined;
  readonly item: TypeModel;
  /** Name of the schema of its items. */
  readonly itemName: string;
  readonly properties: readonly PropertyModel[];
  /** Last variable of the item's path: `instance`. */
  readonly keyVariable: string | undefined;
  /** Property of the item that holds its key. */
  readonly keyProperty: string | undefined;
  /** Property of the item whose members are the variables of its path: BigQuery's `datasetReference`. */
  readonly reference: string | undefined;
  readonly roles: readonly RoleOf[];
  /** The API can bring deleted items back. */
  readonly isUndeletable: boolean;
}

export type Role = "delete" | "get" | "insert" | "list" | "patch" | "update";

export interface RoleOf {
  readonly role: Role;
  readonly entry: IndexedMethod;
  /** Property of the request that holds the item; absent where the request is the item. */
  readonly payload: string | undefined;
  /** The request is of a type of its own; what it has in common with the item is the item. */
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

/** `{instance}` is `instance` or `name`; `{fileId}` is `id`, beside which a `name` is only a title. */
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

/** Where the collection is: told by its `get`, or by its `list` where items cannot be read alone. */
function placeOf(methods: readonly IndexedMethod[], api: ApiIndex): Place | undefined {
  const get = methods.find(({ method }) => method.name === "get" && method.httpMethod === "GET");
  const list = methods.find(({ method }) => method.name === "list" && method.httpMethod === "GET");
  const item = get === undefined ? list && listedItems(list.method, api)?.type : answerType(get.method);
  const itemName = schemaName(item, api.schemas);
  if (item === undefined || itemName === undefined) return undefined;
  if (get === undefined) {
    const template = list && (isPlain(list.template) ? list.template : list.shape);
    if (template === undefined || !isPlain(template)) return undefined;
    return { item, itemName, template, keyVariable: undefined, namesAfter: undefined };
  }
  const [, namesAfter, name] = /^([^{}]*\/)\{\+([^{}]+)\}$/.exec(get.template) ?? [];
  // A name that may go on, `operations/.*`, counts as one segment: the mock gives no longer ones.
  const [, template, keyVariable = name] =
    /^(.*)\/\{(?:\+|([^{}]+))?\}$/.exec(name === undefined ? get.template : get.shape) ?? [];
  if (template === undefined || keyVariable === undefined || !isPlain(template)) return undefined;
  return { item, itemName, template, keyVariable, namesAfter };
}

/** Made of whole segments, fixed ones and `{x}`. */
function isPlain(template: string): boolean {
  return /^(\/([^{}/]+|\{[^{}+/*]*\}))+$/.test(template);
}

function roleOf(entry: IndexedMethod, place: Place, api: ApiIndex): RoleOf | undefined {
  const { method } = entry;
  const onItem = isAtItem(entry, place);
  const onCollection = entry.shape === shapeOf(place.template);
  const gives = schemaName(answerType(method), api.schemas) === place.itemName;
  const taken = takenBy(method, place, api);
  const makes = /^(create|insert)$/.test(method.name);
  const isPartial = taken === undefined && makes && gives && method.request?.kind === "json";
  const as = (role: Role): RoleOf => ({ role, entry, payload: taken?.payload, isPartial });
  switch (method.httpMethod) {
    case "GET":
      if (onItem && gives) return as("get");
      return onCollection && listedItems(method, api)?.name === place.itemName ? as("list") : undefined;
    case "POST":
      return onCollection && (taken !== undefined || isPartial) ? as("insert") : undefined;
    case "PUT":
      if (!onItem || (taken === undefined && !isPartial)) return undefined;
      return as(makes ? "insert" : "update");
    case "PATCH":
      return onItem && taken !== undefined ? as("patch") : undefined;
    case "DELETE":
      return onItem ? as("delete") : undefined;
    default:
      return undefined;
  }
}

/** Whether a method is called at the path of an item itself. */
export function isAtItem({ shape }: IndexedMethod, { keyVariable, template }: Place): boolean {
  return keyVariable !== undefined && shapeOf(shape) === shapeOf(`${template}/{}`);
}

/** Where a request holds the item: it is the item, or has one property of that type. */
function takenBy(
  { request }: MethodModel,
  { itemName }: Place,
  { schemas }: ApiIndex,
): { readonly payload: string | undefined } | undefined {
  if (request?.kind !== "json") return undefined;
  if (schemaName(request.type, schemas) === itemName) return { payload: undefined };
  const holders = propertiesOf(request.type, schemas).filter(({ type }) => schemaName(type, schemas) === itemName);
  return holders.length === 1 ? { payload: holders[0]?.name } : undefined;
}

/** The template without the names of its variables, which differ between methods here and there. */
export function shapeOf(template: string): string {
  return template.replaceAll(/\{[^{}]*\}/g, "{}");
}

/** The collection that holds the item that a collection is below of: `instances` for `instances/{instance}/operations`. */
export function parentOf(collection: Collection, all: readonly Collection[]): Collection | undefined {
  const above = shapeOf(collection.template.slice(0, collection.template.lastIndexOf("/")));
  return all.find(
    ({ api, template, keyVariable }) =>
      api === collection.api && keyVariable !== undefined && shapeOf(`${template}/{}`) === above,
  );
}

/** The collection that this canonical path names. */
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

export function answerType({ response }: MethodModel): TypeModel | undefined {
  return response === undefined || response.kind === "media" ? undefined : response.type;
}

/** The property that a list answers its items in, and their type. */
export function listedItems(
  method: MethodModel,
  { schemas }: ApiIndex,
): { readonly property: string; readonly type: TypeModel; readonly name: string } | undefined {
  const properties = propertiesOf(answerType(method), schemas);
  const arrays = properties.filter(({ type }) => type.kind === "array" && type.items.kind === "reference");
  const only = arrays.length === 1 ? arrays[0] : undefined;
  const found = properties.find(({ name }) => name === (method.paging?.items?.property ?? only?.name));
  if (found?.type.kind !== "array") return undefined;
  const name = schemaName(found.type.items, schemas);
  return name === undefined ? undefined : { property: found.name, type: found.type.items, name };
}
