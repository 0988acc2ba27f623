/** APIs for which the mock has more information than their models contain. */
import type { ApiFacts } from "./api-facts.js";
import { sqladminV1beta3 } from "./sqladmin-v1beta3.js";

const NONE: ApiFacts = { complete: {}, operationTypes: {}, actions: {} };

const KNOWN: ReadonlyMap<string, ApiFacts> = new Map([["sqladmin:v1beta3", sqladminV1beta3]]);

/** Returns the facts about an API, by its id. */
export function apiFacts(id: string): ApiFacts {
  return KNOWN.get(id) ?? NONE;
}
