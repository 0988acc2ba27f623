/** Refuses requests of collections that are valid but change the response in a way that the mock does not model. */
import type { IndexedMethod } from "../api-index.js";
import type { Call, Handler } from "../call.js";
import { notModelled } from "../google-error.js";
import { type JsonObject, own } from "../json.js";
import { insteadOf, refusalOf } from "../known-apis/refused.js";
import type { MockState } from "../mock-state.js";
import { wireName } from "../requests/parameters.js";
import type { Collection, RoleOf } from "./collections.js";
import { holdsItemsOf } from "./concerns.js";
import { membersOf } from "./effects.js";
import { type CollectionFacts, itemAt } from "./lookup.js";
import { splitPath } from "./store.js";

/** Query parameters of reads and writes of one item that the mock must not ignore. Others have only side effects. */
const MEANINGFUL =
  /^(if[A-Z]\w*Match|(add|remove)[A-Z]\w*|aspectKeys|clearMask|convert|deleteMissingAspects|destination|dryRun|newRevision|preview|previous|publish|ranges|readTime|revert|revision|revisionId|softDeleted|source[A-Z]\w*|transaction|transferOwnership|versionId)$/;

/** Returns a handler that refuses what the mock does not model, and otherwise responds like `handler`. */
export function guarded(
  { entry, role }: RoleOf,
  handler: Handler,
  facts: CollectionFacts,
  all: readonly CollectionFacts[],
  mockState: MockState,
): Handler {
  const refusal = refusalOf(entry);
  const { collection } = facts;
  const holdsOthers = !facts.isFilled && holdsItemsOf(collection, all);
  return (call) => {
    const place = role === "list" || role === "insert" ? call.path : splitPath(call.path)[0];
    // Fixtures teach the mock what it would refuse, but not what a new item leads to.
    if (refusal !== undefined && (role === "insert" || !facts.isSeeded(place))) throw refusal;
    if (holdsOthers && facts.isOpen(place))
      throw notModelled(
        `The mock does not model ${entry.method.id}: it depends on other resources.`,
        insteadOf(entry.api),
      );
    if (role === "list") return handler(call);
    const changed = role === "patch" ? membershipChange(call, facts, mockState) : undefined;
    for (const parameter of entry.method.parameters) {
      const name = wireName(parameter);
      const value = parameter.location === "query" ? (call.query.get(name) ?? "") : "";
      if (value === "" || value === "false" || value === parameter.default) continue;
      if (changed?.names.includes(name) === true) continue;
      const isLost = role === "insert" && isUnset(parameter.name, call, collection);
      if (MEANINGFUL.test(name) || isLost)
        throw notModelled(`The mock does not model the parameter ${JSON.stringify(name)} of ${entry.method.id}.`);
    }
    return handler(changed === undefined ? call : { ...call, body: { ...call.body, ...changed.values } });
  };
}

/** Returns true for a parameter that sets a property which only the server writes (`parent` of a task). */
function isUnset(name: string, { entry }: Call, { properties }: Collection): boolean {
  const isOfInsert = !/(Id|Key)$|^(name|parent|project|view)$/.test(name) || namesOtherItem(entry, name);
  return isOfInsert && properties.some((property) => property.name === name && property.readOnly);
}

/** Returns true if `parent` is no part of the path, so that it names another item. */
function namesOtherItem({ method }: IndexedMethod, name: string): boolean {
  return (
    name === "parent" && !method.parameters.some(({ location, name: other }) => location === "path" && other === name)
  );
}

/** Returns the properties that `addParents` and `removeParents` change, if they are arrays of strings. */
function membershipChange(
  call: Call,
  facts: CollectionFacts,
  mockState: MockState,
): { readonly names: readonly string[]; readonly values: JsonObject } | undefined {
  const { query, path, entry } = call;
  const changes = entry.method.parameters.flatMap(({ name }) => {
    const [, verb, rest = ""] = /^(add|remove)([A-Z]\w*)$/.exec(name) ?? [];
    const target = rest.slice(0, 1).toLowerCase() + rest.slice(1);
    const type = facts.collection.properties.find((one) => one.name === target)?.type;
    const isList = type?.kind === "array" && type.items.kind === "string";
    const given = (query.get(name) ?? "").split(",").filter((text) => text !== "");
    return verb !== undefined && isList && given.length > 0 ? [{ name, verb, target, given }] : [];
  });
  if (changes.length === 0) return undefined;
  const item = itemAt(path, facts, call, mockState);
  const values = new Map<string, readonly string[]>();
  for (const { verb, target, given } of changes) {
    const before = values.get(target) ?? membersOf(own(item, target)).map(String);
    const kept = before.filter((member) => !given.includes(member));
    values.set(target, verb === "add" ? [...kept, ...given] : kept);
  }
  return { names: changes.map(({ name }) => name), values: Object.fromEntries(values) };
}
