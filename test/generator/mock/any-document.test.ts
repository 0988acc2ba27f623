/** APIs that the mock knows only from their document: resource names, operations of every style, samples. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Json, type JsonObject, type Mock, startMock } from "../../../generator/src/mock/index.js";
import { CORPUS, needsCorpus, ROOT } from "../../support/folders.js";
import { roomsDocument } from "./rooms.js";
import { type Call, CLOUD, LIBRARY, mockFor, modelOf, object, authorized, refused } from "./support.js";
import { sweep, sweepFixtures } from "./sweep.js";

const rooms = modelOf(JSON.stringify(roomsDocument), "rooms.json");

let mock: Mock;
let call: Call;
beforeAll(async () => {
  mock = await startMock({ models: [rooms] });
  call = await authorized(mock, { scope: LIBRARY });
});
afterAll(() => mock.close());

const create = (house: string, id: string, room: JsonObject = {}) =>
  call("POST", `v2/${house}/rooms?roomId=${id}`, room);

describe("a resource named by its path", () => {
  it("is created with the id in the query, and read, updated and deleted by name", async () => {
    await create("houses/a", "hall", { title: "Hall", window: { glass: "clear" } });
    const name = "houses/a/rooms/hall";
    const made = { name, title: "Hall", state: "ACTIVE", createTime: expect.any(String), window: { glass: "clear" } };
    expect(await call("GET", `v2/${name}`)).toMatchObject({ status: 200, body: made });
    expect(await create("houses/a", "hall")).toMatchObject({ status: 409 });
    expect((await call("PATCH", `v2/${name}`, { window: { panes: 2 } })).body).toEqual({
      ...made,
      window: { glass: "clear", panes: 2 },
    });
    expect(await call("POST", `v2/${name}:paint`, {})).toMatchObject(refused);
    expect(await call("DELETE", `v2/${name}`)).toMatchObject({ status: 200, body: { metadata: {} } });
    expect(await call("GET", `v2/${name}`)).toMatchObject({
      status: 404,
      body: { error: { status: "NOT_FOUND", message: expect.stringContaining(name) } },
    });
    expect(await call("POST", `v2/${name}:paint`, {})).toMatchObject({ status: 404 });
  });

  it.each<[mask: string, want: JsonObject]>([
    ["title", { title: "B", size: 1, window: { glass: "clear", panes: 4 } }],
    ["window.glass", { title: "A", size: 1, window: { glass: "milk", panes: 4 } }],
    ["size,window.panes", { title: "A", window: { glass: "clear" } }],
    ["*", { title: "B", window: { glass: "milk" } }],
  ])("changes only the fields in the mask: %s", async (mask, want) => {
    const id = `m${Buffer.from(mask).toString("hex")}`;
    await create("houses/m", id, { title: "A", size: 1, window: { glass: "clear", panes: 4 } });
    const { body } = await call("PATCH", `v2/houses/m/rooms/${id}?updateMask=${mask}`, {
      title: "B",
      window: { glass: "milk" },
    });
    const { name: _name, state: _state, createTime: _time, ...rest } = object(body);
    expect(rest).toEqual(want);
  });

  it("does not change with a mask that names missing fields or is nested too deep", async () => {
    await create("houses/m", "bare", { title: "A" });
    const { body } = await call("PATCH", "v2/houses/m/rooms/bare?updateMask=window.glass", {});
    expect(body).not.toHaveProperty("window");
    const deep = `${"within.".repeat(60)}title`;
    expect(await call("PATCH", `v2/houses/m/rooms/bare?updateMask=${deep}`, {})).toMatchObject({ status: 400 });
    expect(await call("PATCH", "v2/houses/m/rooms/bare?updateMask=tags.x", {})).toMatchObject({ status: 400 });
  });

  it("rejects a mask of unknown fields, and is created by a patch only with allowMissing", async () => {
    await create("houses/u", "a");
    expect(await call("PATCH", "v2/houses/u/rooms/a?updateMask=nonsense", {})).toMatchObject({
      status: 400,
      body: { error: { details: [{ fieldViolations: [{ field: "updateMask" }] }] } },
    });
    expect(await call("PATCH", "v2/houses/u/rooms/b", { title: "B" })).toMatchObject({ status: 404 });
    expect(await call("PATCH", "v2/houses/u/rooms/b?allowMissing=true", { title: "B" })).toMatchObject({
      status: 200,
      body: { name: "houses/u/rooms/b", title: "B" },
    });
  });

  it("is listed in pages, separately for each parent", async () => {
    for (const id of ["a", "b", "c"]) await create("houses/l", id);
    await create("houses/other", "d");
    const first = object((await call("GET", "v2/houses/l/rooms")).body);
    expect(first["rooms"]).toMatchObject([{ name: "houses/l/rooms/a" }, { name: "houses/l/rooms/b" }]);
    const second = await call("GET", `v2/houses/l/rooms?pageToken=${String(first["nextPageToken"])}`);
    expect(second.body).toEqual({ rooms: [expect.objectContaining({ name: "houses/l/rooms/c" })] });
  });

  it("starts with fixtures, named completely or by their last segment", async () => {
    const fixtures = { "/v2/houses/f/rooms": [{ name: "houses/f/rooms/a" }, { name: "b", title: "B" }] };
    const own = await authorized(await mockFor({ models: [rooms], fixtures }), { scope: LIBRARY });
    expect((await own("GET", "v2/houses/f/rooms")).body).toEqual({
      rooms: [{ name: "houses/f/rooms/a" }, { name: "houses/f/rooms/b", title: "B" }],
    });
  });
});

describe("a method with only a type", () => {
  it("returns the same sample each time, also for recursive types", async () => {
    const first = await call("POST", "v2/houses/a:plan", {});
    expect(first).toMatchObject({ status: 200, body: { steps: ["sample-steps"], next: { steps: ["sample-steps"] } } });
    expect((await call("POST", "v2/houses/a:plan", {})).body).toEqual(first.body);
  });

  it("stores what is written to a singleton resource", async () => {
    expect((await call("GET", "v2/houses/a/rules")).body).toEqual({ quiet: false, text: "sample-text" });
    await call("PATCH", "v2/houses/a/rules", { quiet: true });
    expect((await call("GET", "v2/houses/a/rules")).body).toEqual({ quiet: true, text: "sample-text" });
  });
});

describe("an unusual document", () => {
  const inPath = (name: string, pattern?: string) => ({
    [name]: { type: "string", location: "path", required: true, ...(pattern === undefined ? {} : { pattern }) },
  });
  const copy = { $ref: "Copy" };
  const list = { $ref: "List" };
  const operation = { $ref: "Operation" };
  const odd = modelOf(
    JSON.stringify({
      kind: "discovery#restDescription",
      name: "odd",
      version: "v1",
      rootUrl: "https://odd.example.com/",
      servicePath: "",
      schemas: {
        Nest: { id: "Nest", type: "array", items: { $ref: "Nest" } },
        Nested: { id: "Nested", type: "object", properties: { nest: { $ref: "Nest" } } },
        Copy: {
          id: "Copy",
          type: "object",
          properties: { name: { type: "string" }, of: { type: "string" }, made: { type: "string" } },
        },
        CopyRequest: {
          id: "CopyRequest",
          type: "object",
          properties: { of: { type: "string" }, priority: { type: "integer" } },
        },
        List: {
          id: "List",
          type: "object",
          properties: { id: { type: "string", format: "int64" }, title: { type: "string" } },
        },
        Cluster: { id: "Cluster", type: "object", properties: { name: { type: "string" }, size: { type: "integer" } } },
        Operation: {
          id: "Operation",
          type: "object",
          properties: {
            name: { type: "string" },
            done: { type: "boolean" },
            error: { type: "object", additionalProperties: { type: "any" } },
            response: { type: "object", additionalProperties: { type: "any" } },
          },
        },
      },
      resources: {
        nests: {
          methods: { find: { id: "odd.nests.find", httpMethod: "GET", path: "v1/nest", response: { $ref: "Nested" } } },
        },
        copies: {
          methods: {
            create: {
              id: "odd.copies.create",
              httpMethod: "PUT",
              path: "v1/{+name}",
              parameters: inPath("name", "^copies/[^/]+$"),
              request: { $ref: "CopyRequest" },
              response: copy,
            },
            get: {
              id: "odd.copies.get",
              httpMethod: "GET",
              path: "v1/{+name}",
              parameters: inPath("name", "^copies/[^/]+$"),
              response: copy,
            },
          },
        },
        lists: {
          methods: {
            get: {
              id: "odd.lists.get",
              httpMethod: "GET",
              path: "v1/@me/lists/{list}",
              parameters: inPath("list"),
              response: list,
            },
            insert: {
              id: "odd.lists.insert",
              httpMethod: "POST",
              path: "v1/@me/lists",
              request: list,
              response: list,
            },
          },
        },
        clusters: {
          methods: {
            get: {
              id: "odd.clusters.get",
              httpMethod: "GET",
              path: "v1/{+name}",
              parameters: inPath("name", "^clusters/[^/]+$"),
              response: { $ref: "Cluster" },
            },
            patch: {
              id: "odd.clusters.patch",
              httpMethod: "PATCH",
              path: "v1/{+name}",
              parameters: inPath("name", "^clusters/[^/]+$"),
              request: { $ref: "Cluster" },
              response: { $ref: "Cluster" },
            },
            create: {
              id: "odd.clusters.create",
              httpMethod: "POST",
              path: "v1/clusters",
              request: { $ref: "Cluster" },
              response: operation,
            },
          },
        },
        operations: {
          methods: {
            get: {
              id: "odd.operations.get",
              httpMethod: "GET",
              path: "v1/{+name}",
              parameters: inPath("name", "^operations/.*$"),
              response: operation,
            },
          },
        },
      },
    }),
    "odd.json",
  );
  const start = async (options = {}) =>
    authorized(await mockFor({ models: [odd, rooms], ...options }), { scope: LIBRARY });

  it("with a type that is an array of itself gets a response, and fields can be selected", async () => {
    const send = await start();
    expect(await send("GET", "v1/nest")).toMatchObject({ status: 200, body: {} });
    expect(await send("GET", "v1/nest?fields=nest/nest")).toMatchObject({ status: 200 });
  });

  it("whose insert request has its own type stores the properties that both types share", async () => {
    const send = await start();
    const made = await send("PUT", "v1/copies/a", { of: "b", priority: 1 });
    expect(made).toMatchObject({ status: 200, body: { name: "copies/a", of: "b" } });
    expect(made.body).not.toHaveProperty("priority");
    expect((await send("GET", "v1/copies/a")).body).toEqual(made.body);
  });

  it("with ids set by the server ignores ids from the client", async () => {
    const send = await start();
    const { body } = await send("POST", "v1/@me/lists", { id: "7", title: "A" });
    const { id } = object(body);
    expect([id, body]).toEqual([expect.stringMatching(/^\d{13}$/), { id, title: "A" }]);
    expect((await send("GET", `v1/@me/lists/${String(id)}`)).body).toEqual(body);
  });

  it("with an unusual character in its paths accepts fixtures there", async () => {
    const send = await start({ fixtures: { "/v1/@me/lists": [{ id: "5", title: "A" }] } });
    expect(await send("GET", "v1/@me/lists/5")).toMatchObject({ status: 200, body: { title: "A" } });
  });

  it("with short names for resources that have paths keeps the client's name", async () => {
    const send = await start();
    await send("POST", "v1/clusters", { name: "a", size: 1 });
    expect((await send("GET", "v1/clusters/a")).body).toEqual({ name: "a", size: 1 });
    expect((await send("PATCH", "v1/clusters/a", { size: 2 })).body).toEqual({ name: "a", size: 2 });
  });

  it("with open-ended operation names finishes its operations", async () => {
    const send = await start();
    const { name } = object((await send("POST", "v1/clusters", { name: "b" })).body);
    expect(name).toMatch(/^operations\/[\w-]+$/);
    const looks = [];
    for (let look = 0; look < 3; look += 1) looks.push(object((await send("GET", `v1/${String(name)}`)).body)["done"]);
    expect(looks).toEqual([undefined, undefined, true]);
  });
});

describe("the fields parameter", () => {
  it.each<[fields: string, want: Json]>([
    ["title", { title: "A" }],
    ["title,window/glass", { title: "A", window: { glass: "clear" } }],
    ["window(panes),size", { size: 1, window: { panes: 4 } }],
    ["window", { window: { glass: "clear", panes: 4 } }],
    ["*/glass", { window: { glass: "clear" } }],
    ["labels/x", { labels: { x: "1" } }],
    ["window.glass", { window: { glass: "clear" } }],
    ["window.glass, title", { title: "A", window: { glass: "clear" } }],
    ["window(*)", { window: { glass: "clear", panes: 4 } }],
  ])("returns only the selected fields: %s", async (fields, want) => {
    await create("houses/s", "a", {
      title: "A",
      size: 1,
      window: { glass: "clear", panes: 4 },
      labels: { x: "1", y: "2" },
    });
    const { body } = await call("GET", `v2/houses/s/rooms/a?fields=${fields}`);
    // A star selects scalar values too.
    expect(fields.startsWith("*") ? { window: object(body)["window"] } : body).toEqual(want);
  });

  it("applies to the items of arrays", async () => {
    await create("houses/t", "a", { title: "A" });
    expect((await call("GET", "v2/houses/t/rooms?fields=rooms(title)")).body).toEqual({ rooms: [{ title: "A" }] });
  });

  it.each(["nonsense", "window(", "window)", "a//b", "title,", "window/nonsense"])(
    "is rejected: %s",
    async (fields) => {
      expect(await call("GET", `v2/houses/t/rooms/a?fields=${encodeURIComponent(fields)}`)).toMatchObject({
        status: 400,
        body: { error: { errors: [{ location: "fields" }] } },
      });
    },
  );
});

describe("an operation", () => {
  it("is done after a few polls, and then contains the created resource", async () => {
    const { body } = await create("houses/o", "a", { title: "A" });
    const name = String(object(body)["name"]);
    expect(name).toMatch(/^houses\/o\/operations\/[\w-]+$/);
    const seen: JsonObject[] = [];
    for (let look = 0; look < 3; look += 1) seen.push(object((await call("GET", `v2/${name}`)).body));
    // Google omits properties that are false.
    expect(seen.map(({ done }) => done)).toEqual([undefined, undefined, true]);
    expect(seen[2]).toMatchObject({ name, response: { name: "houses/o/rooms/a", title: "A" } });
  });
});

describe(`operations of Google's own documents${needsCorpus}`, () => {
  it.each<[file: string, verb: string, path: string, body: JsonObject, poll: (operation: JsonObject) => string]>([
    [
      "2019/compute.v1.json",
      "POST",
      "compute/v1/projects/p/zones/z/instances",
      { name: "a", machineType: "zones/z/machineTypes/m" },
      ({ name }) => `compute/v1/projects/p/zones/z/operations/${String(name)}`,
    ],
    [
      "2019/compute.v1.json",
      "POST",
      "compute/v1/projects/p/global/firewalls",
      { name: "a" },
      ({ name }) => `compute/v1/projects/p/global/operations/${String(name)}`,
    ],
    [
      "2026/container.v1.json",
      "POST",
      "v1/projects/p/locations/l/clusters",
      { cluster: { name: "a" } },
      ({ name }) => `v1/projects/p/locations/l/operations/${String(name)}`,
    ],
    [
      "2026/sqladmin.v1beta4.json",
      "POST",
      "sql/v1beta4/projects/p/instances",
      { name: "a" },
      ({ name }) => `sql/v1beta4/projects/p/operations/${String(name)}`,
    ],
    [
      "2026/redis.v1.json",
      "POST",
      "v1/projects/p/locations/l/instances?instanceId=a",
      { tier: "BASIC" },
      ({ name }) => `v1/${String(name)}`,
    ],
  ])("finish: %s %s %s", { skip: needsCorpus !== "" }, async (file, verb, path, body, poll) => {
    const model = modelOf(readFileSync(join(CORPUS, file), "utf8"), file);
    const own = await mockFor({ models: [model] });
    const send = await authorized(own, { scope: model.scopes.map(({ scope }) => scope).join(" ") });
    const started = await send(verb, path, body);
    expect(started).toMatchObject({ status: 200 });
    const isOver = ({ done, status = null }: JsonObject) =>
      done === true || ['"DONE"', '{"state":"DONE"}'].includes(JSON.stringify(status));
    const ends: boolean[] = [];
    for (let look = 0; look < 4; look += 1) {
      const { status, body: operation } = await send("GET", poll(object(started.body)));
      expect(status).toBe(200);
      ends.push(isOver(object(operation)));
    }
    expect([ends[0], ends.at(-1)]).toEqual([false, true]);
  });
});

describe("every method", () => {
  const bundled = ["test/fixtures/shelves.v1.json", "test/fixtures/media/drive.v3.json"].map((name) =>
    join(ROOT, name),
  );
  const own = documentsIn(join(ROOT, "generator/documents"));
  const corpus = needsCorpus === "" ? ["2015", "2019", "2024", "2026"].map((year) => join(CORPUS, year)) : [];
  const counts = new Map<string, number>();

  it.each([...bundled, ...own, ...corpus.flatMap(documentsIn)])(
    "gets a response that is not wrong: %s",
    async (file) => {
      const model = modelOf(readFileSync(file, "utf8"), file);
      const faults: unknown[] = [];
      const fixtures = sweepFixtures(model);
      const swept = await mockFor({ models: [model], fixtures, onError: (error) => faults.push(error) });
      const scope = model.scopes.map((one) => one.scope).join(" ");
      const outcomes = await sweep(model, await authorized(swept, { scope: scope === "" ? CLOUD : scope }));
      for (const { kind } of outcomes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const wrong = outcomes.filter(({ kind }) => kind === "wrong").map((one) => `${one.id}: ${one.wrong}`);
      expect([wrong, faults]).toEqual([[], []]);
    },
  );

  it("gets a response or a refusal, and seldom another error", () => {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    process.stdout.write(`methods: ${total}, ${JSON.stringify(Object.fromEntries(counts))}\n`);
    expect((counts.get("rejected") ?? 0) / total).toBeLessThan(0.05);
    expect((counts.get("refused") ?? 0) / total).toBeLessThan(0.3);
  });
});

function documentsIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.map((name) => join(folder, name));
}
