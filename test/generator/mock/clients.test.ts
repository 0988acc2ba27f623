/** Generated clients against the mock over real sockets, with every feature of a resource-oriented API. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ApiError, OperationError } from "@discogen/runtime";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Mock, startMock } from "../../../generator/src/mock/index.js";
import { RoomsClient } from "../../golden/rooms/v2/index.js";
import type { Door } from "../../golden/rooms/v2/schemas.js";
import { ShelfKeeperClient } from "../../golden/shelves/v1/index.js";
import { ROOT } from "../../support/folders.js";
import { roomsDocument } from "./rooms.js";
import { modelOf } from "./support.js";

const file = join(ROOT, "test/fixtures/shelves.v1.json");
const models = [modelOf(JSON.stringify(roomsDocument), "rooms.json"), modelOf(readFileSync(file, "utf8"), file)];

let mock: Mock;
let client: RoomsClient;
let shelves: ShelfKeeperClient["rooms"]["shelves"];
beforeAll(async () => {
  const contents = { "/v1/rooms/media/shelves/a/books": { data: "many words", type: "text/plain" } };
  mock = await startMock({ models, contents });
  const scopes = [...RoomsClient.scopes, ...ShelfKeeperClient.scopes];
  const auth = ServiceAccountCredentials.fromJSON(mock.key, { scopes });
  client = new RoomsClient({ auth, rootUrl: mock.url });
  shelves = new ShelfKeeperClient({ auth, rootUrl: mock.url }).rooms.shelves;
});
afterAll(() => mock.close());

async function collected<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Returns the status of an error, and Google's code for it or the client's. */
async function refusal(work: PromiseLike<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `${error.status} ${error.rpcStatus ?? error.code}`;
  }
  return "none";
}

/** Creates a room with these doors. */
async function roomWith(house: string, doors: Readonly<Record<string, Door>> = {}): Promise<string> {
  const parent = `houses/${house}/rooms/a`;
  await client.houses.rooms.create({ parent: `houses/${house}`, roomId: "a", requestBody: {} });
  for (const [doorId, requestBody] of Object.entries(doors))
    await client.houses.rooms.doors.create({ parent, doorId, requestBody });
  return parent;
}

const idsOf = (doors: readonly Door[]) => doors.map(({ name }) => name?.split("/").at(-1)).join(" ");

describe("a resource named by its path", () => {
  it("is created, read, listed, updated by mask and deleted", async () => {
    const { doors } = client.houses.rooms;
    const parent = await roomWith("life", { a: { title: "A", handle: { glass: "clear", panes: 2 } }, b: {}, c: {} });
    const name = `${parent}/doors/a`;
    expect(await doors.get({ name })).toMatchObject({ name, title: "A", state: "ACTIVE" });
    expect(idsOf(await collected(doors.list({ parent })))).toBe("a b c");
    const requestBody = { title: "B", handle: { glass: "milk" } };
    expect(await doors.patch({ name, updateMask: "handle.glass,weight", requestBody })).toMatchObject({
      title: "A",
      handle: { glass: "milk", panes: 2 },
    });
    expect(await doors.patch({ name, requestBody: { handle: null } })).not.toHaveProperty("handle");
    expect(await refusal(doors.patch({ name, updateMask: "handle.colour", requestBody }))).toBe("400 INVALID_ARGUMENT");
  });

  it("is not created by a request with validateOnly", async () => {
    const { doors } = client.houses.rooms;
    const parent = await roomWith("dry");
    const checked = { parent, doorId: "a", validateOnly: true, requestBody: { title: "A" } };
    expect(await doors.create(checked)).toMatchObject({ title: "A" });
    expect(await doors.list({ parent })).toEqual({});
  });

  it("is deleted with its child resources", async () => {
    const parent = await roomWith("deleted", { a: {} });
    await client.houses.rooms.delete({ name: parent }).wait();
    expect(await refusal(client.houses.rooms.doors.get({ name: `${parent}/doors/a` }))).toBe("404 NOT_FOUND");
    await roomWith("deleted");
    expect(await client.houses.rooms.doors.list({ parent })).toEqual({});
  });

  it("is listed for all parents if the parent is -", async () => {
    for (const house of ["dash-1", "dash-2"]) await roomWith(house, { a: {}, b: {} });
    const { doors } = client.houses.rooms;
    const found = await collected(doors.list({ parent: "houses/-/rooms/-", pageSize: 1 }));
    const names = found.map(({ name = "" }) => name).filter((name) => name.startsWith("houses/dash-"));
    expect(names).toEqual(
      ["dash-1", "dash-2"].flatMap((house) => ["a", "b"].map((id) => `houses/${house}/rooms/a/doors/${id}`)),
    );
    expect(idsOf(await collected(doors.list({ parent: "houses/dash-2/rooms/-" })))).toBe("a b");
    expect(await doors.list({ parent: "houses/nowhere/rooms/-" })).toEqual({});
    expect(await refusal(doors.list({ parent: "houses/nowhere/rooms/a" }))).toBe("404 NOT_FOUND");
  });

  it("is found with the parent - if its id is unique", async () => {
    const { doors } = client.houses.rooms;
    const parent = await roomWith("only", { "only-one": { title: "A" } });
    const name = "houses/-/rooms/-/doors/only-one";
    expect(await doors.get({ name })).toMatchObject({ name: `${parent}/doors/only-one`, title: "A" });
    await doors.patch({ name, requestBody: { title: "B" } });
    expect((await doors.getIamPolicy({ resource: name })).version).toBe(1);
    expect(await doors.get({ name: `${parent}/doors/only-one` })).toMatchObject({ title: "B" });
    await roomWith("not-only", { "only-one": {} });
    expect(await refusal(doors.get({ name }))).toBe("404 NOT_FOUND");
  });

  it("can be undeleted if the API has undelete", async () => {
    const { doors } = client.houses.rooms;
    const parent = await roomWith("back", { a: {}, b: {} });
    const name = `${parent}/doors/a`;
    expect(await doors.delete({ name })).toMatchObject({ state: "DELETED", deleteTime: expect.any(String) });
    expect(await doors.get({ name })).toMatchObject({ state: "DELETED" });
    expect(idsOf(await collected(doors.list({ parent })))).toBe("b");
    expect(idsOf(await collected(doors.list({ parent, showDeleted: true })))).toBe("a b");
    expect(await doors.undelete({ name, requestBody: {} })).not.toHaveProperty("deleteTime");
    expect(await doors.get({ name })).toMatchObject({ state: "ACTIVE" });
    expect(await refusal(doors.undelete({ name, requestBody: {} }))).toBe("409 ALREADY_EXISTS");
  });
});

describe("ETags", () => {
  it("differ between versions of a resource", async () => {
    const { doors } = client.houses.rooms;
    const name = `${await roomWith("etags", { a: {} })}/doors/a`;
    const { data: first, response } = await doors.get({ name }).withResponse();
    expect(response.headers.get("etag")).toBe(first.etag);
    expect(await refusal(doors.get({ name }, { ifNoneMatch: first.etag }))).toBe("304 NOT_MODIFIED");
    const second = await doors.patch({ name, requestBody: { ...first, title: "B" } });
    expect(second.etag).not.toBe(first.etag);
    expect(await doors.get({ name }, { ifNoneMatch: first.etag })).toEqual(second);
    expect(await doors.patch({ name, requestBody: { title: "C" } }, { ifMatch: second.etag })).toMatchObject({
      title: "C",
    });
  });

  it("are rejected if they are not the latest, in headers, query and body", async () => {
    const { doors } = client.houses.rooms;
    const name = `${await roomWith("stale", { a: {} })}/doors/a`;
    const { etag = "" } = await doors.get({ name });
    await doors.patch({ name, requestBody: { title: "B" } });
    const requestBody = { title: "C" };
    expect(await refusal(doors.patch({ name, requestBody: { ...requestBody, etag } }))).toBe("409 ABORTED");
    expect(await refusal(doors.patch({ name, requestBody }, { ifMatch: etag }))).toBe("412 FAILED_PRECONDITION");
    expect(await refusal(doors.delete({ name, etag }))).toBe("409 ABORTED");
    expect(await refusal(doors.delete({ name }, { ifMatch: etag }))).toBe("412 FAILED_PRECONDITION");
    expect(await refusal(doors.undelete({ name, requestBody: { etag } }))).toBe("409 ABORTED");
    expect(await doors.get({ name })).toMatchObject({ title: "B", state: "ACTIVE" });
    expect(await doors.delete({ name }, { ifMatch: "*" })).toMatchObject({ state: "DELETED" });
  });

  it("are ignored in a request body if only the server sets them", async () => {
    const parent = "rooms/etags";
    const shelf = await shelves.create({ parent, shelfId: "a", requestBody: {} });
    await shelves.patch({ name: `${parent}/shelves/a`, requestBody: { width: 5 } });
    const patched = await shelves.patch({ name: `${parent}/shelves/a`, requestBody: { ...shelf, width: 6 } });
    expect(patched).toMatchObject({ width: 6 });
    expect(patched.etag).not.toBe(shelf.etag);
  });
});

describe("an IAM policy", () => {
  it("is stored, and a change based on an old one is rejected", async () => {
    const { doors } = client.houses.rooms;
    const resource = `${await roomWith("iam", { a: {} })}/doors/a`;
    const before = await doors.getIamPolicy({ resource });
    expect(before).toEqual({ version: 1, etag: expect.any(String) });
    const bindings = [{ role: "roles/opener", members: ["user:ada@example.com"] }];
    const after = await doors.setIamPolicy({ resource, requestBody: { policy: { ...before, bindings } } });
    expect(after).toMatchObject({ version: 1, bindings });
    expect(await doors.getIamPolicy({ resource })).toEqual(after);
    expect(await refusal(doors.setIamPolicy({ resource, requestBody: { policy: before } }))).toBe("409 ABORTED");
    const permissions = ["doors.open", "doors.close"];
    expect(await doors.testIamPermissions({ resource, requestBody: { permissions } })).toEqual({ permissions });
  });

  it("is deleted with its resource", async () => {
    const resource = `${await roomWith("no-iam")}/doors/none`;
    const { doors } = client.houses.rooms;
    expect(await refusal(doors.getIamPolicy({ resource }))).toBe("404 NOT_FOUND");
    expect(await refusal(doors.setIamPolicy({ resource, requestBody: {} }))).toBe("404 NOT_FOUND");
  });
});

describe("an operation", () => {
  const start = (house: string) =>
    client.houses.rooms.create({ parent: `houses/${house}`, roomId: "a", requestBody: { title: "A" } });
  const nameOf = async (operation: PromiseLike<{ name?: string }>) => (await operation).name ?? "";

  it("can be waited for, and contains the result", async () => {
    expect(await start("wait").wait()).toMatchObject({ done: true, response: { title: "A" } });
  });

  it("is listed, and no longer found after it is deleted", async () => {
    const name = await nameOf(start("ops"));
    const list = () => client.houses.operations.list({ name: "houses/ops" });
    expect((await list()).operations?.map((one) => one.name)).toEqual([name]);
    await client.houses.operations.delete({ name });
    expect(await list()).toEqual({});
    expect(await refusal(client.houses.operations.get({ name }))).toBe("404 NOT_FOUND");
  });

  it("fails after it is cancelled, unless it is done", async () => {
    const operation = start("cancel");
    await client.houses.operations.cancel({ name: await nameOf(operation), requestBody: {} });
    const error = await operation.wait().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OperationError);
    expect(error).toMatchObject({ operation: { done: true, error: { code: 1 } } });

    const other = start("over");
    await other.wait();
    const name = await nameOf(other);
    await client.houses.operations.cancel({ name, requestBody: {} });
    expect(await client.houses.operations.get({ name })).toMatchObject({ done: true, response: { title: "A" } });
  });
});

describe("a change whose response was lost", () => {
  it("is not repeated for the same request id", async () => {
    const creating = { parent: "houses/again", roomId: "a", requestBody: {} } as const;
    mock.faults.push({ on: "call", cutAfter: 0 });
    expect(await client.houses.rooms.create(creating)).toMatchObject({ name: expect.any(String) });
    expect(mock.requests.filter(({ path }) => path.startsWith("/v2/houses/again/"))).toEqual([
      { method: "POST", path: "/v2/houses/again/rooms", status: 200 },
    ]);
    expect(mock.faults).toEqual([]);
    expect(await refusal(client.houses.rooms.create(creating))).toBe("409 ALREADY_EXISTS");
  });
});

describe("a list", () => {
  const house = "lists";
  const parent = `houses/${house}/rooms/a`;
  const { doors } = new RoomsClient().houses.rooms;
  const list = (params: Partial<Parameters<typeof doors.list>[0]>) =>
    collected(client.houses.rooms.doors.list({ ...params, parent }));
  beforeAll(async () => {
    await roomWith(house, {
      a: { title: "Front door", width: 90, weight: "9", locked: true, colour: "RED", labels: { wood: "oak" } },
      b: { title: "Back door", width: 80, weight: "10", tags: ["glass", "old"], painted: "2026-01-01T00:00:00Z" },
      c: { title: "Hatch", width: 80, colour: "BLUE", handle: { glass: "milk" }, painted: "2026-06-01T02:00:00+02:00" },
    });
  });

  it.each([
    ["", "a b c"],
    ['title = "Hatch"', "c"],
    ["title != Hatch", "a b"],
    ['title = "*door"', "a b"],
    ['title:"DOOR"', "a b"],
    ["width > 80", "a"],
    ["width >= 80 AND width < 90", "b c"],
    ["weight > 9", "b"],
    ["locked = true", "a"],
    ["locked = false", "b c"],
    ["NOT locked = true", "b c"],
    ["-colour:*", "b"],
    ["colour = RED OR colour = BLUE", "a c"],
    // AIP-160: OR has a higher precedence than AND.
    ["width = 80 AND colour = RED OR colour = BLUE", "c"],
    ["(width = 80 AND colour = BLUE) OR locked = true", "a c"],
    ["width = 80 colour = BLUE", "c"],
    ["tags:glass", "b"],
    ["labels.wood = oak", "a"],
    ["labels:wood", "a"],
    ["handle.glass:*", "c"],
    ['painted < "2026-06-01T00:00:01Z" AND painted > "2026-01-01T00:00:00Z"', "c"],
    ["name:doors", "a b c"],
  ])("returns the items that match the filter: %s", async (filter, want) => {
    expect(idsOf(await list({ filter }))).toBe(want);
  });

  it.each([
    ["title", "b a c"],
    ["title desc", "c a b"],
    ["width, title", "b c a"],
    ["width desc,title desc", "a c b"],
    ["weight", "c a b"],
    ["handle.glass desc", "c a b"],
  ])("returns the items in the requested order, across pages: %s", async (orderBy, want) => {
    expect(idsOf(await list({ orderBy, pageSize: 1 }))).toBe(want);
  });

  it("continues at the same place after returned items were deleted", async () => {
    const own = await roomWith("shrinking", { a: {}, b: {}, c: {}, d: {}, e: {} });
    const seen: Door[] = [];
    for await (const door of client.houses.rooms.doors.list({ parent: own, pageSize: 2, orderBy: "title desc" })) {
      seen.push(door);
      if (door.name !== undefined) await client.houses.rooms.doors.delete({ name: `${own}/doors/${idsOf([door])}` });
    }
    expect(idsOf(seen)).toBe("a b c d e");
  });

  it.each([
    [{ filter: "door" }, "cannot evaluate it"],
    [{ filter: "title eq door" }, 'cannot evaluate it at "eq"'],
    [{ filter: "f(title)" }, 'cannot evaluate it at "("'],
    [{ filter: 'title = "a' }, 'cannot evaluate it at "\\""'],
    [{ filter: "(title = a" }, "cannot evaluate it at"],
    [{ filter: "title = a)" }, 'cannot evaluate it at ")"'],
    [{ filter: "title =" }, 'cannot evaluate it at "the end"'],
    [{ filter: "title = =" }, 'cannot evaluate it at "="'],
    [{ filter: "title = AND" }, 'cannot evaluate it at "AND"'],
    [{ filter: `${"(".repeat(60)}title = a${")".repeat(60)}` }, "cannot evaluate it at"],
    [{ filter: "size = 1" }, 'unknown field "size"'],
    [{ filter: "__proto__ = 1" }, 'unknown field "__proto__"'],
    [{ filter: "width = wide" }, '"wide" cannot be compared with width'],
    [{ filter: "tags = old" }, "tags is an array"],
    [{ filter: "handle = milk" }, "handle is an object"],
    [{ orderBy: "size" }, 'unknown field "size"'],
    [{ orderBy: "title down" }, '"title down" is not a field'],
    [{ orderBy: "title," }, 'unknown field ""'],
    [{ pageToken: "nonsense" }, "not a page token of this list"],
    [{ pageSize: -1 }, "a non-negative integer"],
  ])("rejects an unsupported request with the reason: %j", async (params, why) => {
    const error = await list(params).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 400, message: expect.stringContaining(why) });
  });

  it("accepts a page token only for the same list", async () => {
    const { nextPageToken } = await client.houses.rooms.doors.list({ parent, filter: "width < 100", pageSize: 1 });
    expect(nextPageToken).toEqual(expect.any(String));
    await expect(list({ pageToken: nextPageToken })).rejects.toMatchObject({ status: 400 });
    expect(idsOf(await list({ pageToken: nextPageToken, filter: "width < 100" }))).toBe("b c");
  });
});

describe("media and batches", () => {
  it("upload content with a resource and download it again", async () => {
    const media = { body: "a page", mimeType: "application/pdf" };
    expect(await shelves.booksResource.scan({ requestBody: { title: "A" }, media })).toMatchObject({ title: "A" });
    const shelf = "rooms/media/shelves/a";
    await shelves.create({ parent: "rooms/media", shelfId: "a", requestBody: {} });
    const words = await shelves.booksMedia({ name: shelf });
    expect(await words.text()).toBe("many words");
    expect(await refusal(shelves.booksMedia({ name: shelf }, { ifNoneMatch: "*" }))).toBe("304 NOT_MODIFIED");
  });

  it("return a separate response for each call in a batch", async () => {
    const parent = await roomWith("batch", { a: {}, b: {} });
    const batch = client.batch();
    const found = batch.houses.rooms.doors.get({ name: `${parent}/doors/a` });
    const missing = batch.houses.rooms.doors.get({ name: `${parent}/doors/none` });
    const made = batch.houses.rooms.doors.create({ parent, doorId: "c", requestBody: { title: "C" } });
    const outcomes = Promise.all([found, refusal(missing), made]);
    await batch.send();
    expect(await outcomes).toMatchObject([{ name: `${parent}/doors/a` }, "404 NOT_FOUND", { title: "C" }]);
  });
});
