/** Methods that are more, or less, than a collection's own: `…/instances/{instance}/restart`, `{name}:publish`, searches. */
import { type IndexedMethod, propertiesOf, schemaName } from "../api-index.js";
import type { Call, Handler } from "../call.js";
import { answerType, shapeOf } from "./collections.js";
import { confirmFor } from "./confirm.js";
import { checkEtag } from "./etags.js";
import { GoogleError, missing } from "../google-error.js";
import { iamHandler } from "./iam.js";
import { withEtag } from "./items.js";
import { isObject, type JsonObject, merge, own } from "../json.js";
import { particularsOf } from "../known-apis/index.js";
import { type CollectionFacts, itemAt } from "./lookup.js";
import { advance, cancel, finish, progressOf, progressOfReader } from "./progress.js";
import type { Action } from "../known-apis/particulars.js";
import { withoutCustomVerb } from "../routes.js";
import { isMarkedDeleted, withoutDeletionMarks } from "./soft-delete.js";
import type { World } from "../world.js";

/** What particulars and the model tell of the method; what they do not is answered by a sample. */
export function actionHandler(entry: IndexedMethod, all: readonly CollectionFacts[], world: World): Handler {
  const owner = ownerOf(entry, all);
  /** The path of the item that the action is about. */
  const checkedPath = (call: Call): string => {
    const path = withoutVerb(call.path);
    if (owner !== undefined) itemAt(path, owner, call, world);
    return path;
  };
  const iam = iamHandler(entry, checkedPath, world);
  if (iam !== undefined) return iam;
  if (owner !== undefined && entry.method.httpMethod === "POST") return itemActionHandler(entry, owner, world);
  const sample = sampleHandler(entry, world);
  return (call) => {
    checkedPath(call);
    return sample(call);
  };
}

/** The collection of the items that a method, called at the path of one and a verb more, is about. */
function ownerOf({ api, shape }: IndexedMethod, all: readonly CollectionFacts[]): CollectionFacts | undefined {
  const item = shapeOf(withoutVerb(shape));
  if (item === shapeOf(shape)) return undefined;
  return all.find(
    ({ collection }) =>
      collection.api === api && collection.keyVariable !== undefined && shapeOf(`${collection.template}/{}`) === item,
  );
}

/** Up to `:verb` or `/verb`. */
function withoutVerb(path: string): string {
  const before = withoutCustomVerb(path);
  return before === path ? path.replace(/\/\w+$/, "") : before;
}

/** An action on one item of a collection. */
function itemActionHandler(entry: IndexedMethod, owner: CollectionFacts, world: World): Handler {
  const { collection } = owner;
  const { actions } = particularsOf(entry.api.model.id);
  const action = (Object.hasOwn(actions, entry.method.id) ? actions[entry.method.id] : undefined) ?? {};
  const confirm = confirmFor({ entry, collection, more: (body) => repeated(action, body) }, world);
  const progress = progressOf(collection);
  const isUndelete = collection.isUndeletable && entry.method.name === "undelete";
  return (call) => {
    const path = withoutVerb(call.path);
    const item = itemAt(path, owner, call, world);
    checkEtag(call, item, collection, call.body);
    const needed = action.context ?? action.needs;
    if (needed !== undefined && own(call.body ?? {}, needed) === undefined) throw missing(needed);
    if (isUndelete && !isMarkedDeleted(item)) throw new GoogleError(409, "The resource is not deleted.");
    const changed = isUndelete ? withoutDeletionMarks(item, collection) : action.change?.(item);
    if (changed !== undefined) world.store.set(path, withEtag(changed, collection));
    if (progress !== undefined && entry.method.name === "wait") finish(path, progress, world);
    if (progress !== undefined && entry.method.name === "cancel") cancel(path, progress, world);
    return confirm(call, world.store.get(path) ?? item, path);
  };
}

function repeated({ context }: Action, body: JsonObject | undefined): JsonObject {
  const value = context === undefined || body === undefined ? undefined : own(body, context);
  return context === undefined || value === undefined ? {} : { [context]: value };
}

/**
 * A method of which nothing is known but its types. What is read where something was written before is that: settings
 * that are there once, and cannot be made or deleted.
 */
function sampleHandler(entry: IndexedMethod, world: World): Handler {
  const { api, method } = entry;
  const confirm = confirmFor({ entry, collection: undefined }, world);
  const answers = schemaName(answerType(method), api.schemas);
  const properties = propertiesOf(answerType(method), api.schemas);
  const takes = method.request?.kind === "json" ? schemaName(method.request.type, api.schemas) : undefined;
  const isSetting = method.operation === undefined && answers !== undefined && answers === takes;
  const progress = progressOfReader(entry);
  return (call) => {
    const stored = world.store.get(call.path);
    if (method.httpMethod === "GET" && stored !== undefined) {
      if (progress !== undefined) advance(call.path, progress, world);
      return { status: 200, body: stored };
    }
    const answer = confirm(call, {}, call.path);
    const isWrite = isSetting && (method.httpMethod === "PATCH" || method.httpMethod === "PUT");
    if (!isWrite || !isObject(answer.body)) return answer;
    const before = stored ?? answer.body;
    checkEtag(call, before, { namesAfter: undefined }, call.body);
    const after = method.httpMethod === "PUT" ? answer.body : merge(before, call.body ?? {});
    const item = withEtag(after, { properties });
    world.store.set(call.path, item);
    return { ...answer, body: item };
  };
}
