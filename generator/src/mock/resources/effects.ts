/** Effects of custom methods that follow from the properties of the item: `disable`, `setLabels`, `modify`. */
import type { PropertyModel, TypeModel } from "../../model/types.js";
import { type IndexedMethod, propertiesOf, schemaName } from "../api-index.js";
import type { Call } from "../call.js";
import { notModelled } from "../google-error.js";
import { type Json, type JsonObject, own } from "../json.js";
import { type Collection, responseType } from "./collections.js";

/** Returns the changed item. */
export type Effect = (item: JsonObject, call: Call) => JsonObject;

/** Methods that change nothing that a later request can see. */
const WITHOUT_EFFECT =
  /^(restart|reset|reboot|reload|sendDiagnosticInterrupt|simulateMaintenanceEvent|performMaintenance)$/;

/** Booleans that a method sets, by its name. */
const BOOLEANS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  activate: { active: true },
  archive: { archived: true },
  deactivate: { active: false },
  detach: { detached: true },
  disable: { disabled: true, enabled: false },
  enable: { disabled: false, enabled: true },
  hide: { hidden: true },
  lock: { locked: true },
  trash: { trashed: true },
  unarchive: { archived: false },
  unhide: { hidden: false },
  unlock: { locked: false },
  untrash: { trashed: false },
};

/** States that a method may lead to, by its name. The enum must have exactly one of them. */
const STATES: Readonly<Record<string, readonly string[]>> = {
  accept: ["ACCEPTED"],
  activate: ["ACTIVE", "ACTIVATED", "ENABLED"],
  approve: ["APPROVED"],
  archive: ["ARCHIVED"],
  cancel: ["CANCELED", "CANCELLED", "CANCELING", "CANCELLING", "CANCEL_REQUESTED"],
  complete: ["COMPLETE", "COMPLETED"],
  deactivate: ["DEACTIVATED", "DISABLED", "INACTIVE"],
  decline: ["DECLINED"],
  destroy: ["DESTROYED", "DESTROY_SCHEDULED"],
  disable: ["DISABLED", "INACTIVE"],
  enable: ["ACTIVE", "ENABLED"],
  pause: ["PAUSED"],
  reject: ["REJECTED"],
  resume: ["ACTIVE", "ENABLED", "READY", "RUNNING", "STATE_READY"],
  start: ["ACTIVE", "READY", "RUNNABLE", "RUNNING", "STARTED", "STATE_RUNNING"],
  stop: ["INACTIVE", "STATE_STOPPED", "STOPPED", "TERMINATED"],
  suspend: ["STATE_SUSPENDED", "SUSPENDED"],
};

/** Properties of requests that say how to carry out the request, not what to change. */
const CONTROLS = /^(etag|fingerprint|\w+Fingerprint|ids|kind|name|names|requestId|updateMask|validateOnly)$/;

/** Returns the effect of a method on one item, if the document shows it; else `undefined`. */
export function effectOf(entry: IndexedMethod, collection: Collection): Effect | undefined {
  const { method } = entry;
  if (method.httpMethod !== "POST" || !canConfirm(entry, collection)) return undefined;
  if (WITHOUT_EFFECT.test(method.name)) {
    const isItem = schemaName(responseType(method), entry.api.schemas) === collection.itemName;
    return isItem ? undefined : (item) => item;
  }
  return stateEffect(entry, collection) ?? replacement(entry, collection) ?? membership(entry, collection);
}

/** Returns true if the response to a change is known: the item, an operation, or nothing. */
export function canConfirm({ api, method }: IndexedMethod, { itemName }: Pick<Collection, "itemName">): boolean {
  const { response, operation } = method;
  if (response === undefined || operation !== undefined) return true;
  if (response.kind !== "json") return false;
  const properties = propertiesOf(response.type, api.schemas);
  const name = schemaName(response.type, api.schemas);
  if (name === itemName) return true;
  // The response holds the item and nothing else, or is empty.
  return name !== undefined && properties.every(({ type }) => schemaName(type, api.schemas) === itemName);
}

/** Returns true for a method whose response is empty: what it does can only be seen later. */
export function returnsNothing({ api, method: { operation, response } }: IndexedMethod): boolean {
  if (response === undefined) return true;
  const name = response.kind === "json" ? schemaName(response.type, api.schemas) : undefined;
  const shape = name === undefined ? undefined : api.schemas.get(name)?.shape;
  return operation === undefined && shape?.kind === "object" && shape.properties.length === 0;
}

/** `disable`: sets `disabled`, or the state DISABLED. */
function stateEffect(entry: IndexedMethod, { properties }: Collection): Effect | undefined {
  const { name } = entry.method;
  const booleans = Object.entries(own(BOOLEANS, name) ?? {}).filter(([property]) =>
    properties.some((one) => one.name === property && one.type.kind === "boolean"),
  );
  const states = own(STATES, name) ?? [];
  const changed = [...booleans, ...(booleans.length === 0 ? stateIn(properties, states) : [])];
  if (changed.length !== 1) return undefined;
  return (item, call) => {
    checkControls(call, () => false);
    return { ...item, ...Object.fromEntries(changed) };
  };
}

function stateIn(properties: readonly PropertyModel[], states: readonly string[]): readonly [string, Json][] {
  return properties.flatMap(({ name, type }): [string, Json][] => {
    if (!/^(lifecycleState|state|status)$/.test(name) || type.kind !== "string") return [];
    const fitting = states.filter((state) => type.enum?.values.some(({ value }) => value === state));
    const [only, ...more] = fitting;
    return only === undefined || more.length > 0 ? [] : [[name, only]];
  });
}

/** `setLabels`, `modifyPushConfig`: replaces the property that the request has, or that is the request. */
function replacement({ api, method }: IndexedMethod, { properties }: Collection): Effect | undefined {
  const [, rest] = /^(?:set|update|modify)([A-Z]\w*)$/.exec(method.name) ?? [];
  if (rest === undefined || method.request?.kind !== "json") return undefined;
  const target = rest.slice(0, 1).toLowerCase() + rest.slice(1);
  const property = properties.find(({ name }) => name === target);
  if (property === undefined || property.readOnly) return undefined;
  const request = method.request.type;
  const isRequest = sameType(property.type, request);
  const inner = propertiesOf(request, api.schemas).find(({ name }) => name === target);
  if (isRequest) return (item, { body = {} }) => ({ ...item, [target]: body });
  if (inner === undefined || !sameType(inner.type, property.type)) return undefined;
  return (item, call) => {
    checkControls(call, (name) => name === target);
    const value = own(call.body ?? {}, target);
    const { [target]: _before, ...others } = item;
    return value === undefined || value === null ? others : { ...others, [target]: value };
  };
}

/** `modify` with `addLabelIds` and `removeLabelIds`: changes the members of `labelIds`. */
function membership({ api, method }: IndexedMethod, { properties }: Collection): Effect | undefined {
  if (method.request?.kind !== "json") return undefined;
  const names = propertiesOf(method.request.type, api.schemas)
    .map(({ name }) => name)
    .filter((name) => !CONTROLS.test(name));
  const changes = names.map((name) => {
    const [, verb, rest = ""] = /^(add|remove)([A-Z]\w*)$/.exec(name) ?? [];
    const target = rest.slice(0, 1).toLowerCase() + rest.slice(1);
    const type = properties.find((one) => one.name === target)?.type;
    const isList = type?.kind === "array" && type.items.kind === "string";
    return isList && verb !== undefined ? { name, verb, target } : undefined;
  });
  const known = changes.filter((change) => change !== undefined);
  if (known.length === 0 || known.length < changes.length) return undefined;
  return (item, { body = {} }) => {
    const changed = new Map(Object.entries(item));
    for (const { name, verb, target } of known) {
      const given = membersOf(own(body, name));
      const before = membersOf(changed.get(target));
      const kept = before.filter((member) => !given.includes(member));
      changed.set(
        target,
        verb === "remove" ? kept : [...before, ...given.filter((member) => !before.includes(member))],
      );
    }
    return Object.fromEntries(changed);
  };
}

export function membersOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** @throws {GoogleError} 400 for a property of the request whose effect is unknown */
function checkControls({ body = {}, entry }: Call, isKnown: (name: string) => boolean): void {
  const other = Object.keys(body).find((name) => !CONTROLS.test(name) && !isKnown(name));
  if (other !== undefined)
    throw notModelled(`The mock does not model the property ${JSON.stringify(other)} of ${entry.method.id}.`);
}

function sameType(a: TypeModel, b: TypeModel): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
