/** The role of each method in a collection, from its path and types. */
import type { MethodModel, PropertyModel, TypeModel } from "../../model/types.js";
import { type ApiIndex, type IndexedMethod, propertiesOf, schemaName, type Schemas } from "../api-index.js";
import { isAtItem, keyPropertyOf, type Place, referenceOf } from "./places.js";
import { type Listed, listedItems, responseType, shapeOf } from "./shapes.js";

export type Role = "delete" | "get" | "insert" | "list" | "patch" | "update";

export interface RoleOf {
  readonly role: Role;
  readonly entry: IndexedMethod;
  /** Property of the request that contains the item; absent if the request is the item. */
  readonly payload: string | undefined;
  /** The request has its own type. The properties that it shares with the item make up the item. */
  readonly isPartial: boolean;
  /** Path of the item in the response; empty if the response is the item, or does not contain it. */
  readonly returned: readonly string[];
  /** Query parameter that names the item, if the path is that of the collection. */
  readonly keyParameter: string | undefined;
}

const UPSERT =
  /\b(?:creates? or updates?|updates? or (?:creates?|inserts?)|inserts? or updates?|upsert|non-existing items will be created)\b/i;

/** Returns true for a change that creates a missing item, always or with `allowMissing` (AIP-134). */
export function isUpsert({ role, entry: { method } }: RoleOf, query: URLSearchParams): boolean {
  if (role !== "patch" && role !== "update") return false;
  const hasOption = method.parameters.some(({ name }) => name === "allowMissing");
  return hasOption ? query.get("allowMissing") === "true" : UPSERT.test(method.description);
}

/** Returns true for a method by which items of a collection come into being. */
export function canMake(role: RoleOf): boolean {
  return role.role === "insert" || isUpsert(role, new URLSearchParams("allowMissing=true"));
}

/** Returns the role of a method; `undefined` for a method that is not a standard method of the collection. */
export function roleOf(entry: IndexedMethod, place: Place, api: ApiIndex): RoleOf | undefined {
  const { method } = entry;
  const onItem = isAtItem(entry, place);
  const onCollection = shapeOf(entry.shape) === shapeOf(place.template);
  const returnsItem = schemaName(responseType(method), api.schemas) === place.itemName;
  const accepted = acceptedBy(method, place, api);
  const inserts = /^(create|insert)$/.test(method.name);
  const returned =
    returnsItem || !inserts ? [] : (returnedPath(responseType(method), place.itemName, api.schemas) ?? []);
  const isPartial =
    accepted === undefined && inserts && (returnsItem || returned.length > 0) && sharesProperties(method, place, api);
  const keyParameter = onCollection && !onItem ? keyParameterOf(method, place, api) : undefined;
  const as = (role: Role): RoleOf => ({ role, entry, payload: accepted?.payload, isPartial, returned, keyParameter });
  switch (method.httpMethod) {
    case "GET": {
      if (onItem && returnsItem) return as("get");
      const listed = onCollection ? listedItems(method, api) : undefined;
      const isList = listed?.name === place.itemName || (method.name === "list" && isSummary(listed, place, api));
      return isList ? as("list") : undefined;
    }
    case "POST":
      return onCollection && (accepted !== undefined || isPartial) ? as("insert") : undefined;
    case "PUT":
    case "PATCH": {
      const isChange = onItem || keyParameter !== undefined || (onCollection && isNamedInside(place, api));
      if (!isChange || (accepted === undefined && !(isPartial && method.httpMethod === "PUT"))) return undefined;
      return as(method.httpMethod === "PATCH" ? "patch" : inserts ? "insert" : "update");
    }
    case "DELETE":
      return onItem || keyParameter !== undefined ? as("delete") : undefined;
    default:
      return undefined;
  }
}

/** Returns true if the items of a list name the items of the collection, in a type of their own (BigQuery). */
function isSummary(listed: Listed | undefined, place: Place, api: ApiIndex): boolean {
  if (listed === undefined || listed.name === undefined) return listed !== undefined;
  const properties = propertiesOf(place.item, api.schemas);
  const key = referenceOf(place, properties, api) ?? keyPropertyOf(place, properties);
  return key !== undefined && propertiesOf(listed.type, api.schemas).some(({ name }) => name === key);
}

/** Returns the query parameter by which a change at the path of the collection names its item. */
function keyParameterOf({ parameters }: MethodModel, place: Place, api: ApiIndex): string | undefined {
  if (place.keyVariable === undefined || place.keyVariables.length > 1) return undefined;
  const property = keyPropertyOf(place, propertiesOf(place.item, api.schemas));
  const inQuery = parameters.filter(({ location, repeated }) => location === "query" && !repeated);
  return [place.keyVariable, property, "id"].find((name) => inQuery.some((parameter) => parameter.name === name));
}

/** Returns true if an item contains its own key, so that a change needs no other name. */
function isNamedInside(place: Place, api: ApiIndex): boolean {
  const property = keyPropertyOf(place, propertiesOf(place.item, api.schemas));
  return place.keyVariables.length === 1 && property !== undefined;
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

/** Returns true if the request has properties of the item, or no body at all. */
function sharesProperties({ request }: MethodModel, { item }: Place, { schemas }: ApiIndex): boolean {
  if (request === undefined) return true;
  const names = new Set(propertiesOf(item, schemas).map(({ name }) => name));
  return request.kind === "json" && propertiesOf(request.type, schemas).some(({ name }) => names.has(name));
}

/** Maximum length of the path of an item in a response. */
const DEPTH_LIMIT = 2;

/**
 * Returns the path of the new item in a response of another type. Of several, the one beside a secret, which exists only
 * in the response to the method that makes it (`certInfo` beside `certPrivateKey`).
 */
export function returnedPath(
  type: TypeModel | undefined,
  itemName: string,
  schemas: Schemas,
): readonly string[] | undefined {
  const found: { readonly path: readonly string[]; readonly isBesideSecret: boolean }[] = [];
  const search = (at: TypeModel | undefined, path: readonly string[]): void => {
    const properties = propertiesOf(at, schemas);
    const isBesideSecret = properties.some(isSecret);
    for (const { name, type: inner } of properties) {
      const below = [...path, name];
      if (schemaName(inner, schemas) === itemName) found.push({ path: below, isBesideSecret });
      else if (below.length < DEPTH_LIMIT) search(inner, below);
    }
  };
  search(type, []);
  const [only, ...more] = found.length > 1 ? found.filter(({ isBesideSecret }) => isBesideSecret) : found;
  return more.length === 0 ? only?.path : undefined;
}

/** Returns true for a property that contains a key or password that the server makes. */
export function isSecret({ name, type }: PropertyModel): boolean {
  return type.kind === "string" && /secret$|private_?key$/i.test(name);
}
