/**
 * Finds the resources of an API that are collections, and the role of each of their methods.
 *
 * Uses paths and types, not only names: `get` at `…/instances/{instance}` makes `…/instances` a collection. A POST there
 * with the same type inserts, a PUT to the item replaces it, and so on. If one variable names the item (`v1/{+name}`),
 * its pattern gives the path. A method that does not match has no role.
 */
import type { PropertyModel } from "../../model/types.js";
import { type ApiIndex, propertiesOf } from "../api-index.js";
import { canonicalPath } from "../routes.js";
import { keyPropertyOf, type Place, placeOf, referenceOf } from "./places.js";
import { type RoleOf, roleOf } from "./roles.js";
import { shapeOf } from "./shapes.js";

export { listedItems, responseType, shapeOf } from "./shapes.js";
export { isAtItem } from "./places.js";
export type { Role, RoleOf } from "./roles.js";

export interface Collection extends Place {
  readonly api: ApiIndex;
  /** Names of its resource: `["instances"]`. */
  readonly resource: readonly string[];
  readonly properties: readonly PropertyModel[];
  /** Property of the item that contains its key. */
  readonly keyProperty: string | undefined;
  /** Properties whose values name an item too, by the description of the parameter: an email address, a number, aliases. */
  readonly otherKeys: readonly string[];
  /** Property of the item whose members are the variables of its path: BigQuery's `datasetReference`. */
  readonly reference: string | undefined;
  readonly roles: readonly RoleOf[];
  /** True if the API can undelete items. */
  readonly isUndeletable: boolean;
}

export function collectionsOf(api: ApiIndex): readonly Collection[] {
  return api.resources.flatMap(({ path, methods }): Collection[] => {
    const place = placeOf(methods, api);
    if (place === undefined) return [];
    const properties = propertiesOf(place.item, api.schemas);
    const reference = referenceOf(place, properties, api);
    const keyProperty = keyPropertyOf(place, properties);
    const roles = methods.flatMap((entry) => roleOf(entry, place, api) ?? []);
    const isUndeletable = methods.some(({ method }) => method.name === "undelete" && method.httpMethod === "POST");
    const otherKeys = otherKeysOf(place, roles).filter(
      (name) => name === "aliases" || (name !== keyProperty && properties.some((property) => property.name === name)),
    );
    return [{ ...place, api, resource: path, properties, reference, keyProperty, otherKeys, roles, isUndeletable }];
  });
}

/** What the description of a path parameter says that it can contain, and the properties that can be meant. */
const OTHER_KEYS: readonly (readonly [text: RegExp, properties: readonly string[]])[] = [
  [/\bemail/i, ["email", "primaryEmail", "emailAddress"]],
  [/\balias/i, ["aliases"]],
  [
    /\b(?:unique|immutable|numeric|unique user)\b[\w ]*\bID\b|\bUNIQUE_?ID\b|\bname or (?:\w+ )?ID\b/i,
    ["id", "uniqueId", "numericId"],
  ],
  [/\bname or (?:\w+ )?ID\b/i, ["name", "schemaName"]],
];

function otherKeysOf({ keyVariable }: Place, roles: readonly RoleOf[]): readonly string[] {
  const texts = roles.flatMap(({ entry: { method } }) =>
    method.parameters.filter(({ name, location }) => location === "path" && name === keyVariable),
  );
  const known = OTHER_KEYS.filter(([text]) => texts.some(({ description }) => text.test(description)));
  return [...new Set(known.flatMap(([, names]) => names))];
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
