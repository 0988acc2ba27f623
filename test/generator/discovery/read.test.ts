import { describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { InputError } from "../../../generator/src/diagnostics.js";

const MINIMAL = {
  kind: "discovery#restDescription",
  name: "shelves",
  version: "v1",
  rootUrl: "https://shelves.example.com/",
};

function read(document: unknown) {
  return readDocument(typeof document === "string" ? document : JSON.stringify(document), "shelves.json");
}

/** Returns `CODE pointer` of each problem, or an empty list. */
function problemsOf(document: unknown): string[] {
  try {
    read(document);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ code, pointer }) => `${code} ${pointer}`);
  }
}

describe("rejects with the place", () => {
  const method = (facts: object) => ({
    ...MINIMAL,
    methods: { go: { id: "go", path: "go", httpMethod: "GET", ...facts } },
  });
  const table: readonly (readonly [behavior: string, given: unknown, want: readonly string[]])[] = [
    ["empty text", "", ["INVALID_JSON "]],
    ["HTML", "<html></html>", ["INVALID_JSON "]],
    ["a truncated document", '{"name": "shelves"', ["INVALID_JSON "]],
    ["an array", "[]", ["NOT_A_DISCOVERY_DOCUMENT "]],
    ["null", "null", ["NOT_A_DISCOVERY_DOCUMENT "]],
    ["a directory list", { ...MINIMAL, kind: "discovery#directoryList" }, ["NOT_A_DISCOVERY_DOCUMENT "]],
    ["an error response", { error: { code: 404 } }, ["NOT_A_DISCOVERY_DOCUMENT "]],
    ["a package.json", { name: "shelves", version: "1.0.0" }, ["NOT_A_DISCOVERY_DOCUMENT "]],
    ["no name", { ...MINIMAL, name: undefined }, ["NOT_A_DISCOVERY_DOCUMENT "]],
    ["a name that is a number", { ...MINIMAL, name: 5 }, ["WRONG_TYPE /name"]],
    [
      "a name and a version of other types",
      { ...MINIMAL, name: {}, version: [] },
      ["WRONG_TYPE /name", "WRONG_TYPE /version"],
    ],
    ["a kind that is a number", { ...MINIMAL, kind: 5 }, ["WRONG_TYPE /kind"]],
    ["a name that is null", { ...MINIMAL, name: null }, ["NOT_A_DISCOVERY_DOCUMENT "]],
    ...["con", "NUL", "aux", "com1", "LPT9", "con.v1", "name."].map(
      (name) => [`a name that Windows reserves: ${name}`, { ...MINIMAL, name }, ["UNSAFE_NAME /name"]] as const,
    ),
    ...["prn", "v1.", "v:1"].map(
      (version) =>
        [
          `a version that Windows does not allow: ${version}`,
          { ...MINIMAL, version },
          ["UNSAFE_NAME /version"],
        ] as const,
    ),
    ["a name that is a path", { ...MINIMAL, name: "../up" }, ["UNSAFE_NAME /name"]],
    ["a version of two dots", { ...MINIMAL, version: ".." }, ["UNSAFE_NAME /version"]],
    ["a version with a slash", { ...MINIMAL, version: "v1/x" }, ["UNSAFE_NAME /version"]],
    ["a root URL with another scheme", { ...MINIMAL, rootUrl: "ftp://x/" }, ["INVALID_ROOT_URL /rootUrl"]],
    ["a relative root URL", { ...MINIMAL, rootUrl: "/v1/" }, ["INVALID_ROOT_URL /rootUrl"]],
    ["a root URL with a password", { ...MINIMAL, rootUrl: "https://u:p@x.example/" }, ["INVALID_ROOT_URL /rootUrl"]],
    ["a root URL with a query", { ...MINIMAL, rootUrl: "https://x.example/?a=1" }, ["INVALID_ROOT_URL /rootUrl"]],
    [
      "a regional endpoint with another scheme",
      { ...MINIMAL, endpoints: [{ location: "us", endpointUrl: "ftp://x/" }] },
      ["INVALID_ROOT_URL /endpoints/0/endpointUrl"],
    ],
    ["schemas that are a list", { ...MINIMAL, schemas: [] }, ["WRONG_TYPE /schemas"]],
    ["a schema that is a string", { ...MINIMAL, schemas: { A: "string" } }, ["WRONG_TYPE /schemas/A"]],
    ["a list of types", { ...MINIMAL, schemas: { A: { type: ["string"] } } }, ["WRONG_TYPE /schemas/A/type"]],
    [
      "a number among enum values",
      { ...MINIMAL, schemas: { A: { type: "string", enum: ["a", 1] } } },
      ["WRONG_TYPE /schemas/A/enum/1"],
    ],
    [
      "a flag that is a string",
      method({ parameters: { a: { required: "yes" } } }),
      ["WRONG_TYPE /methods/go/parameters/a/required"],
    ],
    ["a pointer with ~ and /", { ...MINIMAL, schemas: { "a~/b": 1 } }, ["WRONG_TYPE /schemas/a~0~1b"]],
    ["several problems at once", { ...MINIMAL, title: 1, labels: "x" }, ["WRONG_TYPE /title", "WRONG_TYPE /labels"]],
  ];
  it.each(table)("%s", (_, given, want) => expect(problemsOf(given)).toEqual(want));

  it("10,000 levels of nesting", () => {
    const deep = `${'{"type":"array","items":'.repeat(10_000)}{"type":"string"}${"}".repeat(10_000)}`;
    const document = JSON.stringify({ ...MINIMAL, schemas: {} }).replace("{}", `{"A":${deep}}`);
    expect(problemsOf(document)).toEqual([expect.stringMatching(/^TOO_DEEP \/schemas\/A\/items/)]);
  });

  it("a broken key file, without quoting its secret", () => {
    const key = '{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\\nc2VjcmV0", oops}';
    expect(() => read(key)).toThrow(InputError);
    expect(() => read(key)).not.toThrow(/c2Vj|PRIVATE/);
  });
});

describe("reads", () => {
  it.each([
    ["a byte order mark", `\uFEFF${JSON.stringify(MINIMAL)}`],
    ["null as absent", { ...MINIMAL, title: null, schemas: null, resources: null, auth: null, batchPath: null }],
    ["a document without schemas, resources, and methods", MINIMAL],
    ["a document without kind, by its other keys", { ...MINIMAL, kind: undefined }],
    [
      "defaults that are numbers or booleans",
      { ...MINIMAL, schemas: { A: { type: "integer", default: 1, minimum: 0 } } },
    ],
    [
      "a key named __proto__",
      JSON.stringify({ ...MINIMAL, schemas: {} }).replace("{}", '{"__proto__":{"type":"string"}}'),
    ],
  ] as const)("%s", (_, given) => expect(problemsOf(given)).toEqual([]));

  it.each([
    ["rootUrl and servicePath", { servicePath: "/a/v1" }, "https://shelves.example.com/", "a/v1/"],
    ["a root URL without a slash at the end", { rootUrl: "https://x.example" }, "https://x.example/", ""],
    [
      "baseUrl if there is no rootUrl",
      { rootUrl: undefined, baseUrl: "https://x.example/a/" },
      "https://x.example/a/",
      "",
    ],
    [
      "basePath if there is neither",
      { rootUrl: undefined, basePath: "/a/v1/" },
      "https://www.googleapis.com/",
      "a/v1/",
    ],
  ] as const)("the root URL from %s", (_, facts, rootUrl, servicePath) => {
    expect(read({ ...MINIMAL, ...facts }).document).toMatchObject({ rootUrl, servicePath });
  });

  it("regional endpoints, with the API's own name if a location has several", () => {
    const endpoint = (location: string, endpointUrl: string) => ({ location, endpointUrl, description: "" });
    const endpoints = [
      endpoint("us", "https://us-shelves.example.com/"),
      endpoint("us", "https://shelves.us.rep.example.com"),
      endpoint("eu", "https://shelves.eu.rep.example.com/"),
      endpoint("eu", "https://batch-shelves.eu.rep.example.com/"),
      endpoint("asia", "https://asia-shelves.example.com/"),
      { description: "neither location nor URL" },
    ];
    expect([...read({ ...MINIMAL, endpoints }).document.endpoints]).toEqual([
      ["us", "https://shelves.us.rep.example.com/"],
      ["eu", "https://shelves.eu.rep.example.com/"],
      ["asia", "https://asia-shelves.example.com/"],
    ]);
  });

  it.each([
    ["http off loopback", { rootUrl: "http://x.example/" }, "INSECURE_ROOT_URL"],
    ["an absolute batch path", { batchPath: "https://x.example/batch" }, "ABSOLUTE_BATCH_PATH"],
    ["no root URL", { rootUrl: undefined }, "MISSING_ROOT_URL"],
  ] as const)("%s with a warning", (_, facts, code) => {
    expect(read({ ...MINIMAL, ...facts }).warnings.map((warning) => warning.code)).toEqual([code]);
  });

  it("http on loopback without a warning", () => {
    expect(read({ ...MINIMAL, rootUrl: "http://127.0.0.1:8080/" }).warnings).toEqual([]);
  });
});
