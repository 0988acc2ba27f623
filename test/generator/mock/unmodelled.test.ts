/** What the mock carries out of custom methods and query parameters, and what it refuses. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject, MockOptions } from "../../../generator/src/mock/index.js";
import { CORPUS, needsCorpus } from "../../support/folders.js";
import { authorized, type Call, LIBRARY, mockFor, modelOf, object, refused } from "./support.js";

const text = { type: "string" };
const boolean = { type: "boolean" };
const list = { type: "array", items: text };
const inPath = { type: "string", location: "path", required: true };
const query = (type: string, facts: object = {}) => ({ type, location: "query", ...facts });
const jar = { $ref: "Jar" };
const empty = { $ref: "Empty" };

/** An invented API with custom methods of many kinds. */
const pantry = modelOf(
  JSON.stringify({
    kind: "discovery#restDescription",
    name: "pantry",
    version: "v1",
    rootUrl: "https://pantry.example.com/",
    servicePath: "pantry/v1/",
    auth: { oauth2: { scopes: { [LIBRARY]: { description: "Everything" } } } },
    schemas: {
      Jar: {
        id: "Jar",
        type: "object",
        properties: {
          id: text,
          title: text,
          spice: text,
          size: { type: "integer", format: "int32" },
          disabled: boolean,
          trashed: boolean,
          sealed: boolean,
          labels: { type: "object", additionalProperties: text },
          tags: list,
          shelves: list,
          lid: { $ref: "Lid" },
          state: { type: "string", enum: ["STATE_UNSPECIFIED", "ACTIVE", "PAUSED", "STOPPED", "TERMINATED"] },
          owner: { ...text, readOnly: true },
        },
      },
      Lid: { id: "Lid", type: "object", properties: { colour: text } },
      Jars: { id: "Jars", type: "object", properties: { jars: { type: "array", items: jar }, nextPageToken: text } },
      Labels: {
        id: "Labels",
        type: "object",
        properties: { labels: { type: "object", additionalProperties: text }, labelFingerprint: text },
      },
      Tags: { id: "Tags", type: "object", properties: { ids: list, addTags: list, removeTags: list } },
      Reason: { id: "Reason", type: "object", properties: { reason: text, etag: text } },
      Weight: { id: "Weight", type: "object", properties: { grams: { type: "integer" } } },
      Recipe: { id: "Recipe", type: "object", properties: { text, best: jar } },
      Empty: { id: "Empty", type: "object", properties: {} },
      Note: { id: "Note", type: "object", properties: { id: text, jar } },
      Notes: { id: "Notes", type: "object", properties: { notes: { type: "array", items: { $ref: "Note" } } } },
      Rules: { id: "Rules", type: "object", properties: { limit: { type: "integer" }, text } },
    },
    resources: {
      jars: {
        methods: {
          get: method("jars.get", "GET", "jars/{jarId}", { response: jar }, { revisionId: query("string") }),
          list: method(
            "jars.list",
            "GET",
            "jars",
            { response: { $ref: "Jars" } },
            {
              pageToken: query("string"),
              pageSize: query("integer"),
              spice: query("string"),
              sizes: query("integer", { repeated: true }),
              trashed: query("boolean"),
              owner: query("string"),
              q: query("string"),
              prefix: query("string"),
              hl: query("string"),
              view: query("string"),
              fast: query("boolean"),
              sorted: query("boolean", { default: "true" }),
              corpora: query("string"),
              showSealed: query("boolean"),
              showDeleted: query("boolean"),
            },
          ),
          insert: method(
            "jars.insert",
            "POST",
            "jars",
            { request: jar, response: jar },
            { owner: query("string"), sendUpdates: query("string") },
          ),
          patch: method(
            "jars.patch",
            "PATCH",
            "jars/{jarId}",
            { request: jar, response: jar },
            { addShelves: query("string"), removeShelves: query("string"), ifSizeMatch: query("string") },
          ),
          delete: method("jars.delete", "DELETE", "jars/{jarId}"),
          disable: method("jars.disable", "POST", "jars/{jarId}:disable", {
            request: { $ref: "Reason" },
            response: jar,
          }),
          pause: method("jars.pause", "POST", "jars/{jarId}:pause", { response: empty }),
          stop: method("jars.stop", "POST", "jars/{jarId}:stop", { response: jar }),
          trash: method("jars.trash", "POST", "jars/{jarId}/trash", { response: jar }),
          restart: method("jars.restart", "POST", "jars/{jarId}/restart"),
          shake: method("jars.shake", "POST", "jars/{jarId}/shake", { response: empty }),
          weigh: method("jars.weigh", "POST", "jars/{jarId}:weigh", { response: { $ref: "Weight" } }),
          setLabels: method("jars.setLabels", "POST", "jars/{jarId}/setLabels", {
            request: { $ref: "Labels" },
            response: jar,
          }),
          setLid: method("jars.setLid", "POST", "jars/{jarId}/setLid", { request: { $ref: "Lid" }, response: jar }),
          modify: method("jars.modify", "POST", "jars/{jarId}/modify", { request: { $ref: "Tags" }, response: jar }),
          copy: method("jars.copy", "POST", "jars/{jarId}/copy", { request: jar, response: jar }),
          import: method("jars.import", "POST", "jars/import", { request: jar, response: jar }),
          batchModify: method("jars.batchModify", "POST", "jars/batchModify", { request: { $ref: "Tags" } }),
          batchDelete: method("jars.batchDelete", "POST", "jars/batchDelete", { request: { $ref: "Tags" } }),
          emptyTrash: method("jars.emptyTrash", "DELETE", "jars/trash"),
          send: method("jars.send", "POST", "jars/send", { request: jar, response: jar }),
          streamQuery: method(
            "jars.streamQuery",
            "GET",
            "jars:streamQuery",
            { response: jar },
            { spice: query("string") },
          ),
          search: method("jars.search", "GET", "find", { response: { $ref: "Jars" } }),
          cook: method("jars.cook", "POST", "cook", { response: { $ref: "Recipe" } }),
          smell: method("jars.smell", "GET", "jars/{jarId}/smell", { response: { $ref: "Weight" } }),
          getRules: method("jars.getRules", "GET", "jars/{jarId}/rules", { response: { $ref: "Rules" } }),
          updateRules: method("jars.updateRules", "PATCH", "jars/{jarId}/rules", {
            request: { $ref: "Rules" },
            response: { $ref: "Rules" },
          }),
        },
      },
      notes: { methods: { list: method("notes.list", "GET", "notes", { response: { $ref: "Notes" } }) } },
      scales: {
        methods: {
          weigh: method("scales.weigh", "POST", "weigh", { request: { $ref: "Reason" }, response: { $ref: "Weight" } }),
          tare: method("scales.tare", "DELETE", "scale"),
          resetScale: method("scales.resetScale", "POST", "scale/reset"),
        },
      },
    },
  }),
  "pantry.json",
);

function method(id: string, httpMethod: string, path: string, bodies: object = {}, parameters: object = {}) {
  const variables = path.includes("{jarId}") ? { jarId: inPath } : {};
  return {
    id: `pantry.${id}`,
    httpMethod,
    path,
    parameters: { ...variables, ...parameters },
    ...bodies,
    scopes: [LIBRARY],
  };
}

const JARS = "pantry/v1/jars";
let call: Call;
const start = async (options: Partial<MockOptions> = {}) => {
  call = await authorized(await mockFor({ models: [pantry], pageSize: 10, ...options }), { scope: LIBRARY });
};
const make = async (item: JsonObject): Promise<string> => String(object((await call("POST", JARS, item)).body)["id"]);
const titles = (body: Json | undefined): readonly unknown[] => {
  const jars = object(body)["jars"] ?? [];
  return (Array.isArray(jars) ? jars : []).map((one: Json) => object(one)["title"]).toSorted();
};

describe("a custom method of a stored item", () => {
  it.each<[what: string, verb: string, sent: JsonObject | undefined, want: JsonObject]>([
    ["sets a boolean", ":disable", {}, { disabled: true }],
    ["sets the state that fits", ":pause", undefined, { state: "PAUSED" }],
    ["moves to the trash", "/trash", undefined, { trashed: true }],
    ["replaces the property in the request", "/setLabels", { labels: { b: "2" } }, { labels: { b: "2" } }],
    ["replaces the property that is the request", "/setLid", { colour: "red" }, { lid: { colour: "red" } }],
    ["adds and removes members", "/modify", { addTags: ["c", "a"], removeTags: ["b"] }, { tags: ["a", "c"] }],
    ["changes nothing", "/restart", undefined, { title: "A" }],
  ])("is carried out if its effect is in the document: it %s", async (_what, verb, sent, want) => {
    await start();
    const id = await make({ title: "A", labels: { a: "1" }, tags: ["a", "b"] });
    expect((await call("POST", `${JARS}/${id}${verb}`, sent)).status).toBeLessThan(300);
    expect((await call("GET", `${JARS}/${id}`)).body).toMatchObject({ id, title: "A", ...want });
  });

  it.each<[what: string, verb: string, path: string, sent?: JsonObject]>([
    ["two states fit", "POST", ":stop"],
    ["the name says nothing", "POST", "/shake"],
    ["the response is computed from the item", "POST", ":weigh"],
    ["the request has a further property", "POST", ":disable", { reason: "old" }],
    ["it reads something below the item", "GET", "/smell"],
    ["it reads a setting that was not written", "GET", "/rules"],
  ])("is refused, and changes nothing, if %s", async (_what, verb, path, sent) => {
    await start();
    const id = await make({ title: "A" });
    const before = (await call("GET", `${JARS}/${id}`)).body;
    expect(await call(verb, `${JARS}/${id}${path}`, sent)).toMatchObject(refused);
    expect((await call("GET", `${JARS}/${id}`)).body).toEqual(before);
  });

  it("gets 404 for an item that does not exist", async () => {
    await start();
    expect(await call("POST", `${JARS}/none/shake`)).toMatchObject({ status: 404 });
    expect(await call("GET", `${JARS}/none/smell`)).toMatchObject({ status: 404 });
  });

  it("returns of a setting what was written, without samples", async () => {
    await start();
    const path = `${JARS}/${await make({ title: "A" })}/rules`;
    expect((await call("PATCH", path, { limit: 3 })).body).toEqual({ limit: 3 });
    expect((await call("GET", path)).body).toEqual({ limit: 3 });
  });

  it("is replaced by a fixture", async () => {
    await start({ fixtures: { "pantry.jars.weigh": { grams: 5 } } });
    const id = await make({ title: "A" });
    expect(await call("POST", `${JARS}/${id}:weigh`)).toMatchObject({ status: 200, body: { grams: 5 } });
  });
});

describe("a method that makes or changes other items", () => {
  it("copies an item under a new id, if the request names the copy", async () => {
    await start();
    const id = await make({ title: "A", spice: "salt", tags: ["a"] });
    expect(await call("POST", `${JARS}/${id}/copy`, {})).toMatchObject(refused);
    const { status, body } = await call("POST", `${JARS}/${id}/copy`, { title: "B" });
    expect({ status, body }).toMatchObject({ status: 200, body: { title: "B", spice: "salt", tags: ["a"] } });
    expect(object(body)["id"]).not.toBe(id);
    expect(titles((await call("GET", JARS)).body)).toEqual(["A", "B"]);
  });

  it("inserts what it imports", async () => {
    await start();
    const { body } = await call("POST", `${JARS}/import`, { title: "A" });
    expect((await call("GET", `${JARS}/${String(object(body)["id"])}`)).body).toMatchObject({ title: "A" });
  });

  it("changes and deletes the items that the request names, or none of them", async () => {
    await start();
    const ids = [await make({ title: "A", tags: ["x"] }), await make({ title: "B" })];
    const more = { addTags: ["y"], removeTags: [] };
    expect(await call("POST", `${JARS}/batchModify`, { ids: [...ids, "none"], ...more })).toMatchObject({
      status: 404,
    });
    expect((await call("GET", `${JARS}/${ids[0] ?? ""}`)).body).toMatchObject({ tags: ["x"] });
    expect(await call("POST", `${JARS}/batchModify`, { ids, ...more })).toMatchObject({ status: 204 });
    expect((await call("GET", `${JARS}/${ids[0] ?? ""}`)).body).toMatchObject({ tags: ["x", "y"] });
    expect(await call("POST", `${JARS}/batchDelete`, { ids })).toMatchObject({ status: 204 });
    expect((await call("GET", JARS)).body).toEqual({});
  });

  it("streams all items, unless a parameter selects some", async () => {
    await start();
    for (const title of ["A", "B"]) await make({ title });
    const { body } = await call("GET", `${JARS}:streamQuery?fields=title`);
    expect(titles({ jars: body ?? null })).toEqual(["A", "B"]);
    expect(await call("GET", `${JARS}:streamQuery?spice=salt`)).toMatchObject(refused);
  });

  it("empties the trash", async () => {
    await start();
    await make({ title: "A" });
    await make({ title: "B", trashed: true });
    expect(await call("DELETE", `${JARS}/trash`)).toMatchObject({ status: 204 });
    expect(titles((await call("GET", JARS)).body)).toEqual(["A"]);
  });

  it.each([
    ["a verb at the collection", "POST", `${JARS}/send`],
    ["a response with items", "GET", "pantry/v1/find"],
    ["a response with an item in it", "POST", "pantry/v1/cook"],
    ["a list of what holds items", "GET", "pantry/v1/notes"],
    ["a write of which nothing is known", "DELETE", "pantry/v1/scale"],
    ["a method without a response", "POST", "pantry/v1/scale/reset"],
  ])("is refused: %s", async (_what, verb, path) => {
    await start();
    expect(await call(verb, path, verb === "POST" ? {} : undefined)).toMatchObject(refused);
  });

  it("responds with a sample if it concerns no stored resource", async () => {
    await start();
    expect(await call("POST", "pantry/v1/weigh", {})).toMatchObject({ status: 200, body: { grams: 1 } });
  });
});

describe("a query parameter of a list", () => {
  it.each<[query: string, want: readonly string[]]>([
    ["spice=salt", ["A", "C"]],
    ["sizes=1&sizes=2", ["A", "B"]],
    ["trashed=true", ["C"]],
    ["spice=salt&trashed=true", ["C"]],
    ["trashed=false", ["A", "B", "C"]],
    ["hl=de&view=BASIC&fast=false&sorted=true&corpora=user&showSealed=true&showDeleted=false", ["A", "B", "C"]],
    ["q=&nonsense=1", ["A", "B", "C"]],
  ])("is applied, or selects all items: %s", async (parameters, want) => {
    await start();
    await make({ title: "A", spice: "salt", size: 1 });
    await make({ title: "B", spice: "pepper", size: 2 });
    await make({ title: "C", spice: "salt", size: 3, trashed: true });
    expect(titles((await call("GET", `${JARS}?${parameters}`)).body)).toEqual(want);
  });

  it.each(["q=a", "prefix=a", "fast=true", "sorted=false", "corpora=drive", "owner=eve", "showDeleted=true"])(
    "is refused if its meaning is unknown: %s",
    async (parameters) => {
      await start();
      await make({ title: "A" });
      const [name] = parameters.split("=");
      const message = expect.stringContaining(`"${String(name)}"`);
      expect(await call("GET", `${JARS}?${parameters}`)).toMatchObject({ ...refused, body: { error: { message } } });
    },
  );

  it("is part of a page token", async () => {
    await start({ pageSize: 1 });
    for (const title of ["A", "B"]) await make({ title, spice: "salt" });
    const token = String(object((await call("GET", `${JARS}?spice=salt`)).body)["nextPageToken"]);
    expect(await call("GET", `${JARS}?spice=salt&pageToken=${token}`)).toMatchObject({ status: 200 });
    expect(await call("GET", `${JARS}?spice=pepper&pageToken=${token}`)).toMatchObject({ status: 400 });
  });
});

describe("a query parameter of an item", () => {
  it.each([
    ["a revision", "GET", "?revisionId=2"],
    ["a precondition", "PATCH", "?ifSizeMatch=2"],
  ])("is refused if it must not be ignored: %s", async (_what, verb, parameters) => {
    await start();
    const path = `${JARS}/${await make({ title: "A" })}${parameters}`;
    expect(await call(verb, path, verb === "GET" ? undefined : { title: "B" })).toMatchObject(refused);
  });

  it("is refused if it sets a property that only the server writes, and accepted for side effects", async () => {
    await start();
    expect(await call("POST", `${JARS}?owner=eve`, { title: "A" })).toMatchObject(refused);
    expect(await call("POST", `${JARS}?sendUpdates=all`, { title: "A" })).toMatchObject({ status: 200 });
  });

  it("adds and removes members of an array", async () => {
    await start();
    const path = `${JARS}/${await make({ shelves: ["a", "b"] })}`;
    const { body } = await call("PATCH", `${path}?addShelves=c,d&removeShelves=a`, {});
    expect(body).toMatchObject({ shelves: ["b", "c", "d"] });
    expect((await call("GET", path)).body).toMatchObject({ shelves: ["b", "c", "d"] });
  });
});

describe(`methods of single APIs${needsCorpus}`, () => {
  it.each<[file: string, verb: string, path: string, body: JsonObject | undefined, words: string]>([
    [
      "2026/pubsub.v1",
      "POST",
      "v1/projects/p/topics/t:publish",
      { messages: [{ data: "YQ==" }] },
      "gcloud beta emulators pubsub",
    ],
    [
      "2026/pubsub.v1",
      "POST",
      "v1/projects/p/subscriptions/s:pull",
      { maxMessages: 1 },
      "gcloud beta emulators pubsub",
    ],
    ["2026/bigquery.v2", "POST", "bigquery/v2/projects/p/queries", { query: "SELECT 1" }, "no emulator"],
    ["2026/bigquery.v2", "POST", "bigquery/v2/projects/p/jobs", { configuration: {} }, "no emulator"],
    ["2026/bigquery.v2", "GET", "bigquery/v2/projects/p/datasets/d/tables/t/data", undefined, "rows"],
    ["2026/firestore.v1", "GET", "v1/projects/p/databases/d/documents/a/b", undefined, "gcloud emulators firestore"],
    ["2026/datastore.v1", "POST", "v1/projects/p:lookup", {}, "gcloud beta emulators datastore"],
    ["2026/drive.v3", "GET", "drive/v3/files?q=trashed%3Dfalse", undefined, '"q"'],
    ["2026/drive.v3", "GET", "drive/v3/changes?pageToken=1", undefined, "changes"],
    ["2026/gmail.v1", "GET", "gmail/v1/users/me/messages?q=from%3Aeve", undefined, '"q"'],
    ["2026/gmail.v1", "POST", "gmail/v1/users/me/messages/send", { raw: "YQ==" }, "send"],
    ["2026/sheets.v4", "GET", "v4/spreadsheets/s/values/A1", undefined, "cells"],
    ["2026/calendar.v3", "POST", "calendar/v3/freeBusy", {}, "free and busy"],
  ])(
    "are refused, with the emulator to use: %s %s %s",
    { skip: needsCorpus !== "" },
    async (file, verb, path, body, words) => {
      const model = modelOf(readFileSync(join(CORPUS, `${file}.json`), "utf8"), file);
      const scope = model.scopes.map((one) => one.scope).join(" ");
      const send = await authorized(await mockFor({ models: [model] }), { scope });
      const message = expect.stringContaining(words);
      expect(await send(verb, path, body)).toMatchObject({ ...refused, body: { error: { message } } });
    },
  );

  const serve = async (name: string, options: Partial<MockOptions> = {}) => {
    const model = modelOf(readFileSync(join(CORPUS, `${name}.json`), "utf8"), name);
    const scope = model.scopes.map((one) => one.scope).join(" ");
    return authorized(await mockFor({ models: [model], ...options }), { scope });
  };

  it("are served from fixtures", { skip: needsCorpus !== "" }, async () => {
    const path = "calendar/v3/users/me/calendarList";
    expect(await (await serve("2026/calendar.v3"))("GET", path)).toMatchObject(refused);
    const send = await serve("2026/calendar.v3", { fixtures: { [`/${path}`]: [{ id: "a", summary: "A" }] } });
    expect(await send("GET", path)).toMatchObject({
      status: 200,
      body: { items: expect.arrayContaining([expect.objectContaining({ id: "a", summary: "A" })]) },
    });
    expect(await send("GET", `${path}/a`)).toMatchObject({ status: 200, body: { summary: "A" } });
  });

  it("return new ids, which new items accept", { skip: needsCorpus !== "" }, async () => {
    const send = await serve("2026/drive.v3");
    const { ids } = object((await send("GET", "drive/v3/files/generateIds?count=3")).body);
    expect(new Set(Array.isArray(ids) ? ids : []).size).toBe(3);
    const id = Array.isArray(ids) ? String(ids[0]) : "";
    expect(await send("POST", "drive/v3/files", { id, name: "a" })).toMatchObject({ status: 200, body: { id } });
  });

  it("list single events without their recurrence", { skip: needsCorpus !== "" }, async () => {
    const send = await serve("2026/calendar.v3");
    const { id } = object((await send("POST", "calendar/v3/calendars", { summary: "C" })).body);
    const path = `calendar/v3/calendars/${String(id)}/events`;
    const start = { dateTime: "2026-05-01T09:00:00", timeZone: "UTC" };
    await send("POST", path, { summary: "A", start, end: start });
    expect(await send("GET", `${path}?singleEvents=true`)).toMatchObject({
      status: 200,
      body: { items: [{ summary: "A" }] },
    });
    await send("POST", path, { summary: "B", start, end: start, recurrence: ["RRULE:FREQ=DAILY"] });
    expect(await send("GET", `${path}?singleEvents=true`)).toMatchObject(refused);
  });
});
