import { describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { buildModel } from "../../../generator/src/model/build.js";
import { isQuickPattern } from "../../../generator/src/model/paths.js";
import type { ApiModel } from "../../../generator/src/model/types.js";

const mask = (description = "") => ({ type: "string", format: "google-fieldmask", location: "query", description });

const schemas = {
  Shelf: {
    id: "Shelf",
    type: "object",
    properties: {
      displayName: { type: "string" },
      createTime: { type: "string", readOnly: true },
      etag: { type: "string", description: "Output only. Changes." },
      owner: { $ref: "Owner", readOnly: true },
      labels: { type: "object", additionalProperties: { type: "string" } },
      metadata: { $ref: "Struct" },
      anything: { type: "any" },
      sizes: { type: "array", items: { $ref: "Owner" } },
      parent: { $ref: "Shelf" },
      place: { $ref: "Place" },
      spot: { type: "object", properties: { etag: { type: "string", readOnly: true } } },
    },
  },
  Owner: { id: "Owner", type: "object", properties: { email: { type: "string", readOnly: true } } },
  Struct: { id: "Struct", type: "object", additionalProperties: { type: "any" } },
  Place: { id: "Place", type: "object", properties: { floorNumber: { type: "integer" } } },
  Change: { id: "Change", type: "object", properties: { shelf: { $ref: "Shelf" }, updateMask: mask() } },
};

function modelOf(methods: { readonly [name: string]: object }, parameters: object = {}): ApiModel {
  const document = {
    name: "library",
    version: "v1",
    rootUrl: "https://library.example.com/",
    servicePath: "",
    parameters,
    schemas,
    resources: { shelves: { methods: withDefaults(methods) } },
  };
  return buildModel(readDocument(JSON.stringify(document), "library.json").document, {}, () => {});
}

const withDefaults = (methods: { readonly [name: string]: object }) =>
  Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      {
        id: `library.shelves.${name}`,
        path: "v1/shelves",
        httpMethod: "PATCH",
        request: { $ref: "Shelf" },
        response: { $ref: "Shelf" },
        ...method,
      },
    ]),
  );

it("a mask omits read-only fields and stops at maps, at any depth", () => {
  const { types } = modelOf({ patch: {} }).updateMasks;
  expect(Object.fromEntries(types)).toEqual({
    Shelf: {
      readOnly: ["createTime", "etag", "owner"],
      maps: ["labels", "metadata", "anything"],
      types: new Map([
        ["parent", "Shelf"],
        ["spot", "ShelfSpot"],
      ]),
    },
    ShelfSpot: { readOnly: ["etag"], maps: [], types: new Map() },
  });
});

it.each<[string, object, readonly (readonly [string, string | undefined])[]]>([
  ["a PATCH with a mask", { parameters: { updateMask: mask() } }, [["shelves.change", "Shelf"]]],
  ["a PATCH without a mask", {}, [["shelves.change", "Shelf"]]],
  ["a PUT with a mask", { httpMethod: "PUT", parameters: { updateMask: mask() } }, [["shelves.change", "Shelf"]]],
  ["a body without read-only fields and maps", { request: { $ref: "Place" } }, [["shelves.change", undefined]]],
  ["not a PUT without a mask", { httpMethod: "PUT" }, []],
  ["not a body with its own mask", { request: { $ref: "Change" } }, []],
  ["not a method without a body", { request: undefined, parameters: { updateMask: mask() } }, []],
])("mask data is generated for %s", (_, method, want) => {
  const { methods } = modelOf({ change: method }).updateMasks;
  expect(methods.map(({ path, type }) => [path.join("."), type])).toEqual(want);
});

describe("names in a mask", () => {
  it.each([
    ["use camel case by default", "", false],
    ["use camel case if the description spells fields so", "For instance `displayName`.", false],
    ["use snake case if the description spells fields so", "Updatable fields: `display_name`, `labels`.", true],
    ["use snake case if the description spells nested fields so", "For example: updateMask=place.floor_number", true],
    ["ignore names of other things", "The update_mask of the shelf_request: see google.protobuf.", false],
    ["use camel case if the description has both", "`displayName` (`display_name` in protocol buffers)", false],
    ["use snake case if the description requires it", "Field names in snake_case.", true],
    ["use camel case if the description requires it", "Field names are in camelCase, not display_name.", false],
  ])("%s", (_, description, snake) => {
    const { methods } = modelOf({ patch: { parameters: { updateMask: mask(description) } } }).updateMasks;
    expect(methods[0]?.snake).toBe(snake);
  });
});

it.each([
  ["required if the description starts with Required", mask("Required. The fields."), "required"],
  ["required by flag", { ...mask(), required: true }, "required"],
  ["optional otherwise", mask("Optional. Required fields must be in it."), "optional"],
])("the mask is %s", (_, updateMask, want) => {
  const { root } = modelOf({ patch: { parameters: { updateMask } } });
  expect(root.resources[0]?.methods[0]?.updateMask).toBe(want);
});

it.each([
  [{}, false],
  [{ alt: { type: "string", default: "json", enum: ["json", "media"] } }, false],
  [{ alt: { type: "string", default: "atom", enum: ["atom", "json"] } }, true],
  [{ alt: { type: "string", default: "atom", enum: ["atom"] } }, false],
  [{ alt: { type: "string", default: "atom" } }, true],
])("with the parameters %j, alt=json is sent: %s", (parameters, want) => {
  const all = Object.entries(parameters).map(([name, schema]) => [name, { ...schema, location: "query" }]);
  expect(modelOf({ patch: {} }, Object.fromEntries(all)).altJson).toBe(want);
});

it.each([
  ["ga:[0-9]+", true],
  ["(ga:.+)|(rt:.+)", true],
  ["[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?", true],
  ["\\w[\\w.-]{0,254}", true],
  ["(a+)+", false],
  ["(?:a|a)*b", false],
  ["(a){2,}", false],
  ["(?=a)b", false],
  ["(a)\\1", false],
  ["a*b*c*d*", false],
  ["[(+*]\\)", true],
])("the pattern %s is quick: %s", (pattern, want) => expect(isQuickPattern(pattern)).toBe(want));
