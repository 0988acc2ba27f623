/** Methods of access control lists: those of buckets, of objects, and those that new objects get. */
import type { Call } from "../../call.js";
import { GoogleError, missing } from "../../google-error.js";
import { type JsonObject, own, ownString } from "../../json.js";
import type { MockState } from "../../mock-state.js";
import type { KnownMethod } from "../api-facts.js";
import { type Acl, type AclKind, aclIn, checkAclAllowed, checkedEntry, withEntry, withoutEntity } from "./acl.js";
import { requested } from "./objects.js";
import { checkPreconditions } from "./preconditions.js";
import { bucketAt, bucketPath, changed, variable } from "./state.js";
import { type AclPlace, entryView, NO_CONTENT, respond } from "./views.js";

/** One of the lists: which resource has it, and in which property. */
interface List {
  readonly kind: AclKind;
  readonly property: AclPlace["kind"];
  readonly listKind: string;
  holderOf(call: Call, state: MockState): Holder;
}

interface Holder {
  readonly path: string;
  readonly item: JsonObject;
  readonly bucket: JsonObject;
  readonly object?: JsonObject;
}

function bucketHolder(call: Call, state: MockState): Holder {
  const name = variable(call, "bucket");
  const bucket = bucketAt(name, state);
  checkPreconditions(call, bucket);
  return { path: bucketPath(name), item: bucket, bucket };
}

function objectHolder(call: Call, state: MockState): Holder {
  const { path, object, bucket } = requested(call, state);
  return { path, item: object, bucket, object };
}

const LISTS: Readonly<Record<string, List>> = {
  bucketAccessControls: {
    kind: "bucket",
    property: "acl",
    listKind: "storage#bucketAccessControls",
    holderOf: bucketHolder,
  },
  defaultObjectAccessControls: {
    kind: "object",
    property: "defaultObjectAcl",
    listKind: "storage#objectAccessControls",
    holderOf: bucketHolder,
  },
  objectAccessControls: {
    kind: "object",
    property: "acl",
    listKind: "storage#objectAccessControls",
    holderOf: objectHolder,
  },
};

function methodsOf({ kind, property, listKind, holderOf }: List): Readonly<Record<string, KnownMethod>> {
  const open = (call: Call, state: MockState) => {
    const holder = holderOf(call, state);
    checkAclAllowed(holder.bucket, []);
    return { holder, acl: aclIn(holder.item, property) };
  };
  const show = (entry: JsonObject, { bucket, object }: Holder, call: Call): JsonObject =>
    entryView(entry, { kind: property, bucket, ...(object === undefined ? {} : { object }) }, call);
  const entryOf = (acl: Acl, call: Call): JsonObject => {
    const entity = variable(call, "entity");
    const found = acl.find((entry) => ownString(entry, "entity") === entity);
    if (found === undefined)
      throw new GoogleError(404, `Not found: the access control list has no entry for ${entity}.`);
    return found;
  };
  /** Stores an entry, and returns it with the facts of the changed resource. */
  const store = (entry: JsonObject, holder: Holder, acl: Acl, call: Call, state: MockState) => {
    checkAclAllowed(holder.bucket, [entry]);
    const item = changed(holder.path, { ...holder.item, [property]: withEntry(acl, entry) }, state);
    const after = holder.object === undefined ? { ...holder, bucket: item } : { ...holder, object: item };
    return respond(call, show(entry, after, call));
  };
  const change: KnownMethod = (call, state) => {
    const { holder, acl } = open(call, state);
    const before = entryOf(acl, call);
    const role = own(call.body ?? {}, "role") ?? own(before, "role") ?? "";
    return store(checkedEntry({ ...before, role }, kind), holder, acl, call, state);
  };
  return {
    list: (call, state) => {
      const { holder, acl } = open(call, state);
      const items = acl.map((entry) => show(entry, holder, call));
      return respond(call, { kind: listKind, ...(items.length === 0 ? {} : { items }) });
    },
    get: (call, state) => {
      const { holder, acl } = open(call, state);
      return respond(call, show(entryOf(acl, call), holder, call));
    },
    insert: (call, state) => {
      const { body } = call;
      if (body === undefined) throw missing("the request body");
      const { holder, acl } = open(call, state);
      return store(checkedEntry(body, kind), holder, acl, call, state);
    },
    patch: change,
    update: change,
    delete: (call, state) => {
      const { holder, acl } = open(call, state);
      entryOf(acl, call);
      const rest = withoutEntity(acl, variable(call, "entity"));
      changed(holder.path, { ...holder.item, [property]: rest }, state);
      return NO_CONTENT;
    },
  };
}

export const ACL_METHODS: Readonly<Record<string, KnownMethod>> = Object.fromEntries(
  Object.entries(LISTS).flatMap(([resource, list]) =>
    Object.entries(methodsOf(list)).map(([name, method]) => [`storage.${resource}.${name}`, method] as const),
  ),
);
