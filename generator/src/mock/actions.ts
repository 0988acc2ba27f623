/** Methods that are more, or less, than a collection's own: `…/instances/{instance}/restart`, `{name}:publish`, searches. */
import type { IndexedMethod } from "./api-index.js";
import { schemaName } from "./api-index.js";
import type { Handler } from "./call.js";
import { type CollectionFacts, itemAt } from "./collection-handlers.js";
import { answerType, shapeOf } from "./collections.js";
import { confirmFor } from "./confirm.js";
import { missing } from "./google-error.js";
import { withEtag } from "./items.js";
import { isObject, type JsonObject, merge, own } from "./json.js";
import { particularsOf } from "./known-apis.js";
import { finish, progressOf } from "./operations.js";
import type { Action } from "./particulars.js";
import type { World } from "./world.js";

/** What particulars and the model tell of the method; what they do not is answered by a sample. */
export function actionHandler(entry: IndexedMethod, all: readonly CollectionFacts[], world: World): Handler {
  const { actions } = particularsOf(entry.api.model.id);
  const action = (Object.hasOwn(actions, entry.method.id) ? actions[entry.method.id] : undefined) ?? {};
  const shape = withoutVerb(entry.shape);
  const owner = all.find(
    ({ collection: { api, keyVariable, template } }) =>
      api === entry.api && keyVariable !== undefined && shapeOf(`${template}/{}`) === shape,
  );
  const sample = sampleHandler(entry, world);
  if (owner === undefined || shape === entry.shape) return sample;
  const { collection } = owner;
  if (entry.method.httpMethod !== "POST") {
    return (call) => {
      itemAt(withoutVerb(call.path), owner, call, world);
      return sample(call);
    };
  }
  const more = (body: JsonObject | undefined) => repeated(action, body);
  const confirm = confirmFor({ entry, collection, more }, world);
  const progress = progressOf(collection);
  const isWait = progress !== undefined && /[/:]wait$/.test(entry.template);
  return (call) => {
    const path = withoutVerb(call.path);
    const item = itemAt(path, owner, call, world);
    const needed = action.context ?? action.needs;
    if (needed !== undefined && own(call.body ?? {}, needed) === undefined) throw missing(needed);
    const changed = action.change === undefined ? item : withEtag(action.change(item), collection);
    world.store.set(path, changed);
    if (isWait) finish(path, progress, world);
    return confirm(call, world.store.get(path) ?? changed, path);
  };
}

/** The path of the item that an action is about: up to `:verb` or `/verb`. */
function withoutVerb(path: string): string {
  return path.replace(/(?::|%3A|\/)\w+$/i, "");
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
  const takes = method.request?.kind === "json" ? schemaName(method.request.type, api.schemas) : undefined;
  const isSetting = method.operation === undefined && answers !== undefined && answers === takes;
  return (call) => {
    const stored = world.store.get(call.path);
    if (method.httpMethod === "GET" && stored !== undefined) return { status: 200, body: stored };
    const answer = confirm(call, {}, call.path);
    const isWrite = isSetting && (method.httpMethod === "PATCH" || method.httpMethod === "PUT");
    if (!isWrite || !isObject(answer.body)) return answer;
    const item = method.httpMethod === "PUT" ? answer.body : merge(stored ?? answer.body, call.body ?? {});
    world.store.set(call.path, item);
    return { ...answer, body: item };
  };
}
