/**
 * Methods that are not standard collection methods: `…/instances/{instance}/restart`, `{name}:publish`, searches.
 *
 * The rule: a sample is returned only for what concerns no stored resource. What concerns a stored resource follows from
 * what is stored (an effect that the document shows, a copy, a policy, an operation), or is refused.
 */
import { randomBytes } from "node:crypto";
import { type IndexedMethod, isStringProperty, propertiesOf } from "../api-index.js";
import type { Call, Handler } from "../call.js";
import { GoogleError, type HttpResponse, missing, notModelled } from "../google-error.js";
import { type JsonObject, own } from "../json.js";
import type { Action } from "../known-apis/api-facts.js";
import { apiFacts } from "../known-apis/index.js";
import { insteadOf, refusalOf } from "../known-apis/refused.js";
import type { MockState } from "../mock-state.js";
import { itemPath, withoutCustomVerb } from "../routes.js";
import { sampleObject } from "./sample.js";
import { responseType } from "./collections.js";
import { type Concern, concernOf } from "./concerns.js";
import { confirmFor } from "./confirm.js";
import { copyHandler, severalHandler } from "./copies.js";
import { canConfirm, type Effect, effectOf, returnsNothing } from "./effects.js";
import { checkEtag } from "./etags.js";
import { iamHandler } from "./iam.js";
import { completeItem, factsFrom, keyOf, withEtag } from "./items.js";
import { withKinds } from "./kinds.js";
import { checkOpen, checkParent, type CollectionFacts, itemAt } from "./lookup.js";
import { cancel, finish, progressOf } from "./progress.js";
import { sampleHandler, settingHandler, settingReader } from "./settings.js";
import { isMarkedDeleted, withoutDeletionMarks } from "./soft-delete.js";
import { splitPath } from "./store.js";

/** Returns the handler of a custom method. */
export function actionHandler(entry: IndexedMethod, all: readonly CollectionFacts[], mockState: MockState): Handler {
  const concern = concernOf(entry, all);
  const owner = concern?.at === "item" ? concern.facts : undefined;
  /** Returns the path of the item that the call acts on, after checking that the item exists. */
  const checkedPath = (call: Call): string => {
    const path = withoutVerb(call.path, entry);
    if (owner !== undefined) itemAt(path, owner, call, mockState);
    return path;
  };
  const iam = iamHandler(entry, checkedPath, mockState);
  if (iam !== undefined) return iam;
  const refusal = refusalOf(entry);
  if (refusal !== undefined) return () => raise(refusal);
  const ids = idsHandler(entry);
  if (ids !== undefined) return ids;
  const free = freeHandler(entry, owner, mockState);
  if (concern === undefined) return free;
  const { facts, at } = concern;
  const concerned =
    concernedHandler(entry, concern, mockState) ??
    ((call) => {
      checkedPath(call);
      throw refusedFor(entry, concern);
    });
  if (facts.isFilled || at === "type") return concerned;
  // Fixtures can fill part of a collection that has no insert method.
  return (call) => {
    const place = collectionPath(call.path, facts);
    if (!facts.isOpen(place)) return concerned(call);
    checkParent(place, facts.parent, mockState.store);
    checkOpen(place, facts, mockState);
    return free(call);
  };
}

function collectionPath(path: string, { collection }: CollectionFacts): string {
  const { length } = collection.template.split("/");
  return withoutCustomVerb(path).split("/").slice(0, length).join("/");
}

/** Returns the handler of a method that concerns no resource that clients or fixtures can make. */
function freeHandler(entry: IndexedMethod, owner: CollectionFacts | undefined, mockState: MockState): Handler {
  const { api, method } = entry;
  const reader = settingReader(entry);
  if (reader !== undefined) {
    const type = responseType(reader.method);
    return settingHandler(entry, reader, () => sampleObject(type, api.schemas), mockState);
  }
  const isEffect = method.httpMethod !== "GET" && returnsNothing(entry) && owner === undefined;
  if (isEffect || (method.httpMethod !== "GET" && method.httpMethod !== "POST")) {
    return () => {
      throw notModelled(`The mock does not know what ${method.id} changes.`, insteadOf(api));
    };
  }
  if (owner !== undefined && method.httpMethod === "POST")
    return itemHandler(entry, owner, effectOf(entry, owner.collection), mockState);
  const sample = sampleHandler(entry, mockState);
  return (call) => {
    if (owner !== undefined) itemAt(withoutVerb(call.path, entry), owner, call, mockState);
    return sample(call);
  };
}

/** Returns the handler of a method that returns ids for new items. */
function idsHandler({ api, method }: IndexedMethod): Handler | undefined {
  const type = responseType(method);
  const ids = propertiesOf(type, api.schemas).find(({ name }) => name === "ids")?.type;
  if (method.name !== "generateIds" || ids?.kind !== "array" || ids.items.kind !== "string") return undefined;
  const value = (call: Call, wanted: string) =>
    call.query.get(wanted) ?? method.parameters.find(({ name }) => name === wanted)?.default;
  return (call) => {
    const made = Array.from({ length: Number(value(call, "count") ?? 10) }, () => randomBytes(16).toString("hex"));
    const space = value(call, "space");
    return {
      status: 200,
      body: withKinds({ ids: made, ...(space === undefined ? {} : { space }) }, type, api.schemas),
    };
  };
}

/** Returns the handler of a method that concerns stored resources, if its response follows from them. */
function concernedHandler(entry: IndexedMethod, concern: Concern, mockState: MockState): Handler | undefined {
  const { facts, at } = concern;
  const { collection } = facts;
  const { actions } = apiFacts(entry.api.model.id);
  if (at === "item" && entry.method.httpMethod === "POST") {
    const isKnown = own(actions, entry.method.id) !== undefined || progressOf(collection) !== undefined;
    const isUndelete = collection.isUndeletable && entry.method.name === "undelete" && canConfirm(entry, collection);
    const effect = effectOf(entry, collection);
    if (isKnown || isUndelete || effect !== undefined) return itemHandler(entry, facts, effect, mockState);
    return copyHandler(entry, facts, mockState);
  }
  if (at === "collection") return severalHandler(entry, facts, () => refusedFor(entry, concern), mockState);
  if (at === "type") return undefined;
  const reader = settingReader(entry);
  if (reader === undefined) return undefined;
  const write = settingHandler(entry, reader, () => ({}), mockState);
  return (call) => {
    if (entry.method.httpMethod === "GET" && mockState.store.get(call.path) === undefined)
      throw refusedFor(entry, concern);
    return write(call);
  };
}

function refusedFor({ api, method }: IndexedMethod, { facts }: Concern): GoogleError {
  const resource = facts.collection.resource.join(".");
  return notModelled(`The mock does not model ${method.id}, which concerns stored ${resource}.`, insteadOf(api));
}

function raise(error: GoogleError): never {
  throw error;
}

/** Returns the path without `:verb` or `/verb`. */
function withoutVerb(path: string, { shape }: IndexedMethod): string {
  const before = withoutCustomVerb(path);
  if (before !== path && withoutCustomVerb(shape) !== shape) return before;
  return shape.endsWith("}") ? path : path.replace(/\/\w+$/, "");
}

/** Returns the handler of a custom method on one item. */
function itemHandler(
  entry: IndexedMethod,
  owner: CollectionFacts,
  effect: Effect | undefined,
  mockState: MockState,
): Handler {
  const { collection } = owner;
  const { actions } = apiFacts(entry.api.model.id);
  const action = own(actions, entry.method.id) ?? {};
  const confirm = confirmFor({ entry, collection, more: (body) => repeated(action, body) }, mockState);
  const progress = progressOf(collection);
  const isUndelete = collection.isUndeletable && entry.method.name === "undelete";
  /** Stores a new item beside the one at this path. */
  const make = (written: JsonObject, call: Call, beside: string): HttpResponse => {
    const path = itemPath(splitPath(beside)[0], keyOf(written, collection) ?? "");
    if (mockState.store.get(path) !== undefined)
      throw new GoogleError(409, "A resource with this name exists already.");
    const variables = new Map([...call.variables].filter(([name]) => name !== collection.keyVariable));
    const made = completeItem(written, {
      collection,
      path,
      now: mockState.now(),
      ...factsFrom({ ...call, variables }),
    });
    mockState.store.set(path, made);
    return confirm({ ...call, variables }, made, path);
  };
  return (call) => {
    const path = withoutVerb(call.path, entry);
    const item = itemAt(path, owner, call, mockState);
    checkEtag(call, item, collection, call.body);
    const required = action.context ?? action.needs;
    if (required !== undefined && own(call.body ?? {}, required) === undefined) throw missing(required);
    if (action.make !== undefined) return make(action.make(item, call.body ?? {}), call, path);
    if (isUndelete && !isMarkedDeleted(item)) throw new GoogleError(409, "The resource is not deleted.");
    const changed = isUndelete
      ? withoutDeletionMarks(item, collection)
      : (action.change?.(item) ?? touched(item, effect?.(item, call), owner, mockState));
    if (changed !== undefined) mockState.store.set(path, withEtag(changed, collection));
    if (progress !== undefined && entry.method.name === "wait") finish(path, progress, mockState);
    if (progress !== undefined && entry.method.name === "cancel") cancel(path, progress, mockState);
    return confirm(call, mockState.store.get(path) ?? item, path);
  };
}

/** Returns a changed item with its time of change. */
function touched(
  before: JsonObject,
  after: JsonObject | undefined,
  { collection: { properties } }: CollectionFacts,
  { now }: MockState,
): JsonObject | undefined {
  if (after === undefined || after === before) return after;
  const names = ["updateTime", "updated"].filter((name) => isStringProperty(properties, name));
  return { ...after, ...Object.fromEntries(names.map((name) => [name, new Date(now()).toISOString()])) };
}

function repeated({ context }: Action, body: JsonObject | undefined): JsonObject {
  const value = context === undefined || body === undefined ? undefined : own(body, context);
  return context === undefined || value === undefined ? {} : { [context]: value };
}
