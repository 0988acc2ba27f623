/** Changes between two documents and their class. Each change is tested in both directions. */
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Change, diffModels, semverStep } from "../../../generator/src/diff/diff.js";
import { InputError } from "../../../generator/src/diagnostics.js";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { emitApi } from "../../../generator/src/emit/emitter.js";
import { generate } from "../../../generator/src/generate.js";
import { buildModel } from "../../../generator/src/model/build.js";
import type { ApiModel } from "../../../generator/src/model/types.js";
import { node } from "../../support/discogen.js";
import { CORPUS, needsCorpus, ROOT, temporaryFolder } from "../../support/folders.js";

const STRING = { type: "string" };
const LEVELS = { type: "string", enum: ["LOW", "HIGH"], enumDescriptions: ["Little.", "Much."] };
const STATES = { type: "string", enum: ["OPEN", "DONE"] };
const PLACE = { type: "object", properties: { floor: { type: "integer" } } };
const inQuery = (schema: object) => ({ location: "query", ...schema });
const object = (properties: object) => ({ type: "object", properties });

/**
 * Types by direction: `Order` is only sent, `Report` is only received, `Book` is sent and received, and no method uses
 * `Note` and `Tag`.
 */
const LIBRARY = {
  kind: "discovery#restDescription",
  name: "library",
  version: "v1",
  title: "Library",
  rootUrl: "https://library.example/",
  batchPath: "batch",
  parameters: { key: inQuery(STRING) },
  auth: { oauth2: { scopes: { read: { description: "Look." }, write: { description: "Change." } } } },
  schemas: {
    Order: object({ text: STRING, level: LEVELS }),
    Report: object({ text: STRING, count: { type: "integer", format: "int32" }, state: STATES }),
    Book: object({ text: STRING, place: PLACE, id: { ...STRING, readOnly: true } }),
    Note: object({ text: STRING }),
    Tag: object({ levels: { type: "array", items: LEVELS } }),
    Page: object({ items: { type: "array", items: { $ref: "Book" } }, nextPageToken: STRING }),
  },
  resources: {
    books: {
      methods: {
        get: {
          id: "library.books.get",
          httpMethod: "GET",
          path: "v1/{+name}",
          parameters: {
            name: { type: "string", location: "path", required: true, pattern: "^books/[^/]+$" },
            size: inQuery({ type: "integer", minimum: "1", maximum: "9" }),
          },
          response: { $ref: "Book" },
          scopes: ["read", "write"],
        },
        list: {
          id: "library.books.list",
          httpMethod: "GET",
          path: "v1/books",
          parameters: { pageToken: inQuery(STRING), level: inQuery({ ...LEVELS, enum: ["LOW", "HIGH", "ANY"] }) },
          response: { $ref: "Page" },
          scopes: ["read"],
        },
        order: {
          id: "library.books.order",
          httpMethod: "POST",
          path: "v1/orders",
          request: { $ref: "Order" },
          response: { $ref: "Report" },
        },
        update: {
          id: "library.books.update",
          httpMethod: "PATCH",
          path: "v1/books",
          request: { $ref: "Book" },
          response: { $ref: "Book" },
        },
        send: {
          id: "library.books.send",
          httpMethod: "POST",
          path: "v1/send",
          request: { $ref: "Book" },
          response: { $ref: "Report" },
          supportsMediaUpload: true,
          mediaUpload: { accept: ["image/*"], maxSize: "1MB", protocols: { simple: { path: "/upload/v1/send" } } },
        },
      },
    },
  },
};

/** New values by JSON pointer. `undefined` removes a value. */
type Edits = { readonly [pointer: string]: unknown };

/** A JSON object or array, which is accessed by name. */
interface Node {
  [key: string]: unknown;
}

function edited(edits: Edits): object {
  // Not `structuredClone`: an object that occurs twice would stay one object.
  const document: Node = JSON.parse(JSON.stringify(LIBRARY));
  for (const [pointer, value] of Object.entries(edits)) {
    const path = pointer.split("/").slice(1);
    const last = path.pop() ?? "";
    const owner = path.reduce((parent, key) => (parent[key] ??= {}) as Node, document);
    if (value === undefined) delete owner[last];
    else owner[last] = value;
  }
  return document;
}

function modelOf(document: object): ApiModel {
  const { document: read } = readDocument(JSON.stringify(document), "library.json");
  return buildModel(read, {}, () => undefined);
}

/** Returns a change as `breaking method removed books.get`. */
const line = (change: Change) => `${change.class} ${change.subject} ${change.aspect} ${change.name}`;

const lines = (before: object, after: object) => diffModels(modelOf(before), modelOf(after)).map(line);

type Row = readonly [behavior: string, edits: Edits, applied: readonly string[], reverted: readonly string[]];

const BOOKS = "/resources/books/methods";

/** Returns the same edit of a property for a type of each direction. */
const everywhere = (
  property: string,
  value: unknown,
): { readonly sent: Edits; readonly received: Edits; readonly both: Edits; readonly unused: Edits } => ({
  sent: { [`/schemas/Order/properties/${property}`]: value },
  received: { [`/schemas/Report/properties/${property}`]: value },
  both: { [`/schemas/Book/properties/${property}`]: value },
  unused: { [`/schemas/Note/properties/${property}`]: value },
});

const NEW = everywhere("extra", STRING);
const LONGER = everywhere("text", { ...STRING, default: "x", description: "Words." });
const NUMBER = everywhere("text", { type: "integer" });
const ENUM = everywhere("text", { type: "string", enum: ["YES", "NO"] });
const READ_ONLY = everywhere("text", { ...STRING, readOnly: true });

const METHODS: readonly Row[] = [
  [
    "a method",
    { [`${BOOKS}/get`]: undefined },
    ["breaking method removed books.get"],
    ["additive method added books.get"],
  ],
  [
    "its id, which mocks use as a key",
    { [`${BOOKS}/get/id`]: "library.get" },
    ["breaking method name books.get"],
    ["breaking method name books.get"],
  ],
  [
    "the resource it is a member of",
    { "/resources/tomes": LIBRARY.resources.books, "/resources/books": undefined },
    ["get", "list", "order", "update", "send"]
      .map((name) => `breaking method removed books.${name}`)
      .concat(["get", "list", "order", "update", "send"].map((name) => `additive method added tomes.${name}`)),
    ["get", "list", "order", "update", "send"]
      .map((name) => `breaking method removed tomes.${name}`)
      .concat(["get", "list", "order", "update", "send"].map((name) => `additive method added books.${name}`)),
  ],
  [
    "its verb",
    { [`${BOOKS}/order/httpMethod`]: "PUT" },
    ["breaking method http-method books.order"],
    ["breaking method http-method books.order"],
  ],
  [
    "its path, which the client knows",
    { [`${BOOKS}/list/path`]: "v2/books" },
    ["documentation method address books.list"],
    ["documentation method address books.list"],
  ],
  [
    "its description",
    { [`${BOOKS}/get/description`]: "Reads a book." },
    ["documentation method description books.get"],
    ["documentation method description books.get"],
  ],
  [
    "its deprecation",
    { [`${BOOKS}/get/deprecated`]: true },
    ["documentation method deprecated books.get"],
    ["documentation method deprecated books.get"],
  ],
  [
    "one of its scopes",
    { [`${BOOKS}/get/scopes`]: ["read"] },
    ["breaking method scopes books.get"],
    ["additive method scopes books.get"],
  ],
  [
    "all of its scopes",
    { [`${BOOKS}/list/scopes`]: [] },
    ["additive method scopes books.list"],
    ["breaking method scopes books.list"],
  ],
  [
    "etagRequired",
    { [`${BOOKS}/update/etagRequired`]: true },
    ["breaking method etag books.update"],
    ["additive method etag books.update"],
  ],
  [
    "the API version that it sends",
    { [`${BOOKS}/list/apiVersion`]: "2026-01-01" },
    ["documentation method version books.list"],
    ["documentation method version books.list"],
  ],
];

const PARAMETERS: readonly Row[] = [
  [
    "an optional parameter",
    { [`${BOOKS}/list/parameters/extra`]: inQuery(STRING) },
    ["additive parameter added books.list(extra)"],
    ["breaking parameter removed books.list(extra)"],
  ],
  [
    "a required parameter",
    { [`${BOOKS}/list/parameters/extra`]: inQuery({ ...STRING, required: true }) },
    ["breaking parameter added books.list(extra)"],
    ["breaking parameter removed books.list(extra)"],
  ],
  [
    "required",
    { [`${BOOKS}/list/parameters/level/required`]: true },
    ["breaking parameter required books.list(level)"],
    ["additive parameter required books.list(level)"],
  ],
  [
    "repeated",
    { [`${BOOKS}/list/parameters/level/repeated`]: true },
    ["breaking parameter type books.list(level)"],
    ["breaking parameter type books.list(level)"],
  ],
  [
    "its type",
    { [`${BOOKS}/get/parameters/size/type`]: "string" },
    ["breaking parameter type books.get(size)"],
    ["breaking parameter type books.get(size)"],
  ],
  [
    "the format int64",
    { [`${BOOKS}/list/parameters/pageToken/format`]: "int64" },
    ["breaking parameter type books.list(pageToken)"],
    ["breaking parameter type books.list(pageToken)"],
  ],
  [
    "a value of an enum",
    { [`${BOOKS}/list/parameters/level/enum`]: ["LOW", "HIGH"] },
    ["breaking parameter value-removed books.list(level)"],
    ["additive parameter value-added books.list(level)"],
  ],
  [
    "a range",
    { [`${BOOKS}/get/parameters/size/maximum`]: "8" },
    ["breaking parameter range books.get(size)"],
    ["additive parameter range books.get(size)"],
  ],
  [
    "a range in both directions",
    { [`${BOOKS}/get/parameters/size/maximum`]: "10", [`${BOOKS}/get/parameters/size/minimum`]: "2" },
    ["breaking parameter range books.get(size)"],
    ["breaking parameter range books.get(size)"],
  ],
  [
    "the pattern of a path parameter",
    { [`${BOOKS}/get/parameters/name/pattern`]: "^books/[^/]+/copies/[^/]+$" },
    ["documentation parameter pattern books.get(name)"],
    ["documentation parameter pattern books.get(name)"],
  ],
  [
    "the pattern of a query parameter",
    { [`${BOOKS}/list/parameters/pageToken/pattern`]: "^a+$" },
    ["documentation parameter pattern books.list(pageToken)"],
    ["documentation parameter pattern books.list(pageToken)"],
  ],
  [
    "a new default",
    { [`${BOOKS}/get/parameters/size/default`]: "5" },
    ["documentation parameter default books.get(size)"],
    ["documentation parameter default books.get(size)"],
  ],
  [
    "a global parameter",
    { "/parameters/extra": inQuery(STRING) },
    ["additive parameter added (extra)"],
    ["breaking parameter removed (extra)"],
  ],
  [
    "a method's own parameter with the name of a global one",
    { [`${BOOKS}/list/parameters/key`]: inQuery({ ...STRING, required: true }) },
    ["breaking parameter required books.list(key)"],
    ["additive parameter required books.list(key)"],
  ],
];

const BODIES: readonly Row[] = [
  [
    "the type of a request",
    { [`${BOOKS}/order/request`]: { $ref: "Report" } },
    ["breaking method request books.order"],
    ["breaking method request books.order"],
  ],
  [
    "an optional request",
    { [`${BOOKS}/order/request`]: undefined },
    ["breaking method request books.order"],
    ["additive method request books.order"],
  ],
  [
    "a property that one method requires",
    { "/schemas/Order/properties/text/annotations": { required: ["library.books.order"] } },
    ["breaking method request books.order", "breaking method required books.order"],
    [
      "additive method request books.order",
      "additive method required books.order",
      "breaking type removed BooksOrderBody",
    ],
  ],
  [
    "a property that a PATCH requires only in its documentation",
    { "/schemas/Book/properties/text/annotations": { required: ["library.books.update"] } },
    ["documentation property required Book.text"],
    ["documentation property required Book.text"],
  ],
  [
    "a message that becomes a stream of messages",
    { [`${BOOKS}/order/streamingType`]: "SERVER_SIDE" },
    ["breaking method response books.order"],
    ["breaking method response books.order"],
  ],
  [
    "the type of a response",
    { [`${BOOKS}/order/response`]: { $ref: "Page" } },
    ["breaking method response books.order"],
    ["breaking method response books.order"],
  ],
  [
    "a response",
    { [`${BOOKS}/order/response`]: undefined },
    ["breaking method response books.order"],
    ["additive method response books.order"],
  ],
  [
    "paging",
    { [`${BOOKS}/list/parameters/pageToken`]: undefined },
    ["breaking parameter removed books.list(pageToken)", "breaking method paging books.list"],
    ["additive parameter added books.list(pageToken)", "additive method paging books.list"],
  ],
  [
    "the items of pages",
    { "/schemas/Page/properties/items/items": { $ref: "Note" } },
    ["breaking method paging books.list", "breaking property type Page.items"],
    ["additive method paging books.list", "additive property type Page.items"],
  ],
  [
    "a download",
    { [`${BOOKS}/get/supportsMediaDownload`]: true },
    ["additive method download books.get"],
    ["breaking method download books.get"],
  ],
  [
    "an upload",
    { [`${BOOKS}/send/mediaUpload`]: undefined },
    ["breaking method upload books.send"],
    ["additive method upload books.send"],
  ],
  [
    "media types and size of uploads",
    { [`${BOOKS}/send/mediaUpload/accept`]: ["image/png"], [`${BOOKS}/send/mediaUpload/maxSize`]: "2MB" },
    ["breaking method upload books.send", "additive method upload books.send"],
    ["additive method upload books.send", "breaking method upload books.send"],
  ],
];

const TYPES: readonly Row[] = [
  ["a type", { "/schemas/Extra": object({}) }, ["additive type added Extra"], ["breaking type removed Extra"]],
  [
    "a property with an inline type",
    { "/schemas/Note/properties/inner": object({ a: STRING }) },
    ["additive property added Note.inner"],
    ["breaking property removed Note.inner"],
  ],
  [
    "an inline type that becomes a schema",
    {
      "/schemas/Place": PLACE,
      "/schemas/Book/properties/place": { $ref: "Place" },
    },
    ["additive type added Place", "breaking type removed BookPlace"],
    ["breaking type removed Place", "additive type added BookPlace"],
  ],
  ["a new property sent", NEW.sent, ["additive property added Order.extra"], ["breaking property removed Order.extra"]],
  [
    "a new property received",
    NEW.received,
    ["additive property added Report.extra"],
    ["breaking property removed Report.extra"],
  ],
  [
    "a description and a new default",
    LONGER.sent,
    ["documentation property default Order.text", "documentation property description Order.text"],
    ["documentation property default Order.text", "documentation property description Order.text"],
  ],
  ["another type sent", NUMBER.sent, ["breaking property type Order.text"], ["breaking property type Order.text"]],
  [
    "another type received",
    NUMBER.received,
    ["breaking property type Report.text"],
    ["breaking property type Report.text"],
  ],
  [
    "fewer values sent, and the name of the enum",
    ENUM.sent,
    ["breaking property type Order.text"],
    ["additive property type Order.text", "breaking type removed OrderText"],
  ],
  [
    "fewer values received",
    ENUM.received,
    ["additive property type Report.text"],
    ["breaking property type Report.text"],
  ],
  [
    "fewer values sent and received",
    ENUM.both,
    ["breaking property type Book.text"],
    ["breaking property type Book.text"],
  ],
  [
    "fewer values in a type that no method uses",
    ENUM.unused,
    ["breaking property type Note.text"],
    ["breaking property type Note.text"],
  ],
  [
    "a value of an enum sent",
    { "/schemas/Order/properties/level/enum": ["LOW", "HIGH", "TOP"] },
    ["additive property value-added Order.level"],
    ["breaking property value-removed Order.level"],
  ],
  [
    "a value of an enum received",
    { "/schemas/Report/properties/state/enum": ["OPEN", "DONE", "LOST"] },
    ["additive property value-added Report.state"],
    ["breaking property value-removed Report.state"],
  ],
  [
    "the description of a value",
    { "/schemas/Order/properties/level/enumDescriptions": ["Little.", "Very much."] },
    ["documentation property description Order.level"],
    ["documentation property description Order.level"],
  ],
  [
    "values in a description",
    { "/schemas/Order/properties/text/description": "One of:\nLOW: little\nHIGH: much" },
    ["documentation property description Order.text"],
    ["documentation property description Order.text"],
  ],
  [
    "a value of an enum in a list",
    { "/schemas/Tag/properties/levels/items/enum": ["LOW", "HIGH", "TOP"] },
    ["additive property value-added Tag.levels"],
    ["breaking property value-removed Tag.levels"],
  ],
  [
    "the deprecation of a value",
    { "/schemas/Order/properties/level/enumDeprecated": [false, true] },
    ["documentation property description Order.level"],
    ["documentation property description Order.level"],
  ],
  [
    "an enum for an object",
    { "/schemas/Book/properties/place": STATES },
    ["breaking property type Book.place"],
    ["breaking property type Book.place"],
  ],
  [
    "an enum that is equal to another one, whose name stays the same",
    { "/schemas/Note/properties/level": LEVELS },
    ["additive property added Note.level"],
    ["breaking property removed Note.level"],
  ],
  [
    "an enum that becomes a schema of the same name",
    { "/schemas/OrderLevel": LEVELS, "/schemas/Order/properties/level": { $ref: "OrderLevel" } },
    [],
    [],
  ],
  [
    "readOnly in a type that is sent",
    READ_ONLY.sent,
    ["breaking property read-only Order.text", "additive type added OrderInput"],
    ["additive property read-only Order.text", "breaking type removed OrderInput"],
  ],
  [
    "readOnly in a type that is only received",
    READ_ONLY.received,
    ["documentation property read-only Report.text"],
    ["documentation property read-only Report.text"],
  ],
  [
    "the format of a date",
    { "/schemas/Report/properties/text/format": "google-datetime" },
    ["documentation property format Report.text"],
    ["documentation property format Report.text"],
  ],
  [
    "bytes for text",
    { "/schemas/Report/properties/text/format": "byte" },
    ["breaking property type Report.text"],
    ["breaking property type Report.text"],
  ],
  [
    "fractions received",
    { "/schemas/Report/properties/count": { type: "number" } },
    ["breaking property type Report.count"],
    ["additive property type Report.count"],
  ],
  [
    "a list",
    { "/schemas/Report/properties/text": { type: "array", items: STRING } },
    ["breaking property type Report.text"],
    ["breaking property type Report.text"],
  ],
  [
    "properties of any name",
    { "/schemas/Report/additionalProperties": { type: "any" } },
    ["additive type type Report"],
    ["breaking type type Report"],
  ],
];

const RESERVES = {
  id: "library.books.reserve",
  httpMethod: "POST",
  path: "v1/reserve",
  request: { $ref: "Page" },
  response: { $ref: "Report" },
};
const STAMPED = object({ id: { ...STRING, readOnly: true } });

/** Exported names that change because of another part of the document. */
const NAMES: readonly Row[] = [
  [
    "the enum of a property",
    { "/schemas/OrderLevel": object({}) },
    ["breaking type name OrderLevel_", "additive type added OrderLevel"],
    ["breaking type name OrderLevel", "breaking type removed OrderLevel"],
  ],
  [
    "the enum of a property, which changes as well",
    { "/schemas/OrderLevel": object({}), "/schemas/Order/properties/level/enum": ["LOW"] },
    ["breaking property value-removed Order.level", "breaking type name OrderLevel_", "additive type added OrderLevel"],
    ["additive property value-added Order.level", "breaking type name OrderLevel", "breaking type removed OrderLevel"],
  ],
  [
    "an enum whose property becomes text",
    { "/schemas/OrderLevel": object({}), "/schemas/Order/properties/level": STRING },
    ["additive property type Order.level", "breaking type type OrderLevel"],
    ["breaking property type Order.level", "breaking type type OrderLevel"],
  ],
  [
    "an inline object of a property",
    { "/schemas/BookPlace": object({}) },
    ["breaking type name BookPlace_", "additive type added BookPlace"],
    ["breaking type name BookPlace", "breaking type removed BookPlace"],
  ],
  [
    "an input twin",
    { "/schemas/BookInput": object({}) },
    ["breaking type name BookInput_", "additive type added BookInput"],
    ["breaking type name BookInput", "breaking type removed BookInput"],
  ],
  [
    "parameters of a method",
    { "/schemas/BooksGetParams": object({}) },
    ["breaking method name books.get", "additive type added BooksGetParams"],
    ["breaking method name books.get", "breaking type removed BooksGetParams"],
  ],
  [
    "the global parameters",
    { "/schemas/GlobalParameters": object({}) },
    ["breaking api name LibraryClient", "additive type added GlobalParameters"],
    ["breaking api name LibraryClient", "breaking type removed GlobalParameters"],
  ],
  [
    "a class of a resource",
    { "/schemas/BooksResource": object({}) },
    ["breaking resource name books", "additive type added BooksResource"],
    ["breaking resource name books", "breaking type removed BooksResource"],
  ],
  [
    "an input twin that a new method needs",
    { [`${BOOKS}/reserve`]: RESERVES },
    ["additive method added books.reserve", "additive type added PageInput"],
    ["breaking method removed books.reserve", "breaking type removed PageInput"],
  ],
  [
    "input twins that a new property needs",
    { "/schemas/Order/properties/stamp": STAMPED },
    ["additive property added Order.stamp", "additive type added OrderInput"],
    ["breaking property removed Order.stamp", "breaking type removed OrderInput"],
  ],
  [
    "the input twin of a new type",
    { "/schemas/Stamp": STAMPED, [`${BOOKS}/reserve`]: { ...RESERVES, request: { $ref: "Stamp" } } },
    ["additive method added books.reserve", "additive type added Stamp"],
    ["breaking method removed books.reserve", "breaking type removed Stamp"],
  ],
];

const API: readonly Row[] = [
  [
    "the name of the client",
    { "/canonicalName": "Reading Room" },
    ["breaking api name ReadingRoomClient"],
    ["breaking api name LibraryClient"],
  ],
  ["a scope", { "/auth/oauth2/scopes/all": {} }, ["additive scope added all"], ["breaking scope removed all"]],
  ["batches", { "/batchPath": undefined }, ["breaking api batch LibraryClient"], ["additive api batch LibraryClient"]],
  [
    "an endpoint of a region",
    { "/endpoints": [{ endpointUrl: "https://library.us.rep.example/", location: "us" }] },
    ["additive api region LibraryClient"],
    ["breaking api region LibraryClient"],
  ],
  [
    "the address for mTLS",
    { "/mtlsRootUrl": "https://library.mtls.example/" },
    ["documentation api address LibraryClient"],
    ["documentation api address LibraryClient"],
  ],
  [
    "the root URL",
    { "/rootUrl": "https://books.example/" },
    ["documentation api address LibraryClient"],
    ["documentation api address LibraryClient"],
  ],
  [
    "title and text",
    { "/title": "Books", "/description": "Words." },
    ["documentation api description LibraryClient", "documentation api description LibraryClient"],
    ["documentation api description LibraryClient", "documentation api description LibraryClient"],
  ],
  ["only the revision", { "/revision": "20260101" }, [], []],
];

describe.each([
  ["methods", METHODS],
  ["parameters", PARAMETERS],
  ["bodies", BODIES],
  ["types", TYPES],
  ["exported names", NAMES],
  ["the API", API],
])("%s:", (_, rows) => {
  it.each(rows)("%s", (__, edits, applied, reverted) => {
    const [before, after] = [LIBRARY, edited(edits)];
    expect(lines(before, after)).toEqual(applied);
    expect(lines(after, before)).toEqual(reverted);
  });
});

it("reports the new name of a body", () => {
  const required = { "/schemas/Order/properties/text/annotations": { required: ["library.books.order"] } };
  const [before, after] = [edited(required), edited({ ...required, "/schemas/BooksOrderBody": object({}) })];
  expect(lines(before, after)).toEqual(["breaking type name BooksOrderBody_", "additive type added BooksOrderBody"]);
});

it("reports an enum that becomes open at its properties", () => {
  const { document } = readDocument(JSON.stringify(LIBRARY), "library.json");
  const open = buildModel(document, { enums: "open" }, () => undefined);
  expect(diffModels(modelOf(LIBRARY), open).map(line)).toEqual([
    "additive parameter type books.list(level)",
    "additive property type Order.level",
    "breaking property type Report.state",
    "breaking property type Tag.levels",
  ]);
});

describe("a change is breaking if a program no longer compiles:", () => {
  const programs: readonly (readonly [edits: Edits, program: string])[] = [
    [{ [`${BOOKS}/get`]: undefined }, 'await client.books.get({ name: "books/1" });'],
    [{ [`${BOOKS}/list/path`]: "v2/books" }, "await client.books.list();"],
    [{ [`${BOOKS}/list/parameters/extra`]: inQuery({ ...STRING, required: true }) }, "await client.books.list();"],
    [{ [`${BOOKS}/list/parameters/extra`]: inQuery(STRING) }, "await client.books.list();"],
    [{ [`${BOOKS}/get/parameters/size/required`]: true }, 'await client.books.get({ name: "books/1" });'],
    [{ [`${BOOKS}/get/parameters/size/type`]: "string" }, 'await client.books.get({ name: "books/1", size: 2 });'],
    [
      { [`${BOOKS}/get/parameters/name/pattern`]: "^books/[^/]+/copies/[^/]+$" },
      'await client.books.get({ name: "books/1" });',
    ],
    [{ [`${BOOKS}/list/parameters/pageToken`]: undefined }, "for await (const _ of client.books.list());"],
    [
      { [`${BOOKS}/list/response`]: { $ref: "Report" } },
      "const text: string | undefined = (await client.books.list()).items?.[0]?.text;",
    ],
    [
      { "/schemas/Order/properties/text/annotations": { required: ["library.books.order"] } },
      "await client.books.order();",
    ],
    [NEW.received, "await client.books.order({ requestBody: {} });"],
    [
      { "/schemas/Order/properties/level/enum": ["LOW"] },
      'await client.books.order({ requestBody: { level: "HIGH" } });',
    ],
    [
      { "/schemas/Report/properties/state/enum": ["OPEN"] },
      'if ((await client.books.order()).state === "DONE") throw new Error();',
    ],
    [
      { "/schemas/Report/properties/state": STRING },
      'const state: "DONE" | "OPEN" = (await client.books.order()).state ?? "OPEN";',
    ],
    [ENUM.received, "const text: string | undefined = (await client.books.order()).text;"],
    [ENUM.sent, "await client.books.order({ requestBody: { text: String(1) } });"],
    [READ_ONLY.sent, 'await client.books.order({ requestBody: { text: "a" } });'],
    [READ_ONLY.received, "const text: string | undefined = (await client.books.order()).text;"],
    [
      { "/schemas/Place": PLACE, "/schemas/Book/properties/place": { $ref: "Place" } },
      'const place: import("./library/v1/index.js").BookPlace = {};',
    ],
    [{ "/canonicalName": "Reading Room" }, "await client.books.list();"],
    [
      { "/schemas/OrderLevel": object({ text: STRING }) },
      'const level: import("./library/v1/index.js").OrderLevel = "LOW";',
    ],
    [{ "/schemas/Order/properties/level": STRING }, 'const level: import("./library/v1/index.js").OrderLevel = "LOW";'],
    [{ "/schemas/Note/properties/level": LEVELS }, 'const level: import("./library/v1/index.js").OrderLevel = "LOW";'],
  ];

  it("programs", async () => {
    const folder = await temporaryFolder();
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    const compilerOptions = { strict: true, target: "es2023", module: "nodenext", types: [], noEmit: true };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [] }));
    const given = programs.map(([edits]) => [LIBRARY, edited(edits)] as const);
    for (const [index, pair] of given.entries()) {
      for (const [side, document] of pair.entries()) {
        const place = join(folder, `${index}-${side}`);
        await mkdir(place);
        await writeFile(join(place, "library.json"), JSON.stringify(document));
        await generate({ apis: [join(place, "library.json")], out: place, jobs: 1 });
        const program = programs[index]?.[1];
        const start = 'import { LibraryClient } from "./library/v1/index.js";\nconst client = new LibraryClient();\n';
        await writeFile(join(place, "program.ts"), `${start}${program}\nexport { client };\n`);
      }
    }
    const files = given.flatMap((_, index) => [`${index}-0/program.ts`, `${index}-1/program.ts`]);
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const { stdout } = await node(
      [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder, "--pretty", "false"],
      folder,
    );
    const failing = new Set([...stdout.matchAll(/^(\d+-\d)\//gm)].map(([, name]) => name));
    const found = given.map((_, index) => [failing.has(`${index}-0`), failing.has(`${index}-1`)]);
    const isBreaking = given.map(([before, after]) => lines(before, after).some((text) => text.startsWith("breaking")));
    expect(found).toEqual(isBreaking.map((breaks) => [false, breaks]));
  });
});

it("reports the place, the old value, and the new value", () => {
  const after = edited({ [`${BOOKS}/get/parameters/size/maximum`]: "8" });
  expect(diffModels(modelOf(LIBRARY), modelOf(after))).toEqual([
    {
      class: "breaking",
      subject: "parameter",
      aspect: "range",
      name: "books.get(size)",
      pointer: "/resources/books/methods/get/parameters/size",
      message: 'has the range "1" to "8", had "1" to "9"',
    },
  ]);
});

it("replaces control characters of documents", () => {
  const after = edited({ "/schemas/Note/properties/\u001b[2J\u202e": STRING });
  const [found] = diffModels(modelOf(LIBRARY), modelOf(after));
  expect(found?.name).toBe("Note.?[2J?");
});

describe("the version step is", () => {
  const entry = (changeClass: Change["class"], aspect: Change["aspect"] = "added"): Change => {
    return { class: changeClass, subject: "method", aspect, name: "a", pointer: "", message: "" };
  };
  it.each([
    ["none without changes", [], "none"],
    ["patch for documentation", [entry("documentation")], "patch"],
    ["minor for an additive change", [entry("documentation"), entry("additive")], "minor"],
    ["minor for a deprecation, as SemVer requires", [entry("documentation", "deprecated")], "minor"],
    ["major for a breaking change", [entry("additive"), entry("breaking")], "major"],
  ] as const)("%s", (_, changes, want) => expect(semverStep(changes)).toBe(want));
});

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(folder, name));

const fileModel = (file: string) => {
  const { document } = readDocument(readFileSync(file, "utf8"), file);
  return buildModel(document, {}, () => undefined);
};

it("finds no changes between a document and itself", () => {
  const model = fileModel(join(ROOT, "test/fixtures/shelves.v1.json"));
  expect(diffModels(model, model)).toEqual([]);
});

/** Returns the path of every value inside a JSON value. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...placesIn(inner, [...path, key])]);
}

/** Returns a copy in which the value at a path is removed or changed. */
function altered(document: object, path: readonly string[], isRemoved: boolean): object {
  const copy: Node = JSON.parse(JSON.stringify(document));
  const owner = path.slice(0, -1).reduce((parent, key) => parent[key] as Node, copy);
  const last = path.at(-1) ?? "";
  if (!isRemoved) owner[last] = `${String(owner[last])}X`;
  else if (Array.isArray(owner)) owner.splice(Number(last), 1);
  else delete owner[last];
  return copy;
}

it("reports every change that affects the generated code", async () => {
  const document: object = JSON.parse(readFileSync(join(ROOT, "test/fixtures/shelves.v1.json"), "utf8"));
  const before = modelOf(document);
  const code = async (model: ApiModel) => (await emitApi(model)).map(({ text }) => text).join("");
  const codeBefore = await code(before);
  // The heading of a report shows the first group. The others refer to `Value`, which is any JSON value, and so is a
  // dangling reference.
  const unreported = /^\/(?:name|version|revision)$|\/Operation\/properties\/error\/|\/stream\/response\//;
  const places = placesIn(document).filter((path, index) => index % 3 === 0 && !unreported.test(`/${path.join("/")}`));
  const reported: string[] = [];
  const missed: string[] = [];
  for (const path of places) {
    for (const isRemoved of [true, false]) {
      let after: ApiModel;
      try {
        after = modelOf(altered(document, path, isRemoved));
      } catch (error) {
        if (error instanceof InputError) continue;
        throw error;
      }
      if ((await code(after)) === codeBefore) continue;
      const isReported = diffModels(before, after).length > 0 && diffModels(after, before).length > 0;
      (isReported ? reported : missed).push(path.join("/"));
    }
  }
  expect(missed).toEqual([]);
  expect(reported.length).toBeGreaterThan(100);
});

describe.skipIf(needsCorpus !== "")(`documents of the corpus${needsCorpus}`, () => {
  const files = needsCorpus === "" ? filesIn(CORPUS) : [];

  it("do not differ from themselves", () => {
    const differing = files.filter((file) => {
      // The file is read twice, so that the models are equal but not identical.
      return diffModels(fileModel(file), fileModel(file)).length > 0;
    });
    expect(differing).toEqual([]);
  });

  it("have the known changes between two years", () => {
    const [before, after] = ["2024", "2026"].map((year) => fileModel(join(CORPUS, year, "drive.v3.json")));
    if (before === undefined || after === undefined) throw new Error("two documents, two models");
    const found = diffModels(before, after).map(line);
    expect(found).toContain("additive method added files.generateCseToken");
    expect(found).toContain("documentation api address DriveClient");
    expect(found.filter((text) => text.startsWith("breaking"))).toEqual([]);
  });
});
