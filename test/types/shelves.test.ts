/**
 * The types for all shapes of a Discovery document, with the client of test/fixtures/shelves.v1.json.
 * `tsc -b` checks this file: a wrong type, or a misuse that is no longer rejected, is a compile error.
 */
import { Readable } from "node:stream";
import {
  type ApiPromise,
  type MediaResponse,
  type OperationPromise,
  type Paged,
  type StreamPromise,
  updateMaskOf,
} from "@discogen/runtime";
import { describe, expectTypeOf, it } from "vitest";
import type * as shelves from "../golden/shelves/v1/index.js";

// Only types are tested: none of this is ever called.
declare const client: shelves.ShelfKeeperClient;
declare const shelf: shelves.Shelf;
const types = (_: (...values: never[]) => unknown) => {};
declare const rooms: shelves.RoomsResource;
declare const shelvesClient: typeof shelves.ShelfKeeperClient;

describe("paths", () => {
  it("show the documented shape and accept any string", () => {
    types((room: string) => {
      void rooms.shelves.get({ name: `rooms/${room}/shelves/1` });
      void rooms.shelves.get({ name: room });
      expectTypeOf<shelves.RoomsShelvesGetParams["name"]>().toEqualTypeOf<
        `rooms/${string}/shelves/${string}` | (string & {})
      >();
    });
  });

  it("accept names from responses and the environment", () => {
    types(async (env: { readonly [name: string]: string | undefined }) => {
      for await (const { name = "" } of rooms.shelves.list({ parent: env["ROOM"] ?? "rooms/1" }))
        void rooms.shelves.get({ name });
    });
  });

  it("with an array take one, and with an enum only its values", () => {
    types(() => {
      void rooms.shelves.booksResource.get({ titles: ["a", "b"], color: "RED", shelf: "s" });
      // @ts-expect-error there are no green books
      void rooms.shelves.booksResource.get({ titles: ["a"], color: "GREEN", shelf: "s" });
      // @ts-expect-error expects an array
      void rooms.shelves.booksResource.get({ titles: "a", color: "RED", shelf: "s" });
    });
  });
});

describe("parameters", () => {
  it("have wire names, arrays if repeated, and 64-bit integers in any form", () => {
    types(() => {
      void rooms.shelves.list({ parent: "rooms/1", "order.by": ["NAME", "AGE"], since: 9_007_199_254_740_993n });
      void rooms.shelves.list({ parent: "rooms/1", since: "1", "$.xgafv": "2" });
      // @ts-expect-error a misspelled value
      void rooms.shelves.list({ parent: "rooms/1", "order.by": ["NAEM"] });
      // @ts-expect-error one value is not an array
      void rooms.shelves.list({ parent: "rooms/1", "order.by": "NAME" });
    });
  });

  it("of a method override global ones", () => {
    expectTypeOf<shelves.RoomsShelvesMoveParams["key"]>().toEqualTypeOf<string>();
    expectTypeOf<shelves.RoomsShelvesGetParams["key"]>().toEqualTypeOf<string | undefined>();
  });
});

describe("enums", () => {
  it("are closed if the document lists them, open if they are from a description", () => {
    expectTypeOf<shelves.Shelf["state"]>().toEqualTypeOf<"STATE_UNSPECIFIED" | "OPEN" | "CLOSED" | undefined>();
    expectTypeOf<"anything">().toExtend<NonNullable<shelves.Shelf["mode"]>>();
  });

  it("discriminate the members of a union", () => {
    types((shape: shelves.Shapes) => {
      if (shape.type === "circle") expectTypeOf(shape.radius).toEqualTypeOf<number | undefined>();
      else expectTypeOf(shape.side).toEqualTypeOf<number | undefined>();
    });
  });
});

describe("read-only properties", () => {
  it("cannot be set in a request", () => {
    types(() => {
      void rooms.shelves.create({ parent: "rooms/1", shelfId: "s", requestBody: { width: 80 } });
      // @ts-expect-error createTime is read-only
      void rooms.shelves.create({ parent: "rooms/1", shelfId: "s", requestBody: { createTime: "now" } });
      // @ts-expect-error so are properties in an array
      void rooms.shelves.create({ parent: "rooms/1", shelfId: "s", requestBody: { marks: [{ at: "now" }] } });
      // @ts-expect-error and cannot be changed in a response
      shelf.createTime = "now";
    });
  });

  it("can be passed back, changed or not, without a cast", () => {
    types(() => {
      void rooms.shelves.patch({ name: "rooms/1/shelves/1", requestBody: shelf });
      void rooms.shelves.patch({ name: "rooms/1/shelves/1", requestBody: { ...shelf, width: 1 } });
      void client.search({ requestBody: { query: "q", thing: { seen: true } as shelves.ReadOnlyThing } });
    });
  });
});

describe("bodies", () => {
  it("have the properties that the method requires, at any depth", () => {
    types(() => {
      const create = (requestBody: shelves.RoomsShelvesCreateParams["requestBody"]) =>
        rooms.shelves.create({ parent: "rooms/1", shelfId: "s", requestBody });
      void rooms.shelves.create({ parent: "rooms/1", shelfId: "s", requestBody: { books: [{ title: "t" }] } });
      // @ts-expect-error a book without its title
      void create({ books: [{}] });
      // @ts-expect-error a size without its pages
      void create({ books: [{ title: "t", size: {} }] });
      // @ts-expect-error query is required
      void client.search({ requestBody: {} });
    });
  });

  it("of PATCH accept null anywhere, in maps too, but not in arrays", () => {
    types(() => {
      void rooms.shelves.patch({
        name: "rooms/1/shelves/1",
        requestBody: { width: null, labels: { a: null }, place: { floor: null } },
      });
      // @ts-expect-error an array is replaced completely
      void rooms.shelves.patch({ name: "rooms/1/shelves/1", requestBody: { books: [null] } });
    });
  });

  it("can be masked, by a string or by checked paths", () => {
    types(() => {
      const name = "rooms/1/shelves/1";
      void rooms.shelves.patch({ name, requestBody: { width: 1 }, updateMask: "width,place.floor" });
      void rooms.shelves.patch({ name, requestBody: { width: 1 }, updateMask: ["width", "place.floor", "*"] });
      // @ts-expect-error the field is width
      void rooms.shelves.patch({ name, requestBody: { width: 1 }, updateMask: ["widht"] });
      // @ts-expect-error createTime is read-only
      void rooms.shelves.patch({ name, requestBody: { width: 1 }, updateMask: ["createTime"] });
    });
  });

  it("give update masks, by the method's path or id", () => {
    types(() => {
      const updateMask: string = updateMaskOf(shelvesClient, "rooms.shelves.patch", {
        width: null,
        labels: { a: "b" },
      });
      void updateMask;
      updateMaskOf(shelvesClient, "shelves.rooms.shelves.patch", { place: { floor: 1 } });
      // @ts-expect-error a method without a mask
      updateMaskOf(shelvesClient, "rooms.shelves.get", {});
      // @ts-expect-error the field is width
      updateMaskOf(shelvesClient, "rooms.shelves.patch", { widht: 1 });
    });
  });

  it("of bytes have data and contentType, and the response is a MediaResponse", () => {
    types(() => {
      const promise = rooms.shelves.BinaryCreate({
        name: "rooms/1/shelves/1",
        requestBody: { data: new Uint8Array(), contentType: "image/png" },
      });
      expectTypeOf(promise).toEqualTypeOf<ApiPromise<MediaResponse>>();
    });
  });
});

describe("content to upload", () => {
  it("has many forms, with metadata or alone", () => {
    types(() => {
      const books = rooms.shelves.booksResource;
      void books.scan({ media: { body: "text" } });
      void books.scan({ media: { body: new Uint8Array() }, requestBody: {} });
      void books.scan({ media: { body: new Blob([]), mimeType: "image/png" } });
      void books.scan({ media: { body: { path: "a.png" }, resumable: true, chunkSize: 262_144 } });
      void books.scan({ media: { body: Readable.from([]), size: 5, session: undefined } });
      void books.scan({ media: { body: new Blob([]).stream(), onProgress: ({ sent }) => sent.toFixed() } });
      expectTypeOf(books.scan({ media: { body: "text" } })).resolves.toEqualTypeOf<shelves.Book>();
      void books.scan();
    });
  });

  it("has no other forms, and only methods with uploads accept it", () => {
    types(() => {
      const books = rooms.shelves.booksResource;
      // @ts-expect-error: content is in the property body
      void books.scan({ media: "text" });
      // @ts-expect-error: a number is not content
      void books.scan({ media: { body: 1 } });
      // @ts-expect-error: body is required
      void books.scan({ media: { mimeType: "image/png" } });
      // @ts-expect-error: the method has no upload
      void rooms.shelves.books({ name: "rooms/1/shelves/1", media: { body: "a" } });
    });
  });

  it("accepts a range for downloads, but not for other calls", () => {
    types(() => {
      void rooms.shelves.booksMedia({ name: "rooms/1/shelves/1" }, { range: { start: 0, end: 9 } });
      // @ts-expect-error: only downloads have ranges
      void rooms.shelves.books({ name: "rooms/1/shelves/1" }, { range: { start: 0 } });
    });
  });
});

describe("responses of all shapes", () => {
  it("have the types of the document", () => {
    types(() => {
      expectTypeOf(rooms.shelves.books({ name: "rooms/1/shelves/1" })).resolves.toEqualTypeOf<string[]>();
      expectTypeOf(rooms.shelves.booksMedia({ name: "rooms/1/shelves/1" })).resolves.toEqualTypeOf<MediaResponse>();
      expectTypeOf(rooms.shelves.delete({ name: "rooms/1/shelves/1" })).resolves.toEqualTypeOf<shelves.Empty>();
      expectTypeOf(client.ping()).resolves.toEqualTypeOf<"YES" | "NO">();
      void client
        .search({ requestBody: { query: "q" } })
        .then((page) => expectTypeOf(page).toEqualTypeOf<shelves.SearchResponse>());
      expectTypeOf(client.search({ requestBody: { query: "q" } })).toEqualTypeOf<
        Paged<shelves.SearchResponse, shelves.Shapes>
      >();
    });
  });
});

describe("streams", () => {
  it("are messages as they arrive, and the array of them", () => {
    types(async () => {
      const found = rooms.shelves.streamQuery({ parent: "rooms/1" });
      expectTypeOf(found).toEqualTypeOf<StreamPromise<shelves.Shelf>>();
      expectTypeOf(await found).toEqualTypeOf<shelves.Shelf[]>();
      for await (const shelf of found) expectTypeOf(shelf).toEqualTypeOf<shelves.Shelf>();
      expectTypeOf((await found.withResponse()).data).toEqualTypeOf<shelves.Shelf[]>();
      expectTypeOf(client.wellKnown.stream()).toEqualTypeOf<StreamPromise<unknown>>();
    });
  });

  it("contain the selected fields of each message", () => {
    types(async () => {
      const found = rooms.shelves.streamQuery({ parent: "rooms/1", fields: "name" });
      expectTypeOf(found).resolves.toEqualTypeOf<{ name?: string }[]>();
      // @ts-expect-error the field is name
      void rooms.shelves.streamQuery({ parent: "rooms/1", fields: "nmae" });
    });
  });
});

describe("operations", () => {
  it("have wait() for methods that start and that read them", () => {
    types(() => {
      type Promised = OperationPromise<shelves.Operation, shelves.Operation>;
      expectTypeOf(rooms.shelves.rearrange({ name: "rooms/1/shelves/1" })).toEqualTypeOf<Promised>();
      expectTypeOf(rooms.operations.get({ name: "rooms/1/operations/1" })).toEqualTypeOf<Promised>();
      expectTypeOf(rooms.operations.wait({ name: "rooms/1/operations/1" })).toEqualTypeOf<
        ApiPromise<shelves.Operation>
      >();
      expectTypeOf(rooms.operations.get({ name: "rooms/1/operations/1", fields: "done" })).resolves.toEqualTypeOf<{
        done?: boolean;
      }>();
    });
  });
});
