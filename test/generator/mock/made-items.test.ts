/** Every collection of Google's documents that has an insert method: what was made is read, listed and deleted. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { indexApi } from "../../../generator/src/mock/api-index.js";
import { NOT_MODELLED } from "../../../generator/src/mock/google-error.js";
import type { Json, JsonObject } from "../../../generator/src/mock/index.js";
import { isObject, own } from "../../../generator/src/mock/json.js";
import {
  type Collection,
  collectionsOf,
  type RoleOf,
  shapeOf,
} from "../../../generator/src/mock/resources/collections.js";
import { keyOf } from "../../../generator/src/mock/resources/items.js";
import { sampleObject, sampleOf } from "../../../generator/src/mock/resources/sample.js";
import { isInputOnly, isServerSet } from "../../../generator/src/mock/resources/server-facts.js";
import { knownMethod } from "../../../generator/src/mock/known-apis/index.js";
import { isServerKey } from "../../../generator/src/mock/resources/new-names.js";
import { itemPath } from "../../../generator/src/mock/routes.js";
import { CORPUS, needsCorpus } from "../../support/folders.js";
import { authorized, type Call, mockFor, modelOf } from "./support.js";

const files =
  needsCorpus === ""
    ? readdirSync(CORPUS)
        .filter((year) => /^\d+$/.test(year))
        .flatMap((year) => readdirSync(join(CORPUS, year)).map((name) => `${year}/${name}`))
        .filter((name) => name.endsWith(".json"))
    : [];

/** Collections whose items do not contain their name, and DNS changes, which depend on record sets. */
const NAMELESS =
  /^organizations\.(?:analytics|developers|hostSecurityReports|environments\.securityReports|appgroups\.apps\.keys)|^changes$|predictionApiKeyRegistrations$/;

/** Properties of Cloud SQL that only the server sets, or never returns, although the document does not say so. */
const FIXED: ReadonlySet<string> = new Set([
  "connectionName",
  "currentDiskSize",
  "instanceType",
  "ipAddresses",
  "maxDiskSize",
  "password",
  "rootPassword",
]);

/** An item that the test made, with the path under which it is found. */
interface Made {
  readonly collection: Collection;
  readonly path: string;
}

const counts = { made: 0, all: 0 };

describe(`what a client makes${needsCorpus}`, { skip: needsCorpus !== "" }, () => {
  it.each(files)("is read, listed and deleted: %s", async (file) => {
    const model = modelOf(readFileSync(join(CORPUS, file), "utf8"), file);
    const mock = await mockFor({ models: [model], pageSize: 50 });
    const call = await authorized(mock, { scope: model.scopes.map(({ scope }) => scope).join(" ") || undefined });
    // The mock has code for buckets and objects, which has its own tests.
    if (model.name === "storage") await call("POST", "storage/v1/b?project=1", { name: "100" });
    const collections = collectionsOf(indexApi(model)).filter(
      ({ roles, resource }) =>
        roles.some(({ role, entry }) => role === "insert" && knownMethod(entry) === undefined) &&
        !NAMELESS.test(resource.join(".")),
    );
    const problems: string[] = [];
    const made: Made[] = [];
    for (const collection of collections.toSorted((a, b) => depth(a) - depth(b))) {
      const { problem, path } = await checkInsert(collection, placeIn(collection, made), call);
      if (path !== undefined) made.push({ collection, path });
      if (problem !== undefined) problems.push(`${collection.resource.join(".")}: ${problem}`);
    }
    for (const item of made.toReversed()) {
      const problem = await checkDelete(item, call);
      if (problem !== undefined) problems.push(`${item.collection.resource.join(".")}: ${problem}`);
    }
    counts.made += made.length;
    counts.all += collections.length;
    expect(problems).toEqual([]);
  });

  it("is checked in most collections: the others are refused, or have no name", () => {
    expect(counts.made / counts.all).toBeGreaterThan(0.9);
  });
});

function depth({ template }: Collection): number {
  return template.split("/").length;
}

/** Returns the path of the collection below the items that were made. */
function placeIn({ template, roles }: Collection, made: readonly Made[]): string {
  const types = new Map(
    roles.flatMap(({ entry }) => entry.method.parameters.map(({ name, type }) => [name, type] as const)),
  );
  const shape = shapeOf(template).split("/");
  const segments = template.split("/").map((segment) => {
    const type = types.get(segment.slice(1, -1));
    const isEnum = type?.kind === "string" && type.enum !== undefined;
    return segment.startsWith("{") ? (isEnum ? String(sampleOf(type, new Map())) : "100") : segment;
  });
  for (let length = segments.length - 1; length > 1; length -= 1) {
    const above = shape.slice(0, length).join("/");
    const parent = made.find(({ collection }) => `${shapeOf(collection.template)}/{}` === above);
    if (parent !== undefined) return [parent.path, ...segments.slice(length)].join("/");
  }
  return segments.join("/");
}

interface Checked {
  readonly problem?: string;
  readonly path?: string;
}

async function checkInsert(collection: Collection, place: string, call: Call): Promise<Checked> {
  const { api, roles, properties, namesAfter } = collection;
  const find = (wanted: RoleOf["role"]) => roles.find(({ role }) => role === wanted);
  const insert = find("insert");
  if (insert === undefined) return {};
  const { method } = insert.entry;
  const item = writableSample(collection, place);
  const body: JsonObject | undefined =
    method.request?.kind !== "json"
      ? undefined
      : insert.payload !== undefined
        ? { ...sampleObject(method.request.type, api.schemas), [insert.payload]: item }
        : insert.isPartial
          ? sampleObject(method.request.type, api.schemas)
          : item;
  const isPut = method.httpMethod === "PUT";
  const keys = "/made".repeat(collection.keyVariables.length);
  const wrapped = api.model.dataWrapper && body !== undefined ? { data: body } : body;
  const list = find("list");
  const before =
    list === undefined ? [] : itemsOf(unwrapped((await call("GET", address(list, place))).body, collection));
  const sent = await call(method.httpMethod, address(insert, isPut ? place + keys : place), wrapped);
  if (text(sent.body).includes(NOT_MODELLED)) return {};
  if (sent.status > 299) return { problem: `insert: ${sent.status} ${text(sent.body)}` };

  const listed = list === undefined ? undefined : await call("GET", address(list, place));
  if (listed !== undefined && listed.status !== 200) return { problem: `list: ${listed.status} ${text(listed.body)}` };
  const isMade = method.operation === undefined && method.response !== undefined;
  const answered = isMade ? at(unwrapped(sent.body, collection), insert.returned) : undefined;
  const known = new Set(before.map((one) => JSON.stringify(one)));
  const listedNow = listed === undefined ? [] : itemsOf(unwrapped(listed.body, collection));
  const all = listedNow.filter((one) => !known.has(JSON.stringify(one)));
  if (listed !== undefined && all.length !== 1)
    return { problem: `list has ${all.length} items: ${text(listed.body)}` };
  const finished = isMade || listed !== undefined ? undefined : await outcomeOf(sent.body, collection, call);
  const [key] = [answered, finished, ...all].flatMap((one) => (one && keyOf(one, collection)) ?? []);
  if (key === undefined) return collection.keyVariable === undefined ? {} : { problem: `no key: ${text(sent.body)}` };
  const path = isPut ? place + keys : itemPath(place, key);

  const get = find("get");
  if (get === undefined) return { path };
  const name =
    collection.keyVariables.length > 1 ? `${place}/${key.split("/").map(encodeURIComponent).join("/")}` : path;
  const read = await call("GET", address(get, name));
  if (read.status !== 200) return { problem: `get: ${read.status} ${text(read.body)}`, path };
  if (insert.isPartial) return { path };
  const stored = unwrapped(read.body, collection);
  const isNamed = namesAfter !== undefined;
  const lost = properties.filter((one) => {
    const property = one.name;
    const written = own(item, property);
    if (isInputOnly(one)) return own(stored, property) !== undefined;
    if (isUrlOf(own(stored, property), written) || FIXED.has(property)) return false;
    const isName = property === collection.keyProperty || property === collection.reference;
    return written !== undefined && !(isNamed && isName) && !contains(own(stored, property), written);
  });
  return lost.length === 0 ? { path } : { path, problem: `lost ${lost.map((one) => one.name).join()}` };
}

/** Returns the resource in the finished operation, for a collection without a list. */
async function outcomeOf(
  operation: Json | undefined,
  { namesAfter = "/" }: Collection,
  call: Call,
): Promise<JsonObject | undefined> {
  if (!isObject(operation)) return undefined;
  let body: Json | undefined;
  for (let read = 0; read < 4; read += 1)
    ({ body } = await call("GET", `${namesAfter.slice(1)}${String(own(operation, "name"))}`));
  return at(isObject(body) ? body : {}, ["response"]);
}

async function checkDelete({ collection, path }: Made, call: Call): Promise<string | undefined> {
  const remove = collection.roles.find(({ role }) => role === "delete");
  const get = collection.roles.find(({ role }) => role === "get");
  if (remove === undefined || collection.isUndeletable) return undefined;
  const place = path.slice(0, path.lastIndexOf("/"));
  const key = decodeURIComponent(path.slice(place.length + 1));
  const named = remove.keyParameter === undefined ? place + "/" + segmentsOf(key, collection) : place;
  const query = remove.keyParameter === undefined ? {} : { [remove.keyParameter]: key };
  const deleted = await call("DELETE", address(remove, named, query));
  if (deleted.status > 299) return `delete: ${deleted.status} ${text(deleted.body)}`;
  if (get === undefined) return undefined;
  const { status } = await call("GET", address(get, `${place}/${segmentsOf(key, collection)}`));
  return status === 404 ? undefined : `get after delete: ${status}`;
}

function segmentsOf(key: string, { keyVariables }: Collection): string {
  return keyVariables.length > 1 ? key.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(key);
}

/** Returns a sample of what a client may write: without names, which the mock makes, and times. */
function writableSample(collection: Collection, place: string): JsonObject {
  const { api, properties, keyProperty, keyVariables, template, reference } = collection;
  const isTime = /^(?:create|update|modif|insert|lastModif|time|creat)/;
  return Object.fromEntries(
    properties.flatMap((property): [string, Json][] => {
      const value = property.name === "etag" ? undefined : sampleOf(property.type, api.schemas);
      const isKey = property.name === keyProperty || keyVariables.includes(property.name);
      if (value === undefined || isServerSet(property) || isTime.test(property.name)) return [];
      if (["selfLink", "kind", reference].includes(property.name)) return [];
      const index = template.split("/").indexOf(`{${property.name}}`);
      if (index !== -1) return [[property.name, place.split("/")[index] ?? ""]];
      if (isKey && isServerKey(collection)) return [];
      return [[property.name, isKey && typeof value === "string" && value.startsWith("sample-") ? "made" : value]];
    }),
  );
}

function address({ entry: { method } }: RoleOf, path: string, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(more);
  for (const { name, wireName = name, location, required, type, minimum } of method.parameters) {
    if (location !== "query" || !required || query.has(wireName)) continue;
    const isText = type.kind === "string" && type.format === undefined;
    query.set(wireName, name.endsWith("Id") && isText ? "made" : (minimum ?? String(sampleOf(type, new Map()) ?? "a")));
  }
  // Google's clients do not encode the `@` of a template.
  return `${path.slice(1).replaceAll("%40me", "@me")}${query.size === 0 ? "" : `?${query}`}`;
}

function unwrapped(body: Json | undefined, { api }: Collection): JsonObject {
  const value = api.model.dataWrapper && isObject(body) ? own(body, "data") : body;
  return isObject(value) ? value : {};
}

function at(object: JsonObject, path: readonly string[]): JsonObject {
  let value: Json | undefined = object;
  for (const name of path) value = isObject(value) ? own(value, name) : undefined;
  return isObject(value) ? value : {};
}

function itemsOf(body: JsonObject): readonly JsonObject[] {
  return Object.values(body).flatMap((value) => (Array.isArray(value) ? value.filter(isObject) : []));
}

/** Compute Engine returns the URL of a zone or region of which the client sent the name. */
function isUrlOf(value: Json | undefined, written: Json | undefined): boolean {
  return typeof value === "string" && value.startsWith("http") && value.endsWith(`/${String(written)}`);
}

function contains(value: Json | undefined, written: Json): boolean {
  if (isObject(written) && isObject(value))
    return Object.entries(written).every(([name, one]) => contains(own(value, name), one));
  if (Array.isArray(written) && Array.isArray(value))
    return value.length === written.length && written.every((one, index) => contains(value[index], one));
  return JSON.stringify(value) === JSON.stringify(written);
}

function text(body: Json | undefined): string {
  return JSON.stringify(body ?? null).slice(0, 800);
}
