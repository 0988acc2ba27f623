import { describe, expect, it } from "vitest";
import { pagingOf } from "../../../generator/src/model/paging.js";
import type { ParameterModel, PropertyModel, SchemaModel, TypeModel } from "../../../generator/src/model/types.js";

const STRING: TypeModel = { kind: "string", format: undefined, enum: undefined };
const THING: TypeModel = { kind: "reference", name: "Thing" };
const things: TypeModel = { kind: "array", items: THING };
const strings: TypeModel = { kind: "array", items: STRING };
const mapped: TypeModel = { kind: "map", values: THING };

const oldText: Property = { type: things, description: "DEPRECATED Use parts instead." };

const NOTHING = {
  description: "",
  deprecated: false,
  default: undefined,
  minimum: undefined,
  maximum: undefined,
  pattern: undefined,
};

/** A property by its type, or by its type and other facts. */
type Property = TypeModel | (Partial<PropertyModel> & { readonly type: TypeModel });

function schema(name: string, properties: Readonly<Record<string, Property>>): SchemaModel {
  const models = Object.entries(properties).map(([property, facts]): PropertyModel => ({
    ...NOTHING,
    name: property,
    readOnly: false,
    required: false,
    requiredBy: [],
    ...("kind" in facts ? { type: facts } : facts),
  }));
  const shape = { kind: "object", properties: models, additional: undefined } as const;
  return { name, id: name, pointer: `/schemas/${name}`, inputOf: undefined, description: "", deprecated: false, shape };
}

function query(name: string): ParameterModel {
  return { ...NOTHING, name, type: STRING, location: "query", required: false, repeated: false };
}

/** The result of the rule for a method with these query parameters, body, and response. */
function paging(
  httpMethod: string,
  parameters: readonly string[],
  request: Readonly<Record<string, TypeModel>>,
  response: Readonly<Record<string, Property>>,
  resource = "things",
) {
  const schemas = new Map(
    [schema("Request", request), schema("Response", response)].map((entry) => [entry.name, entry]),
  );
  const found = pagingOf(
    {
      httpMethod,
      resourcePath: ["projects", resource],
      parameters: parameters.map(query),
      request: { kind: "reference", name: "Request" },
      response: { kind: "reference", name: "Response" },
    },
    (name) => schemas.get(name),
  );
  return found === undefined ? undefined : [found.in, found.token, found.next, found.items?.property];
}

describe("a method is paged if its request and response have a page token", () => {
  const page = { nextPageToken: STRING, things };
  it.each([
    ["token in the query", "GET", ["pageToken"], {}, page, ["query", "pageToken", "nextPageToken", "things"]],
    [
      "token in the query of a POST",
      "POST",
      ["pageToken"],
      {},
      page,
      ["query", "pageToken", "nextPageToken", "things"],
    ],
    ["token in the body", "POST", [], { pageToken: STRING }, page, ["body", "pageToken", "nextPageToken", "things"]],
    [
      "query before body",
      "POST",
      ["pageToken"],
      { pageToken: STRING },
      page,
      ["query", "pageToken", "nextPageToken", "things"],
    ],
    [
      "a next token called pageToken",
      "GET",
      ["pageToken"],
      {},
      { pageToken: STRING, rows: things },
      ["query", "pageToken", "pageToken", "rows"],
    ],
    ["no token in the request", "GET", ["maxResults"], {}, page, undefined],
    ["no token in the response (watch)", "POST", ["pageToken"], {}, { id: STRING }, undefined],
    ["a token that is not a string", "GET", ["pageToken"], {}, { nextPageToken: THING, things }, undefined],
    ["a PATCH whose resource has a token", "PATCH", [], page, page, undefined],
  ] as const)("%s", (_, verb, parameters, request, response, want) => {
    expect(paging(verb, parameters, request, response)).toEqual(want);
  });
});

describe("the items of a page are", () => {
  it.each([
    ["items, regardless of other lists", { items: strings, other: things }, "items"],
    ["items as a map (aggregated lists)", { items: mapped, warnings: things }, "items"],
    ["the only list", { things }, "things"],
    ["the only map of schemas", { things: mapped, labels: { kind: "map", values: STRING } }, "things"],
    ["the list next to unreachable", { things, unreachable: strings }, "things"],
    ["the list next to partial errors", { rows: strings, partialErrors: things, errors: things }, "rows"],
    ["the only list of schemas", { things, order: strings }, "things"],
    ["the list named like the resource", { things, others: things }, "things"],
    ["the list if the other one is deprecated", { parts: things, old: { type: things, deprecated: true } }, "parts"],
    [
      "the list if the description of the other one states that it is deprecated",
      { parts: things, old: oldText },
      "parts",
    ],
    ["the list of strings if the list of schemas is deprecated", { parts: strings, old: oldText }, "parts"],
    ["the only list even if it is deprecated", { old: { type: things, deprecated: true } }, "old"],
    ["the list named like the resource if all are deprecated", { things: oldText, others: oldText }, "things"],
    ["unknown if several lists match and all are deprecated", { left: oldText, right: oldText }, undefined],
    ["the list next to headers", { results: things, fieldHeaders: things, customColumnHeaders: things }, "results"],
    ["headers if there is no other list", { fieldHeaders: things, errors: strings }, "fieldHeaders"],
    ["unknown if two lists match", { left: things, right: things }, undefined],
    ["unknown if there is no list", { total: STRING }, undefined],
  ] as const)("%s", (_, response, want) => {
    expect(paging("GET", ["pageToken"], {}, { nextPageToken: STRING, ...response })?.[3]).toBe(want);
  });
});
