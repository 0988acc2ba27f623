/**
 * Query parameters of lists other than pages, `filter` and `orderBy`. Those that compare one property are applied. Those
 * that select no items are ignored. All others are refused, because the list would contain the wrong items.
 */
import type { ParameterModel, PropertyModel } from "../../model/types.js";
import type { IndexedMethod } from "../api-index.js";
import { notModelled } from "../google-error.js";
import { type JsonObject, own } from "../json.js";
import { apiFacts } from "../known-apis/index.js";
import { insteadOf } from "../known-apis/refused.js";
import { wireName } from "../requests/parameters.js";
import type { Collection } from "../resources/collections.js";
import { SIZE_PARAMETERS } from "./paging.js";

type Test = (item: JsonObject) => boolean;

/** Parameters that select parts of the items. The mock returns all parts. */
export const PARTS =
  /^(expand|format|groupFields|mask\.fieldPaths|maxAttendees|metadataHeaders|part|personFields|projection|selectedFields|shallowExpand|view|viewType|\w+View|\w*[mM]ask)$/;

/** Parameters that change the language of texts, the billing or the permissions, but not which items are listed. */
export const PRESENTATION =
  /^(customer|extraLocationTypes|hl|languageCode|locale|location|managedByMe|mine|onBehalfOf\w*|refreshAcl|returnPartialSuccess|supports\w+|textFormat|timeZone|useAdminAccess|useDomainAdminAccess|userProject)$/;

/** Parameters that change nothing if no item has this property: without recurring events, all events are single. */
const WITHOUT: ReadonlyMap<string, string> = new Map([["singleEvents", "recurrence"]]);

/** Values with which a parameter selects all items, where the document names no default. */
const ALL: ReadonlyMap<string, RegExp> = new Map([
  ["corpora", /^(allDrives|user)$/],
  ["corpus", /^(DEFAULT|user)$/],
  ["spaces", /^drive$/],
  ["startIndex", /^[01]$/],
  ["start-index", /^1$/],
]);

export interface ListSelection {
  readonly test: Test;
  /** Text of the parameters that select items. Page tokens are valid for the same text only. */
  readonly text: string;
}

/**
 * Returns the test of the parameters that select items.
 *
 * @throws {GoogleError} 400 with the reason `MOCK_NOT_MODELLED` for a parameter whose meaning is not known
 */
export function selectionOf(
  { api, method }: IndexedMethod,
  query: URLSearchParams,
  collection: Collection,
  items: readonly JsonObject[],
): ListSelection {
  const tests: Test[] = [];
  const texts: string[] = [];
  for (const parameter of method.parameters) {
    const values = query.getAll(wireName(parameter)).filter((value) => value !== "");
    if (parameter.location !== "query" || values.length === 0) continue;
    if (isHandled(parameter, method.paging?.token, collection) || selectsAll(parameter, values, collection)) continue;
    const { name } = parameter;
    const cause = WITHOUT.get(name);
    if (cause !== undefined && items.every((item) => own(item, cause) === undefined)) continue;
    const compared = own(apiFacts(api.model.id).compares ?? {}, name) ?? name;
    const property = comparedBy({ ...parameter, name: compared }, collection.properties);
    const isKnown =
      property !== undefined && (!property.readOnly || items.every((item) => Object.hasOwn(item, property.name)));
    if (property !== undefined && isKnown) {
      tests.push((item) => values.includes(String(own(item, property.name) ?? unset(property))));
      texts.push(JSON.stringify([parameter.name, values]));
    } else if (!parameter.required) {
      throw notModelled(
        `The mock does not model the parameter ${JSON.stringify(wireName(parameter))} of ${method.id}.`,
        insteadOf(api),
      );
    }
  }
  return { test: (item) => tests.every((test) => test(item)), text: texts.join() };
}

/** Returns true for a parameter that the list handler applies. */
function isHandled(
  { name, type, repeated }: ParameterModel,
  token: string | undefined,
  { isUndeletable }: Collection,
): boolean {
  const isText = type.kind === "string" && type.enum === undefined && !repeated;
  if (isText && (name === "filter" || name === "orderBy")) return true;
  return name === token || SIZE_PARAMETERS.includes(name) || (name === "showDeleted" && isUndeletable);
}

/** Returns true for a parameter that selects no items, or that has the value which selects all. */
function selectsAll(parameter: ParameterModel, values: readonly string[], { roles }: Collection): boolean {
  const { name, type, description } = parameter;
  const [value = ""] = values;
  if (PARTS.test(name) || PRESENTATION.test(name) || (values.length === 1 && value === parameter.default)) return true;
  if (ALL.get(name)?.test(value) === true) return true;
  if (type.kind !== "boolean") return false;
  const isTrueByDefault = parameter.default === "true" || /default[^.]{0,20}\btrue\b/i.test(description);
  if (!/^true$/i.test(value)) return !isTrueByDefault;
  // Nothing is hidden, so there is nothing to add, except what was deleted.
  const adds = /^(all|(show|include)[A-Z]\w*|allUsers)$/.test(name);
  return isTrueByDefault || (adds && !(/delet/i.test(name) && roles.some(({ role }) => role === "delete")));
}

/** Returns the property that a parameter compares: the one of its name, or for a repeated one that of its singular. */
function comparedBy(
  { name, repeated }: ParameterModel,
  properties: readonly PropertyModel[],
): PropertyModel | undefined {
  const names = new Set([name, ...(repeated ? [name.replace(/s$/, "")] : [])]);
  return properties.find(
    (property) => names.has(property.name) && ["boolean", "number", "string"].includes(property.type.kind),
  );
}

/** JSON omits default values. */
function unset({ type }: PropertyModel): string {
  return type.kind === "boolean" ? "false" : type.kind === "number" ? "0" : "";
}
