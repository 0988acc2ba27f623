/** Rules that need a whole document: access, requirements, hoisting. */
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

/** A model with these schemas and one method that takes `Body` and answers it. */
function withMethod(httpMethod: string, schemas: object, facts: object = {}): { model: ApiModel; method: MethodModel } {
  const body = { $ref: "Body" };
  const model = modelOf({
    schemas,
    methods: { go: { id: "shelves.go", path: "go", httpMethod, request: body, response: body, ...facts } },
  });
  const method = model.root.methods[0];
  if (method === undefined) throw new Error("the method is gone");
  return { model, method };
}

const namesOf = ({ schemas }: ApiModel) => schemas.map(({ name }) => name);

const propertiesOf = (schema: SchemaModel | undefined) =>
  schema?.shape.kind === "object" ? schema.shape.properties.map(({ name }) => name) : undefined;

describe("types for requests leave out what only the server sets", () => {
  const object = (properties: object) => ({ type: "object", properties });

  it.each([
    ["nothing is read-only", { Body: object({ a: STRING }) }, ["Body"]],
    ["a property is", { Body: object({ a: { ...STRING, readOnly: true } }) }, ["Body", "BodyInput"]],
    [
      "one further down is",
      {
        Body: object({ list: { type: "array", items: { $ref: "Inner" } } }),
        Inner: object({ a: { ...STRING, readOnly: true } }),
      },
      ["Body", "BodyInput", "Inner", "InnerInput"],
    ],
    [
      "only what lies behind a read-only property is",
      {
        Body: object({ inner: { $ref: "Inner", readOnly: true } }),
        Inner: object({ a: { ...STRING, readOnly: true } }),
      },
      ["Body", "BodyInput", "Inner"],
    ],
    [
      "a type that holds itself is",
      { Body: object({ next: { $ref: "Body" }, a: { ...STRING, readOnly: true } }) },
      ["Body", "BodyInput"],
    ],
    [
      "the name is taken",
      { Body: object({ a: { ...STRING, readOnly: true } }), BodyInput: STRING },
      ["Body", "BodyInput_", "BodyInput"],
    ],
    [
      "a type of answers only is",
      { Body: object({}), Answer: object({ a: { ...STRING, readOnly: true } }) },
      ["Body", "Answer"],
    ],
  ])("when %s", (_, schemas, want) => {
    expect(namesOf(withMethod("PUT", schemas).model)).toEqual(want);
  });

  it("all others stay", () => {
    const { model } = withMethod("PUT", { Body: object({ a: STRING, b: { ...STRING, readOnly: true }, c: STRING }) });
    expect(propertiesOf(model.schemas.find(({ name }) => name === "BodyInput"))).toEqual(["a", "c"]);
  });
});

describe("body properties are required where the document says so for that method", () => {
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

  it("and the body may be left out where nothing is", () => {
    const { method } = withMethod("POST", { Body: { type: "object", properties: { a: STRING } } });
    expect(method.request).toMatchObject({ required: false, requires: undefined });
  });
});

describe("the enum of a property has a name of its own place", () => {
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
    ["other texts", state, { ...state, enumDescriptions: ["Open."] }, both],
    ["a single value", { ...state, enum: ["OPEN"] }, state, both],
    ["a map", state, { type: "object", additionalProperties: state }, both],
    ["no enum elsewhere", state, STRING, ["A", "AState"]],
    [
      "values harvested from text, which is not certain",
      { type: "string", description: "x\nA: a\nB: b" },
      STRING,
      ["A"],
    ],
  ])("%s", (_, a, b, want) => expect(namesFor(a, b)).toEqual(want));

  it("gives way to the id of a schema", () => {
    const model = modelOf({
      schemas: { A: { type: "object", properties: { state } }, AState: { type: "object", properties: { x: STRING } } },
    });
    expect(namesOf(model)).toEqual(["A", "AState_", "AState"]);
  });
});

describe("anonymous objects are hoisted and named after where they stand", () => {
  it.each([
    ["a property", { a: { type: "object", properties: { b: STRING } } }, ["Body", "BodyA"]],
    ["an element", { as: { type: "array", items: { type: "object", properties: { b: STRING } } } }, ["Body", "BodyAs"]],
    [
      "a map's value",
      { as: { type: "object", additionalProperties: { type: "object", properties: { b: STRING } } } },
      ["Body", "BodyAs"],
    ],
    [
      "one in another",
      { a: { type: "object", properties: { b: { type: "object", properties: { c: STRING } } } } },
      ["Body", "BodyA", "BodyAB"],
    ],
    ["a name that is no identifier", { "x-y": { type: "object", properties: { b: STRING } } }, ["Body", "BodyXY"]],
    ["none for an object of unknown content", { a: { type: "object" } }, ["Body"]],
  ])("%s", (_, properties, want) => {
    expect(namesOf(modelOf({ schemas: { Body: { type: "object", properties } } }))).toEqual(want);
  });
});

describe("what a method of the document becomes", () => {
  const method = (facts: object) =>
    withMethod("POST", { Body: { type: "object", properties: { a: STRING } } }, facts).method;

  it.each([
    [
      "an inline body",
      { request: { type: "object", additionalProperties: { type: "any" } } },
      { request: { kind: "json", type: { kind: "map" } } },
    ],
    ["an inline answer", { response: { type: "array", items: STRING } }, { response: { type: { kind: "array" } } }],
    ["no answer", { response: undefined }, { response: undefined }],
    ["an answer that says nothing", { response: {} }, { response: undefined }],
    [
      "a stream of messages",
      { streamingType: "SERVER_SIDE" },
      { response: { kind: "stream", type: { kind: "reference", name: "Body" } } },
    ],
    ["a body on GET is not sent", { httpMethod: "GET" }, { request: undefined }],
    ["a body on DELETE is", { httpMethod: "DELETE" }, { request: { kind: "json" } }],
    ["a verb in lower case", { httpMethod: "put" }, { httpMethod: "PUT" }],
    ["no id", { id: undefined }, { id: "shelves.go" }],
    ["a download", { supportsMediaDownload: true }, { mediaDownload: { member: "goMedia" } }],
  ])("%s", (_, facts, want) => expect(method(facts)).toMatchObject(want));
});

describe("a selection of methods takes along the schemas they need", () => {
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
      "nothing asked for",
      {},
      ["shelves.top", "shelves.a.list", "shelves.a.get", "shelves.b.c.get"],
      ["A", "Inner", "B", "Unused"],
    ],
    ["one resource", { include: ["shelves.a.*"] }, ["shelves.a.list", "shelves.a.get"], ["A", "Inner"]],
    ["one method", { include: ["shelves.b.c.get"] }, ["shelves.b.c.get"], ["B"]],
    ["several globs", { include: ["shelves.top", "*.list"] }, ["shelves.top", "shelves.a.list"], ["A", "Inner", "B"]],
    ["all but some", { exclude: ["shelves.a.*"] }, ["shelves.top", "shelves.b.c.get"], ["B"]],
    ["some but some", { include: ["shelves.a.*"], exclude: ["*.list"] }, ["shelves.a.get"], ["A", "Inner"]],
    ["a dot is a dot", { include: ["shelvesxa.list"] }, [], []],
  ])("%s", (_, selection, methods, schemas) => {
    const model = modelOf(facts, selection);
    expect(methodsOf(model.root)).toEqual(methods);
    expect(namesOf(model).toSorted()).toEqual(schemas.toSorted());
  });

  it("leaves no resource without a method", () => {
    expect(modelOf(facts, { include: ["shelves.a.get"] }).root.resources.map(({ member }) => member)).toEqual(["a"]);
  });
});
