/** APIs for which the mock has more information than their models contain. */
import type { IndexedMethod } from "../api-index.js";
import { own } from "../json.js";
import type { ApiFacts, KnownMethod, UploadCheck } from "./api-facts.js";
import { sqladminV1, sqladminV1beta4 } from "./sqladmin-v1.js";
import { sqladminV1beta3 } from "./sqladmin-v1beta3.js";
import { storageV1 } from "./storage/index.js";

const NONE: ApiFacts = { complete: {}, operationTypes: {}, actions: {}, methods: {} };

const KNOWN: ReadonlyMap<string, ApiFacts> = new Map([
  ["sqladmin:v1", sqladminV1],
  ["sqladmin:v1beta3", sqladminV1beta3],
  ["sqladmin:v1beta4", sqladminV1beta4],
  ["storage:v1", storageV1],
]);

/** Returns the facts about an API, by its id. */
export function apiFacts(id: string): ApiFacts {
  return KNOWN.get(id) ?? NONE;
}

/** Returns the check at the start of a resumable upload, if there is one. */
export function uploadCheck({ api, method }: IndexedMethod): UploadCheck | undefined {
  return own(apiFacts(api.model.id).beforeUpload ?? {}, method.id);
}

/** Returns the method that replaces the mock's own, if there is one. */
export function knownMethod({ api, method }: IndexedMethod): KnownMethod | undefined {
  return own(apiFacts(api.model.id).methods, method.id);
}
