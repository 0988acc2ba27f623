/**
 * Facts that only the server sets: ids, links, times, versions and states.
 *
 * The rules use names, formats and descriptions of properties, and apply to every API. A property for which no rule is
 * certain stays absent.
 */
import { createHash, randomBytes, randomInt, randomUUID } from "node:crypto";
import type { PropertyModel } from "../../model/types.js";
import { propertiesOf } from "../api-index.js";
import { isInt64 } from "../requests/check-value.js";
import { type Json, type JsonObject, isObject, own, ownString } from "../json.js";
import type { Collection } from "./collections.js";
import { splitPath } from "./store.js";

export interface ServerFacts {
  readonly collection: Collection;
  /** Canonical path of the item. */
  readonly path: string;
  /** Path parameters of the call. */
  readonly variables: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Absent for a new item. */
  readonly previous?: JsonObject;
  /** Scheme and host to which the client sent the request; the start of links. */
  readonly origin?: string | undefined;
  /** Email address of the account that makes the call. */
  readonly caller?: string | undefined;
}

const MARK = /^\W*(?:output|read)[ -]only|[[(](?:output|read)[ -]?only[\])]/i;

/** Returns true for a property that only the server sets, by its flag or its description. */
export function isServerSet({ readOnly, description }: PropertyModel): boolean {
  return readOnly || MARK.test(description);
}

/** Returns true for a property that clients write, and that responses never contain. */
export function isInputOnly({ name, description }: PropertyModel): boolean {
  return /^\W*input[ -]only/i.test(description) || /^(?:root)?password$/i.test(name);
}

const CREATION_TIME =
  /^(?:create(?:d)?(?:Time|Date|At)|creation(?:Time|Date|Timestamp)|timeCreated|created|insertTime)$/;
const UPDATE_TIME = /^(?:update(?:d)?(?:Time|At)|modified(?:Time|Date)|lastModified(?:Time|Date|At)?|updated)$/;
/** States of a usable resource. */
export const LIVE = ["ACTIVE", "READY", "RUNNING", "RUNNABLE", "ENABLED", "RESERVED", "AVAILABLE", "CREATED", "done"];

/** Returns the facts about a new or changed item: those that are missing, and those that change with it. */
export function serverFacts(item: JsonObject, facts: ServerFacts): JsonObject {
  const entries = facts.collection.properties.flatMap((property): [string, Json][] => {
    const value = timeOf(property, item, facts) ?? countOf(property, facts) ?? factOf(property, item, facts);
    return value === undefined ? [] : [[property.name, value]];
  });
  return Object.fromEntries(entries);
}

/** Returns the links of an item to itself and to its place. */
export function serverLinks(item: JsonObject, facts: ServerFacts): JsonObject {
  const entries = facts.collection.properties.flatMap((property): [string, Json][] => {
    const isSelf = property.name === "selfLink" && property.type.kind === "string";
    const link = isSelf ? linkTo(facts.path, facts) : scopeLink(property, item, facts);
    return link === undefined ? [] : [[property.name, link]];
  });
  return Object.fromEntries(entries);
}

/** Returns the time of creation or of the last change. A time that the client wrote stays, if clients may write it. */
function timeOf(property: PropertyModel, item: JsonObject, { now, previous }: ServerFacts): Json | undefined {
  const { name, description } = property;
  const [isCreation, isUpdate] = [CREATION_TIME.test(name), UPDATE_TIME.test(name)];
  if (property.type.kind !== "string" || (!isCreation && !isUpdate)) return undefined;
  const given = own(item, name);
  const isWritten = given !== undefined && given !== own(previous ?? {}, name);
  if (isWritten || (isCreation && given !== undefined)) return undefined;
  const { format } = property.type;
  if (isInt64(format)) {
    const isInSeconds = /\bseconds\b/i.test(description) && !/millisecond/i.test(description);
    return String(isInSeconds ? Math.floor(now / 1000) : now);
  }
  const isTime = format === "google-datetime" || format === "date-time";
  return isTime || (format === undefined && /time|date/i.test(description)) ? new Date(now).toISOString() : undefined;
}

/** Returns the time at which an item expires that a client made with a time to live. */
export function expiryOf(
  written: JsonObject,
  { collection: { properties }, now, previous = {} }: ServerFacts,
): JsonObject {
  const ttl = /^(\d{1,9}(?:\.\d+)?)s$/.exec(ownString(written, "ttl") ?? "")?.[1];
  const property = properties.find(({ name }) => name === "expireTime");
  const given = own(written, "expireTime");
  const isWritten = given !== undefined && given !== own(previous, "expireTime");
  const isKnown = property !== undefined && (isServerSet(property) || !isWritten);
  return ttl === undefined || !isKnown ? {} : { expireTime: new Date(now + Number(ttl) * 1000).toISOString() };
}

/** Returns the next number of a version that counts the changes of an item. */
function countOf(property: PropertyModel, facts: ServerFacts): Json | undefined {
  const { name, type, description } = property;
  if (type.kind !== "string" || !isInt64(type.format)) return undefined;
  const { previous, collection } = facts;
  const isCount =
    name === "metageneration" ||
    // Beside a metageneration, the generation counts changes of the content.
    (name === "generation" && !collection.properties.some((other) => other.name === "metageneration")) ||
    (name === "version" && /increas/i.test(description)) ||
    (name === "revisionId" && isServerSet(property));
  if (!isCount) return undefined;
  const last = ownString(previous ?? {}, name);
  return String(last !== undefined && /^\d{1,18}$/.test(last) ? BigInt(last) + 1n : 1n);
}

/** Returns a fact that a new item gets, and keeps. */
function factOf(property: PropertyModel, item: JsonObject, facts: ServerFacts): Json | undefined {
  const { collection, previous, path, origin, caller } = facts;
  const { name, type, description } = property;
  if (previous !== undefined || type.kind !== "string") return undefined;
  if (name === "selfLink") return linkTo(path, facts);
  const link = scopeLink(property, item, facts);
  if (link !== undefined) return link;
  if (own(item, name) !== undefined) return undefined;
  const segment = collection.namesAfter === undefined ? undefined : segmentOf(name, facts);
  if (segment !== undefined) return segment;
  if (name === "id")
    return name === collection.keyProperty && collection.reference === undefined
      ? undefined
      : idOf(property, item, facts);
  if (name === "mediaLink" && origin !== undefined) return `${origin}${readablePath(path)}?alt=media`;
  // Some documents list the states in the description only.
  if (name === "state" && type.enum === undefined && /\bone of ACTIVE\b/.test(description)) return "ACTIVE";
  if (!isServerSet(property)) return undefined;
  const state = /^(?:state|status|lifecycleState)$/.test(name) ? liveState(property) : undefined;
  if (state !== undefined) return state;
  switch (name) {
    case "type":
      return usualType(description, item);
    case "startTime":
      return /\bstarted by the server\b/.test(description) ? new Date(facts.now).toISOString() : undefined;
    case "uid":
      return randomUUID();
    case "uniqueId":
    case "numericId":
    case "oauth2ClientId":
      return numeral(path + name, 21);
    case "revisionId":
      return isInt64(type.format) ? "1" : randomBytes(4).toString("hex");
    case "email": {
      const key = decodeURIComponent(splitPath(path)[1]);
      return key.includes("@") ? key : undefined;
    }
    case "user_email":
    case "creator":
    case "createdBy":
      return /email/i.test(description) ? caller : undefined;
    case "projectId":
      return projectIn(path);
    case "projectNumber": {
      const project = projectIn(path);
      return project === undefined ? undefined : numeral(project, 12);
    }
    default:
      return undefined;
  }
}

/** Returns the id in the name of the item that a property repeats: `triggerId` of `…/triggers/7`, if `path` is the name. */
function segmentOf(name: string, { collection, path }: ServerFacts): string | undefined {
  if (!name.endsWith("Id") || collection.keyProperty === "name") return undefined;
  const segments = path.split("/");
  const index = segments.findIndex((segment) => segment.replace(/s$/, "") === name.slice(0, -2));
  const id = index === -1 ? undefined : segments[index + 1];
  return id === undefined ? undefined : decodeURIComponent(id);
}

/** Returns the type that a description lists for an item with a property of that name (`view`), else the first one. */
function usualType(description: string, item: JsonObject): string | undefined {
  const types = Array.from(description.matchAll(/\* `?([A-Z][A-Z_]+)`?(?::| -)/g), ([, type = ""]) => type);
  const camel = (type: string) =>
    type.toLowerCase().replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  return types.length < 2 ? undefined : (types.find((type) => own(item, camel(type)) !== undefined) ?? types[0]);
}

/** Returns the state of a usable resource, if the type has one. */
export function liveState({ type }: PropertyModel): string | undefined {
  const states = type.kind === "string" ? (type.enum?.values.map(({ value }) => value) ?? []) : [];
  return LIVE.find((state) => states.includes(state));
}

/** Returns the URL of the item at the mock. An item without a `get` method has none. */
function linkTo(path: string, { origin, collection }: ServerFacts): string | undefined {
  const hasGet = collection.roles.some(({ role }) => role === "get");
  return origin !== undefined && hasGet ? origin + readablePath(path) : undefined;
}

/** Returns the path as clients write it: `@me` instead of `%40me`. */
export function readablePath(path: string): string {
  return path.replaceAll(/%(?:40|24|2C|3B|3D)/g, decodeURIComponent);
}

/** Returns the URL of the zone or region that the path contains, if the property contains a URL. */
function scopeLink(
  { name, description }: PropertyModel,
  item: JsonObject,
  { origin, variables, path, collection }: ServerFacts,
): string | undefined {
  const index = collection.template.split("/").indexOf(`{${name}}`);
  const isUrl = /\bURL of the\b/i.test(description);
  if (!isUrl || origin === undefined || index === -1 || own(item, name) !== variables.get(name)) return undefined;
  const above = path.split("/").slice(0, index + 1);
  return origin + readablePath(above.join("/"));
}

/** Returns an id that is not the key of the item: a number, or BigQuery's `project:dataset.table`. */
function idOf(property: PropertyModel, item: JsonObject, { collection }: ServerFacts): Json | undefined {
  const { type, description } = property;
  if (type.kind === "string" && isInt64(type.format)) return numberId();
  if (!isServerSet(property)) return undefined;
  const { reference, properties, api } = collection;
  const holder = reference === undefined ? undefined : own(item, reference);
  if (isObject(holder) && reference !== undefined) {
    const members = propertiesOf(properties.find(({ name }) => name === reference)?.type, api.schemas);
    const inOrder = [...collection.template.matchAll(/\{([^{}]+)\}/g)].map(([, name = ""]) => name);
    const names = [...inOrder, ...collection.keyVariables].filter((name) => members.some((one) => one.name === name));
    const [first = "", ...rest] = names.map((name) => ownString(holder, name) ?? "");
    return `${first}:${rest.join(".")}`;
  }
  return /unique|identif|\bid\b/i.test(description) ? randomBytes(8).toString("hex") : undefined;
}

/** Returns a new id of 13 digits. */
export function numberId(): string {
  return String(randomInt(1e12, 2e12));
}

/** Returns the same number each time for the same text. */
function numeral(text: string, digits: number): string {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 20);
  return `1${BigInt(`0x${hash}`)}`.padEnd(digits, "0").slice(0, digits);
}

/** Returns the id of the project in a path. */
export function projectIn(path: string): string | undefined {
  const id = /\/projects\/([^/]+)/.exec(path)?.[1];
  return id === undefined || id === "-" ? undefined : decodeURIComponent(id);
}
