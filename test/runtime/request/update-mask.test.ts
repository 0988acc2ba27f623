/** Update masks made of bodies. */
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
      "names leaves, in the order of the body",
      { width: 1, place: { floor: 2, room: "r" } },
      "width,place.floor,place.room",
    ],
    ["goes no further than lists", { sizes: [{ a: 1 }], place: { doors: [] } }, "sizes,place.doors"],
    ["goes no further than maps", { labels: { env: "x" }, place: { tags: { a: "b" } } }, "labels,place.tags"],
    ["goes no further than values of any shape", { anyThing: { a: { b: 1 } } }, "anyThing"],
    [
      "names what is null",
      { width: null, place: null, parent: { place: { floor: null } } },
      "width,place,parent.place.floor",
    ],
    ["leaves out what is undefined", { width: 1, height: undefined, place: { floor: undefined } }, "width"],
    [
      "leaves out what only the server sets",
      { createTime: "t", width: 1, place: { etag: "e", floor: 1 } },
      "width,place.floor",
    ],
    [
      "leaves it out at any depth of a type that holds itself",
      { parent: { parent: { createTime: "t", width: 1 } } },
      "parent.parent.width",
    ],
    ["names an object of read-only fields not at all", { width: 1, place: { etag: "e" } }, "width"],
    ["names an empty object", { place: {} }, "place"],
    ["names values with a JSON of their own", { at: new Date(0), size: 1n }, "at,size"],
    ["goes into fields that the document does not know", { other: { a: { b: 1 } } }, "other.a.b"],
  ])("%s", (_name, body, want) => expect(mask(body)).toBe(want));

  it("is spelled as the document asks", () => {
    const body = { displayName: "n", anyThing: {}, place: { roomV2: 1 } };
    expect(mask(body)).toBe("displayName,anyThing,place.roomV2");
    expect(mask(body, "shelves.update")).toBe("display_name,any_thing,place.room_v2");
  });

  it("takes the id of the document too", () => {
    expect(updateMaskOf(LibraryClient, "library.shelves.patch", { createTime: "t", width: 1 })).toBe("width");
    expect(updateMaskOf(LibraryClient, "plain.patch", { createTime: "t" })).toBe("createTime");
  });

  const circle: { [name: string]: unknown } = {};
  circle["place"] = circle;
  it.each<[string, string, unknown, string]>([
    ["an empty body", "shelves.patch", {}, "the update mask would be empty"],
    ["a body of read-only fields", "shelves.patch", { createTime: "t" }, "the update mask would be empty"],
    ["a body that is undefined throughout", "shelves.patch", { place: { floor: undefined } }, "would be empty"],
    ["a list", "shelves.patch", [1], "requestBody must be an object"],
    ["nothing", "shelves.patch", undefined, "requestBody must be an object"],
    ["a circle", "shelves.patch", circle, "requestBody.place is circular"],
    [
      "what JSON cannot carry",
      "shelves.patch",
      { place: { floor: Number.NaN } },
      "requestBody.place.floor must be JSON",
    ],
    ["an unknown method", "shelves.remove", { width: 1 }, "shelves.remove is not a method of this client"],
    ["a name of every object", "constructor", { width: 1 }, "constructor is not a method of this client"],
  ])("is refused for %s", (_name, method, body, message) => {
    const make = (): unknown =>
      updateMaskOf(LibraryClient, method as "shelves.patch", body as object as Record<string, unknown>);
    expect(make).toThrow(InvalidRequestError);
    expect(make).toThrow(message);
  });
});
