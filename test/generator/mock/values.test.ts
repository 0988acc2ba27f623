/** Values that Google's parsers accept in several spellings, unknown parameters, and streams. */
import { describe, expect, it } from "vitest";
import { sampleOf } from "../../../generator/src/mock/resources/sample.js";
import { indexApi } from "../../../generator/src/mock/api-index.js";
import type { Json, JsonObject } from "../../../generator/src/mock/index.js";
import { roomsDocument } from "./rooms.js";
import { authorized, LIBRARY, mockFor, modelOf, object } from "./support.js";

const rooms = modelOf(JSON.stringify(roomsDocument), "rooms.json");

const text = { type: "string" };
const inPath = { type: "string", location: "path", required: true };
const diary = (servicePath: string) =>
  modelOf(
    JSON.stringify({
      kind: "discovery#restDescription",
      name: "diary",
      version: "v1",
      rootUrl: "https://diary.example.com/",
      servicePath,
      auth: { oauth2: { scopes: { [LIBRARY]: { description: "Everything" } } } },
      schemas: {
        Moment: {
          id: "Moment",
          type: "object",
          properties: { dateTime: { type: "string", format: "date-time" }, timeZone: text },
        },
        Entry: {
          id: "Entry",
          type: "object",
          properties: {
            id: text,
            start: { $ref: "Moment" },
            done: { type: "boolean" },
            weight: { type: "string", format: "int64" },
            size: { type: "integer", format: "int32" },
            displayName: text,
          },
        },
        Word: { id: "Word", type: "object", properties: { text } },
      },
      resources: {
        entries: {
          methods: {
            get: {
              id: "diary.entries.get",
              httpMethod: "GET",
              path: "entries/{id}",
              parameters: { id: inPath },
              response: { $ref: "Entry" },
            },
            insert: {
              id: "diary.entries.insert",
              httpMethod: "POST",
              path: "entries",
              request: { $ref: "Entry" },
              response: { $ref: "Entry" },
            },
          },
        },
        words: {
          methods: {
            streamQuery: {
              id: "diary.words.streamQuery",
              httpMethod: "POST",
              path: "words:stream",
              request: { $ref: "Word" },
              response: { $ref: "Word" },
            },
          },
        },
      },
      parameters: { alt: { type: "string", enum: ["json", "sse"], default: "json", location: "query" } },
    }),
    "diary.json",
  );

const start = async (servicePath = "diary/v1/") =>
  authorized(await mockFor({ models: [diary(servicePath)] }), { scope: LIBRARY });

describe("a value in another spelling", () => {
  it.each<[what: string, given: JsonObject, want: JsonObject]>([
    [
      "a time without an offset beside a time zone",
      { start: { dateTime: "2026-05-01T09:00:00", timeZone: "UTC" } },
      {},
    ],
    ["a time in lower case", { start: { dateTime: "2026-05-01t09:00:00.123z" } }, {}],
    ["a time without seconds", { start: { dateTime: "2026-05-01T09:00Z" } }, {}],
    ["a boolean as a string", { done: "true" }, { done: true }],
    ["an int64 as a number", { weight: 5 }, { weight: "5" }],
    ["an int32 as a string", { size: "5" }, { size: 5 }],
    ["an integer with a fraction of zero", { size: "5.0" }, { size: 5 }],
    ["an integer with an exponent", { weight: "1e3" }, { weight: "1000" }],
    ["a name in snake case", { display_name: "A" }, { displayName: "A" }],
  ])("is accepted, and returned as Google writes it: %s", async (_what, given, want) => {
    const call = await start();
    const expected = Object.keys(want).length === 0 ? given : want;
    expect(await call("POST", "diary/v1/entries", given)).toMatchObject({ status: 200, body: expected });
  });

  it.each<[what: string, given: JsonObject]>([
    ["a time without an offset and without a time zone", { start: { dateTime: "2026-05-01T09:00:00" } }],
    ["a date for a time", { start: { dateTime: "2026-05-01", timeZone: "UTC" } }],
    ["another word for a boolean", { done: "yes" }],
    ["a fraction for an integer", { size: "5.5" }],
  ])("is rejected: %s", async (_what, given) => {
    const call = await start();
    expect(await call("POST", "diary/v1/entries", given)).toMatchObject({ status: 400 });
  });
});

describe("an unknown query parameter", () => {
  it.each([
    ["is ignored by an API with a service path", "diary/v1/", "nonsense=1", 404],
    ["is rejected by an API without a service path", "", "nonsense=1", 400],
    ["is accepted by every API if it is a system parameter", "", "$.xgafv=2&trace=a&pp=0&$alt=json&userProject=p", 404],
  ])("%s", async (_what, servicePath, query, status) => {
    const call = await start(servicePath);
    expect(await call("GET", `${servicePath}entries/none?${query}`)).toMatchObject({ status });
  });
});

describe("a method that streams", () => {
  it("responds with an array", async () => {
    const call = await start();
    expect((await call("POST", "diary/v1/words:stream", {})).body).toEqual([{ text: "sample-text" }]);
  });

  it("responds with server-sent events for alt=sse", async () => {
    const call = await start();
    const { headers, body } = await call("POST", "diary/v1/words:stream?alt=sse", {});
    expect([headers.get("content-type"), body]).toEqual(["text/event-stream", 'data: {"text":"sample-text"}\r\n\r\n']);
  });
});

describe("a sample", () => {
  const sample = (properties: object): Json | undefined => {
    const status = {
      id: "Status",
      type: "object",
      properties: { code: { type: "integer" }, message: text, details: { type: "array", items: { type: "any" } } },
    };
    const schemas = { ...roomsDocument.schemas, Status: status, Probe: { id: "Probe", type: "object", properties } };
    const api = indexApi(modelOf(JSON.stringify({ ...roomsDocument, schemas }), "rooms.json"));
    return sampleOf({ kind: "reference", name: "Probe" }, api.schemas);
  };
  const list = { type: "array", items: text };

  it.each([
    ["errors", list],
    ["insertErrors", list],
    ["unreachable", list],
    ["failedRequests", list],
    ["warnings", list],
    ["rewriteToken", text],
    ["partialSuccess", { type: "boolean" }],
    ["partialFailure", { $ref: "Status" }],
    ["nextPageToken", text],
    ["errorMessage", text],
    ["status", { $ref: "Status" }],
    ["deleteTime", { type: "string", format: "google-datetime" }],
  ])("has no property that reports a failure, at no depth: %s", (name, type) => {
    const properties = { title: text, [name]: type };
    expect(sample({ ...properties, inner: { type: "object", properties } })).toEqual({
      title: "sample-title",
      inner: { title: "sample-title" },
    });
  });

  it.each([
    ["done", true],
    ["ok", true],
    ["success", true],
    ["jobComplete", true],
    ["incomplete", false],
    ["incompleteSearch", false],
    ["truncated", false],
    ["deleted", false],
  ])("has the boolean of a complete response: %s", (name, value) => {
    expect(sample({ [name]: { type: "boolean" } })).toEqual({ [name]: value });
  });

  it.each([
    [["STATE_UNSPECIFIED", "FAILED", "ACTIVE"], "ACTIVE"],
    [["UNKNOWN", "DELETED", "CANCELLED", "SUCCEEDED"], "SUCCEEDED"],
    [["ERROR", "FAILED"], "ERROR"],
  ])("has no enum value of a failure if there is another: %s", (values, want) => {
    expect(sample({ outcome: { type: "string", enum: values } })).toEqual({ outcome: want });
  });

  it("is the same for a room of the document", () => {
    expect(object(sampleOf({ kind: "reference", name: "Room" }, indexApi(rooms).schemas))).toMatchObject({
      state: "ACTIVE",
      colour: "RED",
    });
  });
});
