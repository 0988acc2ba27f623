/** Update masks of bodies. */
import { describe, expect, it } from "vitest";
import { InvalidRequestError, type UpdateMasks, updateMaskOf } from "../../../runtime/src/index.js";

interface Values {
  readonly requestBody?: { readonly [name: string]: unknown } | undefined;
}
interface Methods {
  readonly "shelves.patch": Values;
  readonly "shelves.update": Values;
  readonly "plain.patch": Values;
}

class LibraryClient {
  static readonly updateMasks: UpdateMasks<Methods> = {
    methods: {
      "shelves.patch": { type: "Shelf" },
      "shelves.update": { type: "Shelf", snake: true },
      "plain.patch": {},
    },
    types: {
      Shelf: { readOnly: ["createTime"], maps: ["labels", "anyThing"], types: { parent: "Shelf", place: "Place" } },
      Place: { readOnly: ["etag"], maps: ["tags"] },
    },
  };
}

const mask = (body: object, method: keyof Methods = "shelves.patch") =>
  updateMaskOf(LibraryClient, method, body as { readonly [name: string]: unknown }); // an object can be read by name

describe("an update mask", () => {
  it.each<[string, object, string]>([
    [
      "contains leaf fields, in the order of the body",
      { width: 1, place: { floor: 2, room: "r" } },
      "width,place.floor,place.room",
    ],
    ["stops at arrays", { sizes: [{ a: 1 }], place: { doors: [] } }, "sizes,place.doors"],
    ["stops at maps", { labels: { env: "x" }, place: { tags: { a: "b" } } }, "labels,place.tags"],
    ["stops at values of any shape", { anyThing: { a: { b: 1 } } }, "anyThing"],
    [
      "contains fields with null",
      { width: null, place: null, parent: { place: { floor: null } } },
      "width,place,parent.place.floor",
    ],
    ["omits undefined fields", { width: 1, height: undefined, place: { floor: undefined } }, "width"],
    [
      "omits fields that only the server sets",
      { createTime: "t", width: 1, place: { etag: "e", floor: 1 } },
      "width,place.floor",
    ],
    [
      "omits them at any depth of a recursive type",
      { parent: { parent: { createTime: "t", width: 1 } } },
      "parent.parent.width",
    ],
    ["omits an object with only read-only fields", { width: 1, place: { etag: "e" } }, "width"],
    ["contains an empty object", { place: {} }, "place"],
    ["contains objects with toJSON()", { at: new Date(0), size: 1n }, "at,size"],
    ["contains fields that are not in the document", { other: { a: { b: 1 } } }, "other.a.b"],
  ])("%s", (_name, body, want) => expect(mask(body)).toBe(want));

  it("uses the casing of the document", () => {
    const body = { displayName: "n", anyThing: {}, place: { roomV2: 1 } };
    expect(mask(body)).toBe("displayName,anyThing,place.roomV2");
    expect(mask(body, "shelves.update")).toBe("display_name,any_thing,place.room_v2");
  });

  it("accepts the document's id of the method", () => {
    expect(updateMaskOf(LibraryClient, "library.shelves.patch", { createTime: "t", width: 1 })).toBe("width");
    expect(updateMaskOf(LibraryClient, "plain.patch", { createTime: "t" })).toBe("createTime");
  });

  const circular: { [name: string]: unknown } = {};
  circular["place"] = circular;
  it.each<[string, string, unknown, string]>([
    ["an empty body", "shelves.patch", {}, "the update mask would be empty"],
    ["a body of read-only fields", "shelves.patch", { createTime: "t" }, "the update mask would be empty"],
    ["a body with only undefined fields", "shelves.patch", { place: { floor: undefined } }, "would be empty"],
    ["an array", "shelves.patch", [1], "requestBody must be an object"],
    ["a missing body", "shelves.patch", undefined, "requestBody must be an object"],
    ["a circular body", "shelves.patch", circular, "requestBody.place is circular"],
    [
      "a value that JSON cannot represent",
      "shelves.patch",
      { place: { floor: Number.NaN } },
      "requestBody.place.floor must be JSON",
    ],
    ["an unknown method", "shelves.remove", { width: 1 }, "shelves.remove is not a method of this client"],
    [
      "the name of a property of all objects",
      "constructor",
      { width: 1 },
      "constructor is not a method of this client",
    ],
  ])("is rejected for %s", (_name, method, body, message) => {
    const make = (): unknown =>
      updateMaskOf(LibraryClient, method as "shelves.patch", body as object as Record<string, unknown>);
    expect(make).toThrow(InvalidRequestError);
    expect(make).toThrow(message);
  });
});
