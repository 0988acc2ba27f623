/** Handlers of get, list, insert, update, patch and delete for a collection in memory. */
import { propertiesOf } from "../api-index.js";
import type { Call, Handler } from "../call.js";
import { type ApplyChange, changesBy } from "./changes.js";
import { type Collection, isAtItem, type RoleOf } from "./collections.js";
import { type Confirm, confirmFor } from "./confirm.js";
import { checkEtag } from "./etags.js";
import { GoogleError, missing } from "../google-error.js";
import { completeItem, factsFrom, notFound, withEtag } from "./items.js";
import { isObject, type Json, type JsonObject, merge, own } from "../json.js";
import { withContentFacts } from "../media/contents.js";
import { listHandler } from "../lists/lists.js";
import { checkParent, type CollectionFacts, itemAt } from "./lookup.js";
import { canonicalItem, chosenId, isServerKey, namedPath, newKey } from "./new-names.js";
import { advance, type Progress, progressOf, withValue } from "./progress.js";
import { isUpsert } from "./roles.js";
import { itemPath } from "../routes.js";
import { deletionMarks } from "./soft-delete.js";
import { splitPath, type Store } from "./store.js";
import { checkedMask, maskedMerge, maskOf } from "../requests/update-mask.js";
import type { MockState } from "../mock-state.js";

/** What the handler of a role works with. */
interface RoleFacts extends CollectionFacts {
  readonly role: RoleOf;
  readonly confirm: Confirm;
  readonly progress: Progress | undefined;
}

/** @param all Every collection of the mock. */
export function collectionHandler(
  role: RoleOf,
  facts: CollectionFacts,
  all: readonly Collection[],
  mockState: MockState,
): Handler {
  const { collection } = facts;
  const confirm = confirmFor({ entry: role.entry, collection, returned: role.returned }, mockState);
  const roleFacts = { ...facts, role, confirm, progress: progressOf(collection) };
  switch (role.role) {
    case "get":
      return getHandler(roleFacts, mockState);
    case "list":
      return listHandler(role, facts, mockState);
    case "insert":
      return insertHandler({ ...roleFacts, apply: changesBy(collection, all, mockState) }, mockState);
    case "delete":
      return deleteHandler(roleFacts, mockState);
    case "patch":
    case "update":
      return changeHandler(roleFacts, mockState);
  }
}

function getHandler({ progress, ...facts }: RoleFacts, mockState: MockState): Handler {
  return (call) => {
    const path = canonicalItem(call.path, facts.collection);
    const item = itemAt(path, facts, call, mockState);
    if (progress !== undefined) advance(path, progress, mockState);
    return { status: 200, body: item };
  };
}

interface InsertFacts extends RoleFacts {
  readonly apply: ApplyChange | undefined;
}

function insertHandler(
  { collection, parent, role, confirm, progress, apply }: InsertFacts,
  { store, now }: MockState,
): Handler {
  const isPut = isAtItem(role.entry, collection);
  return (call) => {
    const written = withoutServerKey(writtenIn(call, role, collection), collection);
    const chosen = isPut ? undefined : chosenId(call, role, collection);
    const path = isPut
      ? canonicalItem(call.path, collection)
      : itemPath(call.path, chosen ?? newKey(collection, written, store.list(call.path).length));
    checkParent(splitPath(path)[0], parent, store);
    if (store.get(path) !== undefined || isNameTaken(written, splitPath(path)[0], collection, store))
      throw new GoogleError(409, `Already exists: ${notFound(collection, path).message.replace("Not found: ", "")}`);
    const isNamedByClient = !isPut && chosen === undefined;
    const made = completeItem(written, { collection, path, ...factsFrom(call), now: now(), isNamedByClient });
    const [first] = progress?.states ?? [];
    const item = progress === undefined || first === undefined ? made : withValue(made, progress.done, first);
    apply?.(item, call);
    store.set(path, item);
    return confirm(call, item, path);
  };
}

/** Returns true if another item has the email address of this one. */
function isNameTaken(item: JsonObject, place: string, { otherKeys }: Collection, store: Store): boolean {
  const emails = otherKeys.filter((name) => /email/i.test(name) && own(item, name) !== undefined);
  return emails.some((name) => store.list(place).some(([, other]) => own(other, name) === own(item, name)));
}

/** Returns the item in a request; an empty one for a request without a body, if the document allows that. */
function writtenIn(
  { body, query, entry }: Call,
  { payload, isPartial }: RoleOf,
  { properties }: Collection,
): JsonObject {
  if (body === undefined && entry.method.request?.kind === "json" && entry.method.request.required)
    throw missing("the request body");
  if (isPartial) {
    const inQuery = properties.filter(({ name, type }) => type.kind === "string" && (query.get(name) ?? "") !== "");
    const values = inQuery.map(({ name }): [string, Json] => [name, query.get(name) ?? ""]);
    return Object.fromEntries([...values, ...properties.flatMap(({ name }) => entryOf(body ?? {}, name))]);
  }
  if (payload === undefined) return body ?? {};
  const written = own(body ?? {}, payload);
  if (isObject(written)) return written;
  const { request } = entry.method;
  const all = request?.kind === "json" ? propertiesOf(request.type, entry.api.schemas) : [];
  const isRequired = all.some(({ name, description }) => name === payload && /^\W*required/i.test(description));
  if (isRequired || entry.method.httpMethod !== "POST") throw missing(payload);
  return {};
}

function entryOf(object: JsonObject, name: string): readonly [string, Json][] {
  const value = own(object, name);
  return value === undefined ? [] : [[name, value]];
}

function withoutServerKey(item: JsonObject, collection: Collection): JsonObject {
  if (!isServerKey(collection)) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== collection.keyProperty));
}

function changeHandler(facts: RoleFacts, mockState: MockState): Handler {
  const { collection, confirm, role } = facts;
  const { store, contents, now } = mockState;
  const isEtagWritable = collection.properties.some(({ name, readOnly }) => name === "etag" && !readOnly);
  return (call) => {
    if (role.role === "update" && call.body === undefined) throw missing("the request body");
    const written = writtenIn(call, role, collection);
    const path = namedPath(call, role, collection, written);
    const isNew = store.get(path) === undefined && isUpsert(role, call.query);
    if (isNew) checkParent(splitPath(path)[0], facts.parent, store);
    const previous = isNew ? undefined : itemAt(path, facts, call, mockState);
    if (previous !== undefined) checkEtag(call, previous, collection, isEtagWritable ? written : {});
    if (call.body === undefined && previous !== undefined) return confirm(call, previous, path);
    const changed = role.role === "patch" ? patched(previous ?? {}, written, call, collection) : written;
    const base = { collection, path, ...factsFrom(call), now: now() };
    const completed = completeItem(changed, previous === undefined ? base : { ...base, previous });
    const item = withEtag(withContentFacts(completed, path, contents, collection.properties), collection);
    store.set(path, item);
    return confirm(call, item, path);
  };
}

function patched(previous: JsonObject, written: JsonObject, call: Call, { api, item }: Collection): JsonObject {
  const mask = maskOf(call);
  if (mask === undefined) return merge(previous, written);
  return maskedMerge(previous, written, checkedMask(mask, item, api.schemas));
}

function deleteHandler({ confirm, role, ...facts }: RoleFacts, mockState: MockState): Handler {
  const { collection } = facts;
  return (call) => {
    const path = namedPath(call, role, collection);
    const item = itemAt(path, facts, call, mockState);
    checkEtag(call, item, collection, call.body);
    const marks = deletionMarks(collection, mockState.now());
    if (Object.keys(marks).length === 0) {
      remove(path, mockState);
      return confirm(call, item, path);
    }
    const marked = withEtag({ ...item, ...marks }, collection);
    mockState.store.set(path, marked);
    return confirm(call, marked, path);
  };
}

/** Deletes an item and everything below it except operations, which callers may still poll. */
function remove(path: string, { store, samples, contents, policies, outcomes }: MockState): void {
  for (const deleted of [path, ...store.below(path).filter((below) => !outcomes.has(below))]) {
    store.delete(deleted);
    samples.delete(deleted);
    contents.delete(deleted);
    policies.delete(deleted);
  }
  outcomes.delete(path);
}
