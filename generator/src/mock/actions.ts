/** Methods that do something to one item beyond replacing it: `POST …/instances/{instance}/restart`. */
import type { IndexedMethod } from "./api-index.js";
import type { Handler } from "./call.js";
import type { Collection } from "./collections.js";
import { confirmFor } from "./confirm.js";
import { missing } from "./google-error.js";
import { keyOf, notFound, withEtag } from "./items.js";
import { type JsonObject, own } from "./json.js";
import { particularsOf } from "./known-apis.js";
import type { Action } from "./particulars.js";
import { splitPath } from "./store.js";
import type { World } from "./world.js";

/** Undefined for a method that no particulars know: what it does cannot be read out of a model. */
export function actionHandler(entry: IndexedMethod, all: readonly Collection[], world: World): Handler | undefined {
  const { actions } = particularsOf(entry.api.model.id);
  const action = Object.hasOwn(actions, entry.method.id) ? actions[entry.method.id] : undefined;
  const collection = all.find(
    ({ template, keyVariable }) => splitPath(entry.template)[0] === `${template}/{${keyVariable ?? ""}}`,
  );
  if (action === undefined || collection === undefined) return undefined;
  const more = (body: JsonObject | undefined) => repeated(action, body);
  const confirm = confirmFor({ entry, collection, all, more }, world);
  if (confirm === undefined) return undefined;
  return (call) => {
    const [path] = splitPath(call.path);
    const item = world.store.get(path);
    const key = keyOf(collection, call);
    if (item === undefined) throw notFound(collection, key);
    const needed = action.context ?? action.needs;
    if (needed !== undefined && own(call.body ?? {}, needed) === undefined) throw missing(needed);
    const changed = action.change === undefined ? item : withEtag(action.change(item), collection);
    world.store.set(path, changed);
    return confirm(call, changed, key);
  };
}

function repeated({ context }: Action, body: JsonObject | undefined): JsonObject {
  const value = context === undefined || body === undefined ? undefined : own(body, context);
  return context === undefined || value === undefined ? {} : { [context]: value };
}
