/** Methods that are not standard collection methods: `…/instances/{instance}/restart`, `{name}:publish`, searches. */
import { type IndexedMethod, propertiesOf, schemaName } from "../api-index.js";
import type { Call, Handler } from "../call.js";
import { responseType, shapeOf } from "./collections.js";
import { confirmFor } from "./confirm.js";
import { checkEtag } from "./etags.js";
import { GoogleError, missing } from "../google-error.js";
import { iamHandler } from "./iam.js";
import { withEtag } from "./items.js";
import { isObject, type JsonObject, merge, own } from "../json.js";
import { apiFacts } from "../known-apis/index.js";
import { type CollectionFacts, itemAt } from "./lookup.js";
import { advance, cancel, finish, progressOf, progressOfReader } from "./progress.js";
import type { Action } from "../known-apis/api-facts.js";
import { withoutCustomVerb } from "../routes.js";
import { isMarkedDeleted, withoutDeletionMarks } from "./soft-delete.js";
import type { MockState } from "../mock-state.js";

/** Returns the handler of a custom method: known behavior if there is any, else a sample response. */
export function actionHandler(entry: IndexedMethod, all: readonly CollectionFacts[], mockState: MockState): Handler {
  const owner = ownerOf(entry, all);
  /** Returns the path of the item that the call acts on, after checking that the item exists. */
  const checkedPath = (call: Call): string => {
    const path = withoutVerb(call.path);
    if (owner !== undefined) itemAt(path, owner, call, mockState);
    return path;
  };
  const iam = iamHandler(entry, checkedPath, mockState);
  if (iam !== undefined) return iam;
  if (owner !== undefined && entry.method.httpMethod === "POST") return itemActionHandler(entry, owner, mockState);
  const sample = sampleHandler(entry, mockState);
  return (call) => {
    checkedPath(call);
    return sample(call);
  };
}

/** Returns the collection whose items a method acts on: its path is the path of an item plus a verb. */
function ownerOf({ api, shape }: IndexedMethod, all: readonly CollectionFacts[]): CollectionFacts | undefined {
  const item = shapeOf(withoutVerb(shape));
  if (item === shapeOf(shape)) return undefined;
  return all.find(
    ({ collection }) =>
      collection.api === api && collection.keyVariable !== undefined && shapeOf(`${collection.template}/{}`) === item,
  );
}

/** Returns the path without `:verb` or `/verb`. */
function withoutVerb(path: string): string {
  const before = withoutCustomVerb(path);
  return before === path ? path.replace(/\/\w+$/, "") : before;
}

/** Returns the handler of a custom method on one item. */
function itemActionHandler(entry: IndexedMethod, owner: CollectionFacts, mockState: MockState): Handler {
  const { collection } = owner;
  const { actions } = apiFacts(entry.api.model.id);
  const action = (Object.hasOwn(actions, entry.method.id) ? actions[entry.method.id] : undefined) ?? {};
  const confirm = confirmFor({ entry, collection, more: (body) => repeated(action, body) }, mockState);
  const progress = progressOf(collection);
  const isUndelete = collection.isUndeletable && entry.method.name === "undelete";
  return (call) => {
    const path = withoutVerb(call.path);
    const item = itemAt(path, owner, call, mockState);
    checkEtag(call, item, collection, call.body);
    const required = action.context ?? action.needs;
    if (required !== undefined && own(call.body ?? {}, required) === undefined) throw missing(required);
    if (isUndelete && !isMarkedDeleted(item)) throw new GoogleError(409, "The resource is not deleted.");
    const changed = isUndelete ? withoutDeletionMarks(item, collection) : action.change?.(item);
    if (changed !== undefined) mockState.store.set(path, withEtag(changed, collection));
    if (progress !== undefined && entry.method.name === "wait") finish(path, progress, mockState);
    if (progress !== undefined && entry.method.name === "cancel") cancel(path, progress, mockState);
    return confirm(call, mockState.store.get(path) ?? item, path);
  };
}

function repeated({ context }: Action, body: JsonObject | undefined): JsonObject {
  const value = context === undefined || body === undefined ? undefined : own(body, context);
  return context === undefined || value === undefined ? {} : { [context]: value };
}

/**
 * Returns the handler of a method of which only the types are known. It returns a sample, or the value that was written
 * to the same path before (settings, which exist once and cannot be created or deleted).
 */
function sampleHandler(entry: IndexedMethod, mockState: MockState): Handler {
  const { api, method } = entry;
  const confirm = confirmFor({ entry, collection: undefined }, mockState);
  const responses = schemaName(responseType(method), api.schemas);
  const properties = propertiesOf(responseType(method), api.schemas);
  const takes = method.request?.kind === "json" ? schemaName(method.request.type, api.schemas) : undefined;
  const isSetting = method.operation === undefined && responses !== undefined && responses === takes;
  const progress = progressOfReader(entry);
  return (call) => {
    const stored = mockState.store.get(call.path);
    if (method.httpMethod === "GET" && stored !== undefined) {
      if (progress !== undefined) advance(call.path, progress, mockState);
      return { status: 200, body: stored };
    }
    const response = confirm(call, {}, call.path);
    const isWrite = isSetting && (method.httpMethod === "PATCH" || method.httpMethod === "PUT");
    if (!isWrite || !isObject(response.body)) return response;
    const before = stored ?? response.body;
    checkEtag(call, before, { namesAfter: undefined }, call.body);
    const after = method.httpMethod === "PUT" ? response.body : merge(before, call.body ?? {});
    const item = withEtag(after, { properties });
    mockState.store.set(call.path, item);
    return { ...response, body: item };
  };
}
