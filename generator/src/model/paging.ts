/**
 * Which methods return pages, and which property contains the items.
 *
 * A method is paged if its request has a page token (query or body) and its response has the next token. Only GET and
 * POST methods are paged: a PATCH of a resource with a token is not a list. Source: AIP-158, and counts over 1,199
 * documents.
 */
import { resolved } from "./resolve.js";
import type { PagingModel, ParameterModel, PropertyModel, SchemaModel, TypeModel } from "./types.js";

/** The facts that the rule uses. */
export interface PagingFacts {
  readonly httpMethod: string;
  /** Names from the root of the document to the resource. */
  readonly resourcePath: readonly string[];
  readonly parameters: readonly ParameterModel[];
  readonly request: TypeModel | undefined;
  readonly response: TypeModel | undefined;
}

/** Arrays with additional information about the list. They are not the items. */
const SIDE_CHANNEL =
  /^(?:unreachable.*|warnings?|errors?|.*Errors|failed.*|missing.*|partial.*|deleted.*|.*Filters|.*Info|facets|columns|invalid.*|appliedControls)$/;

/** Arrays that describe the columns of the items (Search Ads 360). */
const HEADERS = /Headers?$/;

/** Some documents mark deprecated properties only in the description. */
const DEPRECATED = /^\s*[[(]?deprecated\b/i;

export function pagingOf(
  facts: PagingFacts,
  schema: (name: string) => SchemaModel | undefined,
): PagingModel | undefined {
  if (facts.httpMethod !== "GET" && facts.httpMethod !== "POST") return undefined;
  const response = propertiesOf(facts.response, schema);
  const next = ["nextPageToken", "pageToken"].find((name) => isString(response, name));
  if (next === undefined) return undefined;
  const items = itemsOf(response, facts.resourcePath.at(-1) ?? "");
  const inQuery = ["pageToken", "nextPageToken"].find((name) =>
    facts.parameters.some((parameter) => parameter.name === name && parameter.location === "query"),
  );
  if (inQuery !== undefined) return { token: inQuery, in: "query", next, items };
  const request = propertiesOf(facts.request, schema);
  const inBody = ["pageToken", "nextPageToken"].find((name) => isString(request, name));
  return inBody === undefined ? undefined : { token: inBody, in: "body", next, items };
}

function propertiesOf(
  type: TypeModel | undefined,
  schema: (name: string) => SchemaModel | undefined,
): readonly PropertyModel[] {
  const shape = resolved(type, schema);
  return shape?.kind === "object" ? shape.properties : [];
}

function isString(properties: readonly PropertyModel[], name: string): boolean {
  return properties.some((property) => property.name === name && property.type.kind === "string");
}

function itemsOf(properties: readonly PropertyModel[], resource: string): PagingModel["items"] {
  const arrays = properties.filter(({ type }) => type.kind === "array");
  const maps = properties.filter(({ type }) => type.kind === "map" && type.values.kind === "reference");
  const main = arrays.filter(({ name }) => !SIDE_CHANNEL.test(name));
  const current = main.filter(
    ({ deprecated, description, name }) => !deprecated && !DEPRECATED.test(description) && !HEADERS.test(name),
  );
  const rivals = current.length === 0 ? main : current;
  const references = rivals.filter(({ type }) => type.kind === "array" && type.items.kind === "reference");
  const found =
    [...arrays, ...maps].find(({ name }) => name === "items") ??
    only(arrays) ??
    (arrays.length === 0 ? only(maps) : undefined) ??
    only(main) ??
    only(rivals) ??
    only(references) ??
    only(rivals.filter(({ name }) => isNamedLike(name, resource)));
  if (found?.type.kind === "array") return { property: found.name, type: found.type.items };
  return found?.type.kind === "map" ? { property: found.name, type: found.type.values } : undefined;
}

function only<Item>(list: readonly Item[]): Item | undefined {
  return list.length === 1 ? list[0] : undefined;
}

function isNamedLike(property: string, resource: string): boolean {
  const singular = (word: string) => word.toLowerCase().replace(/s$/, "");
  return resource !== "" && singular(property).endsWith(singular(resource));
}
