/** Rules that need a complete document: access, requirements, hoisting. */
import { describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { buildModel, type ModelOptions } from "../../../generator/src/model/build.js";
import type { ApiModel, MethodModel, SchemaModel } from "../../../generator/src/model/types.js";

const STRING = { type: "string" };
const required = (...ids: readonly string[]) => ({ type: "string", annotations: { required: ids } });

function modelOf(facts: object, options: ModelOptions = {}): ApiModel {
  const document = {
    kind: "discovery#restDescription",
    name: "shelves",
    version: "v1",
    rootUrl: "https://x.example/",
    ...facts,
  };
  return buildModel(readDocument(JSON.stringify(document), "shelves.json").document, options, () => {});
}

/** A model with these schemas and one method that takes and returns `Body`. */
function withMethod(httpMethod: string, schemas: object, facts: object = {}): { model: ApiModel; method: MethodModel } {
  const body = { $ref: "Body" };
  const model = modelOf({
    schemas,
    methods: { go: { id: "shelves.go", path: "go", httpMethod, request: body, response: body, ...facts } },
  });
  const method = model.root.methods[0];
  if (method === undefined) throw new Error("the model has no method");
  return { model, method };
}

const namesOf = ({ schemas }: ApiModel) => schemas.map(({ name }) => name);

const propertiesOf = (schema: SchemaModel | undefined) =>
  schema?.shape.kind === "object" ? schema.shape.properties.map(({ name }) => name) : undefined;

describe("types for requests omit read-only properties", () => {
  const object = (properties: object) => ({ type: "object", properties });

  it.each([
    ["nothing is read-only", { Body: object({ a: STRING }) }, ["Body"]],
    ["a property is read-only", { Body: object({ a: { ...STRING, readOnly: true } }) }, ["Body", "BodyInput"]],
    [
      "a nested property is read-only",
      {
        Body: object({ list: { type: "array", items: { $ref: "Inner" } } }),
        Inner: object({ a: { ...STRING, readOnly: true } }),
      },
      ["Body", "BodyInput", "Inner", "InnerInput"],
    ],
    [
      "only a property inside a read-only property is read-only",
      {
        Body: object({ inner: { $ref: "Inner", readOnly: true } }),
        Inner: object({ a: { ...STRING, readOnly: true } }),
      },
      ["Body", "BodyInput", "Inner"],
    ],
    [
      "a recursive type has a read-only property",
      { Body: object({ next: { $ref: "Body" }, a: { ...STRING, readOnly: true } }) },
      ["Body", "BodyInput"],
    ],
    [
      "the name of the twin is in use",
      { Body: object({ a: { ...STRING, readOnly: true } }), BodyInput: STRING },
      ["Body", "BodyInput_", "BodyInput"],
    ],
    [
      "only a type for responses has a read-only property",
      { Body: object({}), Response: object({ a: { ...STRING, readOnly: true } }) },
      ["Body", "Response"],
    ],
  ])("when %s", (_, schemas, want) => {
    expect(namesOf(withMethod("PUT", schemas).model)).toEqual(want);
  });

  it("keep all other properties", () => {
    const { model } = withMethod("PUT", { Body: object({ a: STRING, b: { ...STRING, readOnly: true }, c: STRING }) });
    expect(propertiesOf(model.schemas.find(({ name }) => name === "BodyInput"))).toEqual(["a", "c"]);
  });
});

describe("body properties are required if the document requires them for that method", () => {
  const schemas = {
    Body: {
      type: "object",
      properties: { name: required("shelves.go"), other: required("shelves.stay"), inner: { $ref: "Inner" } },
    },
    Inner: { type: "object", properties: { tier: required("shelves.go"), again: { $ref: "Body" } } },
  };
  const inner = { required: ["tier"], nested: new Map() };
  it.each([
    ["POST", {}, { required: true, requires: { required: ["name"], nested: new Map([["inner", inner]]) } }],
    ["PUT", {}, { required: false, requires: undefined }],
    ["PATCH", {}, { required: false, requires: undefined }],
    [
      "POST",
      { mediaUpload: { accept: ["*/*"], protocols: { simple: { path: "/upload/go", multipart: true } } } },
      { required: false, requires: expect.anything() },
    ],
  ])("%s %j", (httpMethod, facts, want) => {
    expect(withMethod(httpMethod, schemas, facts).method.request).toMatchObject(want);
  });

  it("and the body is optional if no property is required", () => {
    const { method } = withMethod("POST", { Body: { type: "object", properties: { a: STRING } } });
    expect(method.request).toMatchObject({ required: false, requires: undefined });
  });
});

describe("the enum of a property has a name that depends only on its place", () => {
  const state = { type: "string", enum: ["OPEN", "CLOSED"] };
  const namesFor = (a: object, b: object) =>
    namesOf(
      modelOf({ schemas: { A: { type: "object", properties: { state: a, list: { type: "array", items: b } } } } }),
    );
  const both = ["A", "AState", "AList"];

  // None of these may rename or remove an exported type.
  it.each([
    ["the same values", state, state, both],
    ["other values", state, { ...state, enum: ["OPEN", "CLOSED", "NEW"] }, both],
    ["other descriptions", state, { ...state, enumDescriptions: ["Open."] }, both],
    ["a single value", { ...state, enum: ["OPEN"] }, state, both],
    ["a map", state, { type: "object", additionalProperties: state }, both],
    ["only one enum", state, STRING, ["A", "AState"]],
    ["no name for values from a description", { type: "string", description: "x\nA: a\nB: b" }, STRING, ["A"]],
  ])("%s", (_, a, b, want) => expect(namesFor(a, b)).toEqual(want));

  it("which changes if a schema has that id", () => {
    const model = modelOf({
      schemas: { A: { type: "object", properties: { state } }, AState: { type: "object", properties: { x: STRING } } },
    });
    expect(namesOf(model)).toEqual(["A", "AState_", "AState"]);
  });
});

describe("anonymous objects are hoisted and named after their place", () => {
  it.each([
    ["a property", { a: { type: "object", properties: { b: STRING } } }, ["Body", "BodyA"]],
    ["an element", { as: { type: "array", items: { type: "object", properties: { b: STRING } } } }, ["Body", "BodyAs"]],
    [
      "a map's value",
      { as: { type: "object", additionalProperties: { type: "object", properties: { b: STRING } } } },
      ["Body", "BodyAs"],
    ],
    [
      "an object in another one",
      { a: { type: "object", properties: { b: { type: "object", properties: { c: STRING } } } } },
      ["Body", "BodyA", "BodyAB"],
    ],
    ["a name that is not an identifier", { "x-y": { type: "object", properties: { b: STRING } } }, ["Body", "BodyXY"]],
    ["no type for an object of unknown content", { a: { type: "object" } }, ["Body"]],
  ])("%s", (_, properties, want) => {
    expect(namesOf(modelOf({ schemas: { Body: { type: "object", properties } } }))).toEqual(want);
  });
});

describe("the model of a method with", () => {
  const method = (facts: object) =>
    withMethod("POST", { Body: { type: "object", properties: { a: STRING } } }, facts).method;

  it.each([
    [
      "an inline body",
      { request: { type: "object", additionalProperties: { type: "any" } } },
      { request: { kind: "json", type: { kind: "map" } } },
    ],
    ["an inline response", { response: { type: "array", items: STRING } }, { response: { type: { kind: "array" } } }],
    ["no response", { response: undefined }, { response: undefined }],
    ["an empty response", { response: {} }, { response: undefined }],
    [
      "a stream of messages",
      { streamingType: "SERVER_SIDE" },
      { response: { kind: "stream", type: { kind: "reference", name: "Body" } } },
    ],
    ["GET has no body", { httpMethod: "GET" }, { request: undefined }],
    ["DELETE has a body", { httpMethod: "DELETE" }, { request: { kind: "json" } }],
    ["an HTTP method in lower case", { httpMethod: "put" }, { httpMethod: "PUT" }],
    ["no id", { id: undefined }, { id: "shelves.go" }],
    ["a download", { supportsMediaDownload: true }, { mediaDownload: { member: "goMedia" } }],
  ])("%s", (_, facts, want) => expect(method(facts)).toMatchObject(want));
});

describe("a selection of methods includes the schemas that they need", () => {
  const go = (id: string, schema: string) => ({ id, path: id, httpMethod: "GET", response: { $ref: schema } });
  const facts = {
    schemas: {
      A: { type: "object", properties: { inner: { type: "array", items: { $ref: "Inner" } } } },
      B: { type: "object", properties: { other: { $ref: "B" } } },
      Inner: { type: "object", properties: { a: STRING } },
      Unused: { type: "object", properties: { a: STRING } },
    },
    methods: { top: go("shelves.top", "B") },
    resources: {
      a: { methods: { list: go("shelves.a.list", "A"), get: go("shelves.a.get", "A") } },
      b: { resources: { c: { methods: { get: go("shelves.b.c.get", "B") } } } },
    },
  };
  const methodsOf = ({ methods, resources }: ApiModel["root"]): readonly string[] => [
    ...methods.map(({ id }) => id),
    ...resources.flatMap(methodsOf),
  ];

  it.each([
    [
      "no selection",
      {},
      ["shelves.top", "shelves.a.list", "shelves.a.get", "shelves.b.c.get"],
      ["A", "Inner", "B", "Unused"],
    ],
    ["one resource", { include: ["shelves.a.*"] }, ["shelves.a.list", "shelves.a.get"], ["A", "Inner"]],
    ["one method", { include: ["shelves.b.c.get"] }, ["shelves.b.c.get"], ["B"]],
    ["several globs", { include: ["shelves.top", "*.list"] }, ["shelves.top", "shelves.a.list"], ["A", "Inner", "B"]],
    ["exclude", { exclude: ["shelves.a.*"] }, ["shelves.top", "shelves.b.c.get"], ["B"]],
    ["include and exclude", { include: ["shelves.a.*"], exclude: ["*.list"] }, ["shelves.a.get"], ["A", "Inner"]],
    ["a dot matches only a dot", { include: ["shelvesxa.list"] }, [], []],
  ])("%s", (_, selection, methods, schemas) => {
    const model = modelOf(facts, selection);
    expect(methodsOf(model.root)).toEqual(methods);
    expect(namesOf(model).toSorted()).toEqual(schemas.toSorted());
  });

  it("removes resources without methods", () => {
    expect(modelOf(facts, { include: ["shelves.a.get"] }).root.resources.map(({ member }) => member)).toEqual(["a"]);
  });
});
