// Models as OpenAPI 3.1 documents: valid paths, every operation once, and no information lost.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { buildModel } from "../../../generator/src/model/build.js";
import type { ApiModel, ResourceModel } from "../../../generator/src/model/types.js";
import { openapiDocument } from "../../../generator/src/openapi/document.js";
import type { OpenApiDocument, Operation } from "../../../generator/src/openapi/document-types.js";

const MINIMAL = {
  kind: "discovery#restDescription",
  name: "shelves",
  version: "v1",
  revision: "20260101",
  title: "Shelves",
  rootUrl: "https://shelves.example.com/",
  servicePath: "api/",
};

function modelOf(text: string, file = "shelves.json"): ApiModel {
  return buildModel(readDocument(text, file).document, {}, () => undefined);
}

function openapi(facts: object): OpenApiDocument {
  return openapiDocument(modelOf(JSON.stringify({ ...MINIMAL, ...facts })));
}

interface Entry {
  readonly path: string;
  readonly verb: string;
  readonly operation: Operation;
}

function entriesOf({ paths }: OpenApiDocument): Entry[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => ({ path, verb, operation })),
  );
}

/** Returns `verb path` by operation id, for GET methods with these names. */
function places(methods: object): Record<string, string> {
  const filled = Object.entries(methods).map(([id, method]) => [id, { id, httpMethod: "GET", ...method }]);
  const document = openapi({ methods: Object.fromEntries(filled) });
  return Object.fromEntries(
    entriesOf(document).map(({ path, verb, operation }) => [operation.operationId, `${verb} ${path}`]),
  );
}

const inPath = (pattern?: string) => ({
  type: "string",
  location: "path",
  required: true,
  ...(pattern === undefined ? {} : { pattern }),
});

describe("paths", () => {
  const table: readonly (readonly [behavior: string, methods: object, want: Record<string, string>])[] = [
    ["are below the service path", { a: { path: "books" } }, { a: "get /api/books" }],
    ["are below the root URL if they begin with a slash", { a: { path: "/books" } }, { a: "get /books" }],
    ["keep {x}", { a: { path: "books/{id}", parameters: { id: inPath() } } }, { a: "get /api/books/{id}" }],
    [
      "replace {+x} without a pattern by {x}",
      { a: { path: "{+name}:go", parameters: { name: inPath() } } },
      { a: "get /api/{name}:go" },
    ],
    [
      "replace {/x*} by a segment",
      { a: { path: "units{/unit*}", parameters: { unit: inPath() } } },
      { a: "get /api/units/{unit}" },
    ],
    [
      "replace {+x} by the segments of its pattern",
      { a: { path: "{+name}:go", parameters: { name: inPath("^projects/[^/]+/books/[^/]+$") } } },
      { a: "get /api/projects/{projectsId}/books/{booksId}:go" },
    ],
    [
      "keep the name if the pattern is one segment",
      { a: { path: "b/{+name}", parameters: { name: inPath("^[^/]+$") } } },
      { a: "get /api/b/{name}" },
    ],
    [
      "replace a variable by its constant",
      { a: { path: "{+name}", parameters: { name: inPath("^operations$") } } },
      { a: "get /api/operations" },
    ],
    [
      "have one variable for any rest",
      { a: { path: "{+name}", parameters: { name: inPath("^b/.*$") } } },
      { a: "get /api/b/{bId}" },
    ],
    [
      "have one variable for a pattern without segments",
      { a: { path: "{+name}", parameters: { name: inPath("^(a|b)$") } } },
      { a: "get /api/{name}" },
    ],
    [
      "have a different name for each variable",
      { a: { path: "{+from}/to/{+to}", parameters: { from: inPath("^b/[^/]+$"), to: inPath("^b/[^/]+$") } } },
      { a: "get /api/b/{bId}/to/b/{bId2}" },
    ],
    [
      "have the variable names of an equal path",
      {
        a: { path: "{id}", parameters: { id: inPath() } },
        b: { path: "{key}", httpMethod: "PUT", parameters: { key: inPath() } },
      },
      { a: "get /api/{id}", b: "put /api/{id}" },
    ],
    [
      "differ even if path and verb are the same",
      Object.fromEntries(["a", "b", "c"].map((id) => [id, { path: "{+name}", parameters: { name: inPath() } }])),
      { a: "get /api/{name}", b: "get /api/{name}{variant}", c: "get /api/{name}{variant}{variant2}" },
    ],
    [
      "keep two methods with the same fixed path",
      { a: { path: "b" }, b: { path: "b" } },
      { a: "get /api/b", b: "get /api/b{variant}" },
    ],
  ];
  it.each(table)("%s", (_, methods, want) => expect(places(methods)).toEqual(want));

  it("contain the original path, and the parameter of each variable", () => {
    const method = {
      id: "a",
      httpMethod: "GET",
      path: "{+name}",
      parameters: { name: { ...inPath("^p/[^/]+/q/[^/]+$"), description: "Its name." } },
    };
    const [entry] = entriesOf(openapi({ methods: { a: method } }));
    expect(entry?.operation["x-discogen-path"]).toBe("{+name}");
    expect(entry?.operation.parameters).toEqual([
      {
        name: "pId",
        in: "path",
        required: true,
        description: "Part of `name`. Its name.",
        schema: { type: "string" },
        "x-discogen-parameter": "name",
      },
      {
        name: "qId",
        in: "path",
        required: true,
        description: "Part of `name`.",
        schema: { type: "string" },
        "x-discogen-parameter": "name",
      },
    ]);
  });
});

describe("parameters", () => {
  const table: readonly (readonly [behavior: string, given: object, want: object])[] = [
    ["are optional text", { type: "string" }, { schema: { type: "string" } }],
    ["are required", { type: "string", required: true }, { required: true, schema: { type: "string" } }],
    [
      "are described",
      { type: "string", description: "Words.", deprecated: true },
      { description: "Words.", deprecated: true, schema: { type: "string" } },
    ],
    [
      "have bounds and a default",
      { type: "integer", minimum: "1", maximum: "9", default: "5" },
      { schema: { type: "integer", minimum: 1, maximum: 9, default: 5 } },
    ],
    [
      "are lists",
      { type: "string", repeated: true, default: "a" },
      { schema: { type: "array", items: { type: "string" }, default: ["a"] } },
    ],
    ["have enum values", { type: "string", enum: ["a", "b"] }, { schema: { type: "string", enum: ["a", "b"] } }],
    ["have a pattern", { type: "string", pattern: "^a+$" }, { schema: { type: "string", pattern: "^a+$" } }],
  ];
  it.each(table)("%s", (_, given, want) => {
    const method = { id: "a", httpMethod: "GET", path: "b", parameters: { q: { location: "query", ...given } } };
    const [entry] = entriesOf(openapi({ methods: { a: method } }));
    expect(entry?.operation.parameters).toEqual([{ name: "q", in: "query", ...want }]);
  });

  it("of all methods are components, which a method's own parameters override", () => {
    const document = openapi({
      parameters: { "$.xgafv": { type: "string", location: "query" }, key: { type: "string", location: "query" } },
      methods: {
        a: { id: "a", httpMethod: "GET", path: "b", parameters: { key: { type: "integer", location: "query" } } },
      },
    });
    expect(Object.entries(document.components.parameters).map(([key, { name }]) => [key, name])).toEqual([
      ["key", "key"],
      ["_.xgafv", "$.xgafv"],
    ]);
    expect(entriesOf(document)[0]?.operation.parameters).toEqual([
      { name: "key", in: "query", schema: { type: "integer" } },
      { $ref: "#/components/parameters/_.xgafv" },
    ]);
  });

  it("include the API version as a header", () => {
    const [entry] = entriesOf(
      openapi({ methods: { a: { id: "a", httpMethod: "GET", path: "b", apiVersion: "v1_2" } } }),
    );
    expect(entry?.operation.parameters).toEqual([
      { name: "X-Goog-Api-Version", in: "header", required: true, schema: { type: "string", enum: ["v1_2"] } },
    ]);
  });
});

describe("bodies", () => {
  const schemas = {
    Book: {
      id: "Book",
      type: "object",
      properties: { title: { type: "string", annotations: { required: ["a"] } }, author: { $ref: "Person" } },
    },
    Person: {
      id: "Person",
      type: "object",
      properties: {
        name: { type: "string", annotations: { required: ["a"] } },
        id: { type: "string", readOnly: true },
      },
    },
    HttpBody: {
      id: "HttpBody",
      type: "object",
      properties: { contentType: { type: "string" }, data: { type: "string" } },
    },
    $Odd: { id: "$Odd", type: "object", properties: { self: { $ref: "$Odd" } } },
  };
  const one = (method: object, facts: object = {}) => {
    const document = openapi({
      schemas,
      ...facts,
      methods: { a: { id: "a", httpMethod: "POST", path: "b", ...method } },
    });
    return { document, entries: entriesOf(document), operation: entriesOf(document)[0]?.operation };
  };
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

  it("of requests require the method's properties, in addition to the input twin", () => {
    expect(one({ request: { $ref: "Book" } }).operation?.requestBody).toEqual({
      required: true,
      content: {
        "application/json": {
          schema: {
            allOf: [
              ref("BookInput"),
              { type: "object", required: ["title"], properties: { author: { type: "object", required: ["name"] } } },
            ],
          },
        },
      },
    });
  });

  it("of responses are JSON, a stream, bytes, or nothing", () => {
    expect(one({ response: { $ref: "Book" } }).operation?.responses[200].content).toEqual({
      "application/json": { schema: ref("Book") },
    });
    expect(one({ response: { $ref: "HttpBody" } }).operation?.responses[200].content).toEqual({ "*/*": {} });
    expect(one({ response: { $ref: "Book" }, streamingType: "SERVER_SIDE" }).operation?.responses[200].content).toEqual(
      {
        "application/json": { schema: { type: "array", items: ref("Book") } },
      },
    );
    expect(one({}).operation?.responses).toEqual({ "200": { description: "Success" } });
  });

  it("of requests are bytes for HttpBody", () => {
    expect(one({ request: { $ref: "HttpBody" } }).operation?.requestBody).toEqual({ content: { "*/*": {} } });
  });

  it("are wrapped in data if the API has the feature dataWrapper", () => {
    const { operation } = one(
      { httpMethod: "PUT", request: { $ref: "Person" }, response: { $ref: "Person" } },
      { features: ["dataWrapper"] },
    );
    const wrapped = (name: string) => ({
      "application/json": { schema: { type: "object", properties: { data: ref(name) } } },
    });
    expect(operation?.requestBody?.content).toEqual(wrapped("PersonInput"));
    expect(operation?.responses[200].content).toEqual(wrapped("Person"));
  });

  it("of downloads are JSON or the content", () => {
    const { operation } = one({ httpMethod: "GET", supportsMediaDownload: true, response: { $ref: "Person" } });
    expect(Object.keys(operation?.responses[200].content ?? {})).toEqual(["application/json", "*/*"]);
    expect(operation?.parameters).toMatchObject([{ name: "alt", schema: { enum: ["json", "media"] } }]);
  });

  it("of uploads belong to a separate operation", () => {
    const mediaUpload = { accept: ["image/*"], protocols: { simple: { path: "/upload/b", multipart: true } } };
    const { entries } = one({ httpMethod: "PUT", request: { $ref: "Person" }, mediaUpload });
    expect(entries.map(({ path, verb, operation }) => [path, verb, operation.operationId])).toEqual([
      ["/api/b", "put", "a"],
      ["/upload/b", "put", "a.upload"],
    ]);
    expect(entries[1]?.operation.requestBody).toEqual({
      required: true,
      content: {
        "image/*": {},
        "multipart/related": { schema: { type: "object", properties: { metadata: ref("PersonInput"), media: {} } } },
      },
    });
    expect(entries[1]?.operation.parameters).toMatchObject([
      { name: "uploadType", required: true, schema: { enum: ["media", "multipart"] } },
    ]);
  });

  it("refer to types with names that OpenAPI allows", () => {
    const { document, operation } = one({ response: { $ref: "$Odd" } });
    expect(document.components.schemas["-Odd"]?.properties).toEqual({ self: ref("-Odd") });
    expect(operation?.responses[200].content).toEqual({ "application/json": { schema: ref("-Odd") } });
  });
});

it("scopes are alternatives", () => {
  const scopes = ["https://a.example/read", "https://a.example/write"];
  const auth = { oauth2: { scopes: Object.fromEntries(scopes.map((scope) => [scope, { description: "Words." }])) } };
  const document = openapi({ auth, methods: { a: { id: "a", httpMethod: "GET", path: "b", scopes } } });
  expect(entriesOf(document)[0]?.operation.security).toEqual(scopes.map((scope) => ({ oauth2: [scope] })));
  expect(Object.keys(document.components.securitySchemes?.oauth2.flows.authorizationCode.scopes ?? {})).toEqual(scopes);
});

// All available documents.
const corpus = new URL("../../../../shared/discovery/", import.meta.url);
const bundled = new URL("../../../generator/documents/", import.meta.url);
const filesIn = (folder: URL): readonly URL[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return filesIn(new URL(`${entry.name}/`, folder));
    return entry.name.endsWith(".json") ? [new URL(entry.name, folder)] : [];
  });
const named = (files: readonly URL[]) =>
  files.map((file) => [file.pathname.split("/").slice(-2).join("/"), file] as const);

describe("every bundled document is complete in OpenAPI", () => {
  it.each(named(filesIn(bundled)))("%s", expectComplete);
});

const reason = existsSync(corpus) ? "" : " (skipped: ../shared/discovery not found)";

describe.skipIf(reason !== "")(`every document of the corpus is complete in OpenAPI${reason}`, () => {
  it.each(named(reason === "" ? filesIn(corpus) : []))("%s", expectComplete);
});

function expectComplete(name: string, file: URL): void {
  const model = modelOf(readFileSync(file, "utf8"), name);
  const document = openapiDocument(model);
  const entries = entriesOf(document);
  const ids = entries.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(methodIds(model.root).filter((id) => !ids.includes(id))).toEqual([]);
  expect(danglingReferences(document)).toEqual([]);
  expect(Object.keys(document.components.schemas).filter((key) => !/^[\w.-]+$/.test(key))).toEqual([]);
  // Paths differ in more than names of variables, and each variable is a parameter.
  const shapes = Object.keys(document.paths).map((path) => path.replace(/\{[^{}]*\}/g, "{}"));
  expect(new Set(shapes).size).toBe(shapes.length);
  expect(entries.filter((entry) => !hasItsVariables(entry)).map(({ path }) => path)).toEqual([]);
}

function methodIds({ methods, resources }: ResourceModel): string[] {
  return [...methods.map(({ id }) => id), ...resources.flatMap(methodIds)];
}

function hasItsVariables({ path, operation }: Entry): boolean {
  const variables = Array.from(path.matchAll(/\{([^{}]*)\}/g), ([, name]) => name);
  const declared = operation.parameters.flatMap((parameter) =>
    "in" in parameter && parameter.in === "path" ? [parameter.name] : [],
  );
  return variables.join() === declared.join();
}

/** Returns all references to components that do not exist. */
function danglingReferences(document: OpenApiDocument): string[] {
  const known = new Set(
    Object.entries(document.components).flatMap(([kind, entries]) =>
      Object.keys(entries).map((key) => `#/components/${kind}/${key}`),
    ),
  );
  const dangling: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "$ref" && typeof inner === "string" && !known.has(inner)) dangling.push(inner);
      walk(inner);
    }
  };
  walk(document);
  return dangling;
}
