/** The APIs of which the mock knows more than their models tell. */
import type { Particulars } from "./particulars.js";
import { sqladminV1beta3 } from "./sqladmin-v1beta3.js";

const NONE: Particulars = { complete: {}, operationTypes: {}, actions: {} };

const KNOWN: ReadonlyMap<string, Particulars> = new Map([["sqladmin:v1beta3", sqladminV1beta3]]);

/** Those of an API, by its id. */
export function particularsOf(id: string): Particulars {
  return KNOWN.get(id) ?? NONE;
}
