/** Requests that do not match the document, and handlers that replace the mock. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Fault,
  type Json,
  type JsonObject,
  type Mock,
  mockAnswer,
  startMock,
} from "../../../generator/src/mock/index.js";
import { roomsDocument } from "./rooms.js";
import { type Call, LIBRARY, mockFor, modelOf, object, authorized } from "./support.js";

const rooms = modelOf(JSON.stringify(roomsDocument), "rooms.json");
const ROOMS = "v2/houses/a/rooms";

let mock: Mock;
let call: Call;
beforeAll(async () => {
  mock = await startMock({ models: [rooms] });
  call = await authorized(mock, { scope: LIBRARY });
});
afterAll(() => mock.close());

const violations = (body: Json | undefined) => {
  const error = object(object(body)["error"]);
  // Every response of these tests has one detail.
  const [detail] = error["details"] as readonly JsonObject[];
  return { code: error["status"], type: detail?.["@type"], violations: detail?.["fieldViolations"] };
};
const rejected = (...list: readonly object[]) => ({
  code: "INVALID_ARGUMENT",
  type: "type.googleapis.com/google.rpc.BadRequest",
  violations: list.map((one) => expect.objectContaining(one)),
});
const about = (field: string, words: string) => ({ field, description: expect.stringContaining(words) });

describe("a body that does not match its type is rejected with every violation", () => {
  it.each<[what: string, body: JsonObject, ...want: object[]]>([
    ["an unknown property", { nonsense: 1 }, about("", 'Unknown name "nonsense": Cannot find field.')],
    ["a nested one", { window: { nonsense: 1 } }, about("window", "Unknown name \"nonsense\" at 'window'")],
    ["one in an array item", { within: { tags: [{}] } }, about("within.tags[0]", "expected a string")],
    ["a number for a string", { title: 1 }, about("title", "expected a string, got 1")],
    ["a string for a boolean", { open: "yes" }, about("open", "expected a boolean")],
    ["a fraction", { size: 1.5 }, about("size", "an integer (int32)")],
    ["a number too large", { size: 2 ** 31 }, about("size", "an integer (int32)")],
    ["an int64 too large", { weight: "9223372036854775808" }, about("weight", "an integer (int64)")],
    ["an unknown enum value", { colour: "GREEN" }, about("colour", "one of RED, BLUE")],
    ["an object for an array", { tags: {} }, about("tags", "expected an array")],
    ["an array for an object", { window: [] }, about("window", "expected an object")],
    ["a number in a map", { labels: { a: 1 } }, about("labels.a", "expected a string")],
    ["not a duration", { heated: "1 h" }, about("heated", "a duration")],
    ["everything at once", { title: 1, size: "x" }, about("title", "a string"), about("size", "an integer")],
  ])("%s", async (_what, body, ...want) => {
    const response = await call("POST", ROOMS, body);
    expect([response.status, violations(response.body)]).toEqual([400, rejected(...want)]);
  });

  it.each<[what: string, body: JsonObject]>([
    ["null for anything", { title: null, window: null, tags: null }],
    ["int64 as a number, int32 as a string", { weight: 5, size: "5" }],
    ["the number of an enum value", { colour: 1 }],
    ["read-only properties", { state: "ACTIVE", createTime: "2026-01-01T00:00:00.5Z" }],
  ])("but not for %s", async (_what, body) => {
    expect(await call("POST", ROOMS, body)).toMatchObject({ status: 200 });
  });
});

describe("a parameter that does not match the document is rejected", () => {
  it.each<[query: string, field: string, words: string]>([
    ["nonsense=1", "nonsense", 'Unknown name "nonsense": Cannot bind query parameter'],
    ["pageSize=two", "pageSize", "an integer (int32)"],
    ["pageSize=-1", "pageSize", "0 or more"],
    ["pageSize=101", "pageSize", "100 or less"],
    ["view=basic", "view", "one of BASIC, FULL"],
    ["deep=1", "deep", "true or false"],
  ])("%s", async (query, field, words) => {
    const response = await call("GET", `${ROOMS}?${query}`);
    expect([response.status, violations(response.body)]).toEqual([400, rejected(about(field, words))]);
  });

  it("except the system parameters of every API", async () => {
    const query = "alt=json&prettyPrint=false&quotaUser=u&key=k&%24.xgafv=2&view=FULL&deep=false&pageSize=";
    expect(await call("GET", `${ROOMS}?${query}`)).toMatchObject({ status: 200 });
  });
});

describe("a handler", () => {
  it("handles the request in place of the mock, after validation", async () => {
    const seen: unknown[] = [];
    const own = await authorized(
      await mockFor({
        models: [rooms],
        handlers: {
          "rooms.houses.rooms.list": ({ methodId, params, query }) => {
            seen.push([methodId, params, query]);
            return { rooms: [{ name: "x", title: "X" }] };
          },
          "rooms.houses.plan": () => mockAnswer({ status: 429, headers: { "retry-after": "1" }, body: { error: {} } }),
          "rooms.houses.rooms.paint": { title: "always" },
          "rooms.houses.getRules": () => undefined,
        },
      }),
      { scope: LIBRARY },
    );
    expect((await own("GET", `${ROOMS}?view=FULL&fields=rooms/title`)).body).toEqual({ rooms: [{ title: "X" }] });
    expect(await own("GET", `${ROOMS}?nonsense=1`)).toMatchObject({ status: 400 });
    expect(seen).toEqual([
      ["rooms.houses.rooms.list", { parent: "houses/a" }, { view: "FULL", fields: "rooms/title" }],
    ]);
    const limited = await own("POST", "v2/houses/a:plan", {});
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await own("POST", `${ROOMS}/none:paint`, {})).body).toEqual({ title: "always" });
    expect(await own("GET", "v2/houses/a/rules")).toMatchObject({ body: { text: "sample-text" } });
  });

  it("can be asynchronous, and an error that it throws counts as the mock's", async () => {
    const faults: unknown[] = [];
    const own = await authorized(
      await mockFor({
        models: [rooms],
        onError: (error) => faults.push(error),
        handlers: {
          "rooms.houses.getRules": async () => {
            await Promise.resolve();
            return { text: "later" };
          },
          "rooms.houses.plan": () => Promise.reject(new Error("oops")),
        },
      }),
      { scope: LIBRARY },
    );
    expect((await own("GET", "v2/houses/a/rules")).body).toEqual({ text: "later" });
    expect(await own("POST", "v2/houses/a:plan", {})).toMatchObject({ status: 500 });
    expect(faults).toEqual([new Error("oops")]);
  });

  it("of an unknown method is rejected before the server starts, like a fixture of one", async () => {
    const nowhere = { "rooms.nowhere": {} };
    await expect(startMock({ models: [rooms], handlers: nowhere })).rejects.toThrow('"rooms.nowhere"');
    await expect(startMock({ models: [rooms], fixtures: nowhere })).rejects.toThrow('"rooms.nowhere"');
  });

  it("can be a fixture: the response to every call of a method", async () => {
    const own = await authorized(
      await mockFor({ models: [rooms], fixtures: { "rooms.houses.plan": { steps: ["a"] } } }),
      { scope: LIBRARY },
    );
    expect((await own("POST", "v2/houses/a:plan", {})).body).toEqual({ steps: ["a"] });
  });
});

describe("faults and latency", () => {
  it("a call fails once for each fault, token requests do not", async () => {
    const own = await mockFor({ models: [rooms], faults: [{ on: "call", after: 1, status: 503 }] });
    const send = await authorized(own, { scope: LIBRARY });
    const statuses: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) statuses.push((await send("GET", ROOMS)).status);
    expect(statuses).toEqual([200, 503, 200]);
  });

  it.each<[what: string, fault: Fault]>([
    ["a status below 400", { on: "call", status: 200 }],
    ["neither status nor cutAfter", { on: "call" }],
    ["a negative number of requests", { on: "call", after: -1, status: 500 }],
  ])("but not what cannot happen: %s", async (_what, fault) => {
    await expect(startMock({ models: [rooms], faults: [fault] })).rejects.toThrow(RangeError);
  });

  it("responses are delayed", async () => {
    const send = await authorized(await mockFor({ models: [rooms], latency: 50 }), { scope: LIBRARY });
    const started = performance.now();
    await send("GET", ROOMS);
    expect(performance.now() - started).toBeGreaterThan(45);
  });
});
