/**
 * Which resources of an API are collections that can be kept in memory, and what each of their methods does to them.
 *
 * Read out of paths and types, not out of names alone: `get` at `…/instances/{instance}` makes `…/instances` a
 * collection; a POST there that takes the same type inserts, a PUT to the item replaces it, and so on. A method that
 * does not fit gets no role, and is answered with a 501 rather than with a guess.
 *
 * Not read yet: collections whose items are named by one variable over several segments (`v1/{+name}`).
 */
import type { MethodModel, PropertyModel, TypeModel } from "../model/types.js";
import { type ApiIndex, type IndexedMethod, isStringProperty, propertiesOf, schemaName } from "./api-index.js";

export interface Collection {
  readonly api: ApiIndex;
  /** Names of its resource: `["instances"]`. */
  readonly resource: readonly string[];
  /** Path template from the host down: `/sql/v1beta3/projects/{project}/instances`. */
  readonly template: string;
  readonly item: TypeModel;
  /** Name of the schema of its items. */
  readonly itemName: string;
  readonly properties: readonly PropertyModel[];
  /** Last variable of the item's path: `instance`. */
  readonly keyVariable: string | undefined;
  /** Property of the item that holds its key. */
  readonly keyProperty: string | undefined;
  readonly roles: readonly RoleOf[];
}

export type Role = "delete" | "get" | "insert" | "list" | "patch" | "update";

export interface RoleOf {
  readonly role: Role;
  readonly entry: IndexedMethod;
}

export function collectionsOf(api: ApiIndex): readonly Collection[] {
  return api.resources.flatMap(({ path, methods }): Collection[] => {
    const place = placeOf(methods, api);
    if (place === undefined) return [];
    const properties = propertiesOf(place.item, api.schemas);
    const keyProperty = keyNames(place.keyVariable).find((name) => isStringProperty(properties, name));
    const roles = methods.flatMap((entry): RoleOf[] => {
      const role = roleOf(entry, place, api);
      return role === undefined ? [] : [{ role, entry }];
    });
    return [{ ...place, api, resource: path, properties, keyProperty, roles }];
  });
}

/** `{instance}` is `instance` or `name`; `{fileId}` is `id`, beside which a `name` is only a title. */
function keyNames(variable: string | undefined): readonly string[] {
  if (variable === undefined) return ["name", "id"];
  return /id$/i.test(variable) ? [variable, "id", "name"] : [variable, "name", "id"];
}

type Place = Pick<Collection, "item" | "itemName" | "keyVariable" | "template">;

/** Where the collection is: told by its `get`, or by its `list` where items cannot be read alone. */
function placeOf(methods: readonly IndexedMethod[], api: ApiIndex): Place | undefined {
  const get = methods.find(({ method }) => method.name === "get" && method.httpMethod === "GET");
  const list = methods.find(({ method }) => method.name === "list" && method.httpMethod === "GET");
  const item = get === undefined ? list && listedItems(list.method, api)?.type : answerType(get.method);
  const itemName = schemaName(item, api.schemas);
  if (item === undefined || itemName === undefined) return undefined;
  if (get === undefined)
    return list && isPlain(list.template)
      ? { item, itemName, template: list.template, keyVariable: undefined }
      : undefined;
  const [, template, keyVariable] = /^(.*)\/\{([^{}]+)\}$/.exec(get.template) ?? [];
  if (template === undefined || !isPlain(template)) return undefined;
  return { item, itemName, template, keyVariable };
}

/** Made of whole segments, fixed ones and `{x}`. */
function isPlain(template: string): boolean {
  return /^(\/([^{}/]+|\{[^{}+/*]+\}))+$/.test(template);
}

function roleOf({ method, template }: IndexedMethod, place: Place, api: ApiIndex): Role | undefined {
  const onItem = place.keyVariable !== undefined && shapeOf(template) === shapeOf(`${place.template}/{}`);
  const onCollection = shapeOf(template) === shapeOf(place.template);
  const gives = schemaName(answerType(method), api.schemas) === place.itemName;
  const takes = method.request?.kind === "json" && schemaName(method.request.type, api.schemas) === place.itemName;
  switch (method.httpMethod) {
    case "GET":
      if (onItem && gives) return "get";
      return onCollection && listedItems(method, api)?.name === place.itemName ? "list" : undefined;
    case "POST":
      return onCollection && takes ? "insert" : undefined;
    case "PUT":
      return onItem && takes ? "update" : undefined;
    case "PATCH":
      return onItem && takes ? "patch" : undefined;
    case "DELETE":
      return onItem ? "delete" : undefined;
    default:
      return undefined;
  }
}

/** The template without the names of its variables, which differ between methods here and there. */
function shapeOf(template: string): string {
  return template.replaceAll(/\{[^{}]*\}/g, "{}");
}

/** The collection that holds the item that a collection is below of: `instances` for `instances/{instance}/operations`. */
export function parentOf(collection: Collection, all: readonly Collection[]): Collection | undefined {
  const above = shapeOf(collection.template.slice(0, collection.template.lastIndexOf("/")));
  return all.find(({ template, keyVariable }) => keyVariable !== undefined && shapeOf(`${template}/{}`) === above);
}

/** The collection that this canonical path names. */
export function collectionAt(path: string, all: readonly Collection[]): Collection | undefined {
  const segments = path.split("/");
  return all.find(({ template }) => {
    const wanted = template.split("/");
    return (
      wanted.length === segments.length &&
      wanted.every((text, index) => text.startsWith("{") || text === segments[index])
    );
  });
}

export function answerType({ response }: MethodModel): TypeModel | undefined {
  return response?.kind === "json" ? response.type : undefined;
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
