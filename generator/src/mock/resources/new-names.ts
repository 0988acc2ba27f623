/** Names of items: which name a request gives to a new item, and which item a request names. */
import { randomBytes } from "node:crypto";
import type { PropertyModel } from "../../model/types.js";
import { propertiesOf } from "../api-index.js";
import type { Call } from "../call.js";
import { missing } from "../google-error.js";
import { type JsonObject, own, ownString } from "../json.js";
import { isInt64 } from "../requests/check-value.js";
import { itemPath } from "../routes.js";
import { type Collection, isAtItem, type RoleOf } from "./collections.js";
import { keyOf } from "./items.js";
import { isServerSet, numberId, projectIn } from "./server-facts.js";
import { splitPath } from "./store.js";

/** Returns true if only the server sets the key, so that the client's value is ignored. */
export function isServerKey(collection: Collection): boolean {
  const { keyProperty, namesAfter, properties } = collection;
  const property = properties.find(({ name }) => name === keyProperty);
  return (
    namesAfter === undefined && property !== undefined && (isServerSet(property) || isNumeral(property, collection))
  );
}

/** Returns true if keys are numbers, in the item or in paths. */
function isNumeral(property: PropertyModel | undefined, { keyVariable, roles }: Collection): boolean {
  const inPath = roles.flatMap(({ entry }) => entry.method.parameters.find(({ name }) => name === keyVariable) ?? []);
  return [property, ...inPath].some(
    (one) => one?.type.kind === "number" || (one?.type.kind === "string" && isInt64(one.type.format)),
  );
}

/** Returns the key in the item, or a generated key if it has none. `count` items were made before. */
export function newKey(collection: Collection, item: JsonObject, count: number): string {
  const key = keyOf(item, collection);
  if (key !== undefined) return key;
  const { keyVariables, keyProperty } = collection;
  const gap = keyVariables.find((name) => (own(item, name) ?? "") === "");
  if (keyVariables.length > 1 && gap !== undefined) throw missing(gap);
  const property = collection.properties.find(({ name }) => name === keyProperty);
  if (property?.type.kind === "number") return String(count + 1);
  if (isNumeral(property, collection)) return numberId();
  return randomBytes(keyProperty?.startsWith("sha1") === true ? 20 : 8).toString("hex");
}

/**
 * Returns the path of the item that a request to an existing item names: in its path, its query or its body.
 *
 * @throws {GoogleError} 400 if the request names none
 */
export function namedPath({ path, query }: Call, role: RoleOf, collection: Collection, written?: JsonObject): string {
  if (isAtItem(role.entry, collection)) return canonicalItem(path, collection);
  const inQuery = role.keyParameter === undefined ? null : query.get(role.keyParameter);
  const key = inQuery || (written === undefined ? undefined : keyOf(written, collection));
  if (key === undefined) throw missing(role.keyParameter ?? collection.keyProperty ?? "id");
  return itemPath(path, key);
}

/** Returns the path under which an item is stored: a name of two segments counts as one. */
export function canonicalItem(path: string, { keyVariables: { length } }: Collection): string {
  if (length < 2) return path;
  const segments = path.split("/");
  return itemPath(segments.slice(0, -length).join("/"), segments.slice(-length).map(decodeURIComponent).join("/"));
}

/** Says in a description of a parameter that it becomes the name of the new resource. */
const NAMES_IT =
  /(?:final|last) (?:component|segment)|\bID (?:to use|of the new|that you)|resource(?:'s)? (?:name|ID)\b/i;
/** Says that the server derives an email address from the id, which then names the resource. */
const MAKES_EMAIL = /generate the service account email/i;

/** Returns the id that is passed beside the item: `instanceId` of `POST …/instances` (AIP-133), in the query or the body. */
export function chosenId(call: Call, { payload }: RoleOf, collection: Collection): string | undefined {
  const { entry, query, body, path } = call;
  const { parameters, request } = entry.method;
  const last = splitPath(path)[1].toLowerCase();
  const inQuery = parameters.filter(({ name, location, type }) => {
    return location === "query" && type.kind === "string" && name.endsWith("Id") && !isOtherId(name, collection);
  });
  const parameter =
    inQuery.find(({ name }) => isIdOf(name, last)) ?? only(inQuery.filter((one) => NAMES_IT.test(one.description)));
  if (parameter !== undefined) return query.get(parameter.name) || undefined;
  if (request?.kind !== "json" || body === undefined || payload === undefined) return undefined;
  const inBody = propertiesOf(request.type, entry.api.schemas).filter(({ name, type, deprecated }) => {
    return type.kind === "string" && name.endsWith("Id") && !deprecated && !isOtherId(name, collection);
  });
  const property = inBody.find(({ name }) => isIdOf(name, last)) ?? only(inBody);
  const id = property === undefined ? undefined : ownString(body, property.name) || undefined;
  const project = projectIn(path);
  if (id === undefined || property === undefined || !MAKES_EMAIL.test(property.description)) return id;
  return project === undefined ? id : `${id}@${project}.iam.gserviceaccount.com`;
}

function only<Value>(values: readonly Value[]): Value | undefined {
  return values.length === 1 ? values[0] : undefined;
}

/** Returns true for ids of requests, operations and parents. */
function isOtherId(name: string, { template }: Collection): boolean {
  return /(?:request|operation)Id$/i.test(name) || (name === "projectId" && !template.endsWith("/projects"));
}

/** Returns true if the id belongs to the plural: `repositoryId` to `repositories`, `testId` to `connectivityTests`. */
function isIdOf(name: string, plural: string): boolean {
  const stem = name.slice(0, -2).toLowerCase();
  if (stem === "") return false;
  const singular = plural.replace(/ies$/, "y").replace(/(?<=ss|x|ch|sh)es$|(?<!s)s$/, "");
  // Plurals change the end of the word: `shelves`, `policies`.
  return plural.startsWith(stem.slice(0, -1)) || singular.endsWith(stem) || stem.endsWith(singular);
}
