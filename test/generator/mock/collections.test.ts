/** Collections of any API: which resources are collections, and the roles of their methods. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { indexApi } from "../../../generator/src/mock/api-index.js";
import { collectionsOf } from "../../../generator/src/mock/resources/collections.js";
import { type Mock, startMock } from "../../../generator/src/mock/index.js";
import { type Call, library, object, authorized, refused, sqladmin } from "./support.js";

let mock: Mock;
let call: Call;
beforeAll(async () => {
  mock = await startMock({ models: [library, sqladmin] });
  call = await authorized(mock);
});
afterAll(() => mock.close());

describe("the collections of an API", () => {
  it.each([
    [
      sqladmin,
      [
        ["backupRuns", "backupConfiguration", ["get", "list"]],
        ["flags", "name", ["list"]],
        ["instances", "instance", ["delete", "get", "insert", "list", "patch", "update"]],
        ["operations", "operation", ["get", "list"]],
        ["sslCerts", "sha1Fingerprint", ["delete", "get", "insert", "list"]],
        ["tiers", undefined, ["list"]],
      ],
    ],
    [
      library,
      [
        ["books", "id", ["delete", "get", "insert", "list", "patch", "update"]],
        ["reviews", undefined, ["list"]],
      ],
    ],
  ])("are read out of its paths and types: $id", (model, want) => {
    const found = collectionsOf(indexApi(model)).map(({ resource, keyProperty, roles }) => [
      resource.join("."),
      keyProperty,
      roles.map(({ role }) => role).toSorted(),
    ]);
    expect(found.toSorted()).toEqual(want);
  });
});

describe("an API whose changes return the item", () => {
  const insert = (shelf: string, data: object) =>
    call("POST", `library/v1/shelves/${shelf}/books`, { data: { title: "A", ...data } });

  it("sets the id of a new item, wraps the response, and fills in kind at every depth", async () => {
    const { status, body } = await insert("x", {
      id: "mine",
      author: { name: "Ada", born: null },
      chapters: [{}],
      loans: { may: { name: "Eve" } },
    });
    const book = object(object(body)["data"]);
    expect({ status, book }).toEqual({
      status: 200,
      book: {
        kind: "library#book",
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        shelf: "x",
        title: "A",
        author: { kind: "library#author", name: "Ada" },
        chapters: [{ kind: "library#chapter" }],
        loans: { may: { kind: "library#author", name: "Eve" } },
      },
    });
    expect(await call("GET", `library/v1/shelves/x/books/${String(book["id"])}`)).toMatchObject({
      body: { data: book },
    });
  });

  it("updates and deletes an item, and keeps read-only properties", async () => {
    const { id } = object(object((await insert("y", { pages: 3 })).body)["data"]);
    const path = `library/v1/shelves/y/books/${String(id)}`;
    expect(await call("PATCH", path, { data: { id: "other", title: "B" } })).toMatchObject({
      status: 200,
      body: { data: { id, title: "B", pages: 3 } },
    });
    const { body } = await call("PUT", path, { data: { title: "C" } });
    expect(body).toEqual({ data: { id, kind: "library#book", title: "C", shelf: "y" } });
    expect(await call("DELETE", path)).toMatchObject({ status: 204, body: undefined });
    expect(await call("GET", path)).toMatchObject({ status: 404 });
  });

  it("returns all items of a list without paging, and only those of this parent", async () => {
    await Promise.all(["1", "2", "3"].map((title) => insert("z", { title })));
    const { body } = await call("GET", "library/v1/shelves/z/books");
    expect(object(object(body)["data"])["books"]).toHaveLength(3);
    expect((await call("GET", "library/v1/shelves/empty/books")).body).toEqual({ data: {} });
  });

  it("accepts names such as __proto__ and constructor", async () => {
    const text = '{"data":{"title":"A","loans":{"__proto__":{"name":"x"},"constructor":{"name":"y"}}}}';
    const { body } = await call("POST", "library/v1/shelves/x/books", JSON.parse(text));
    expect(Object.keys(object(object(object(body)["data"])["loans"]))).toEqual(["__proto__", "constructor"]);
    expect(Object.prototype).not.toHaveProperty("name");
  });

  it("rejects a body without its wrapper or without required properties", async () => {
    expect(await call("POST", "library/v1/shelves/x/books", { title: "A" })).toMatchObject({ status: 400 });
    expect(await call("POST", "library/v1/shelves/x/books", { data: {} })).toMatchObject({
      status: 400,
      body: { error: { errors: [{ reason: "required", location: "title" }] } },
    });
  });
});

describe("a resource without insert", () => {
  it("returns the same sample items each time", async () => {
    const reviews = { data: { items: [1, 2, 3].map(() => ({ text: "sample-text" })) } };
    expect(await call("GET", "library/v1/reviews")).toMatchObject({ status: 200, body: reviews });
    expect(await call("GET", "library/v1/reviews")).toMatchObject({ status: 200, body: reviews });
  });

  it("refuses a custom method whose effect on an item is unknown", async () => {
    const { body } = await call("POST", "library/v1/shelves/x/books", { data: { title: "A" } });
    const { id } = object(object(body)["data"]);
    expect(await call("POST", `library/v1/shelves/x/books/${String(id)}:burn`)).toMatchObject(refused);
    expect(await call("POST", "library/v1/shelves/x/books/nowhere:burn")).toMatchObject({ status: 404 });
  });
});
