// The bundled sqladmin:v1beta3 document: whole, described, and Google's in everything but its words.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Json = string | number | boolean | null | Json[] | JsonObject;
interface JsonObject {
  [key: string]: Json;
}
/** A JSON value with its JSON pointer. */
interface At<T> {
  readonly pointer: string;
  readonly value: T;
}

const bundledFile = new URL("../../generator/documents/sqladmin.v1beta3.json", import.meta.url);
const referenceFile = new URL("../../../shared/discovery/2015/sqladmin.v1beta3.json", import.meta.url);

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isString = (value: Json | undefined): value is string => typeof value === "string";
const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const strings = (value: Json | undefined): string[] => (Array.isArray(value) ? value.filter(isString) : []);

const readDocument = (file: URL): JsonObject => {
  const document: Json = JSON.parse(readFileSync(file, "utf8"));
  if (!isObject(document)) throw new TypeError(`${file.pathname} is no JSON object`);
  return document;
};

const entries = (node: Json, pointer: string): At<Json>[] =>
  Object.entries(typeof node === "object" && node !== null ? node : {}).map(([key, value]) => ({
    pointer: `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    value,
  }));
const everything = (node: Json, pointer = ""): At<Json>[] => [
  { pointer, value: node },
  ...entries(node, pointer).flatMap((entry) => everything(entry.value, entry.pointer)),
];

/** By key and value: a property may be called `description` too, but then its value is a schema. */
const isHumanText = (key: string, value: Json): boolean =>
  ((key === "description" || key === "title") && isString(value)) ||
  (key === "enumDescriptions" && Array.isArray(value));

const textsOf = (document: JsonObject): At<string>[] =>
  everything(document).flatMap(({ pointer, value }) =>
    isString(value) && /\/(description|title|enumDescriptions\/\d+)$/.test(pointer) ? [{ pointer, value }] : [],
  );

const withoutTexts = (node: Json): Json => {
  if (Array.isArray(node)) return node.map(withoutTexts);
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => (isHumanText(key, value) ? [] : [[key, withoutTexts(value)]])),
  );
};
/** The document's own `etag` and `icons` describe Google's file, not the API; `DatabaseInstance.etag` stays. */
const structureOf = (document: JsonObject): Json =>
  withoutTexts(Object.fromEntries(Object.entries(document).filter(([key]) => key !== "etag" && key !== "icons")));

const methodsOf = (document: JsonObject): At<JsonObject>[] =>
  entries(object(document["resources"]), "/resources").flatMap((resource) =>
    entries(object(object(resource.value)["methods"]), `${resource.pointer}/methods`).map(({ pointer, value }) => ({
      pointer,
      value: object(value),
    })),
  );

/** Everything that needs a description: it has its own entry in the reference. */
const referenceEntries = (document: JsonObject): At<Json>[] => [
  { pointer: "", value: document },
  ...entries(object(document["parameters"]), "/parameters"),
  ...entries(object(object(object(document["auth"])["oauth2"])["scopes"]), "/auth/oauth2/scopes"),
  ...entries(object(document["schemas"]), "/schemas").flatMap((schema) => [
    schema,
    ...entries(object(object(schema.value)["properties"]), `${schema.pointer}/properties`),
  ]),
  ...methodsOf(document).flatMap((method) => [
    method,
    ...entries(object(method.value["parameters"]), `${method.pointer}/parameters`),
  ]),
];

/** Values that a description lists as `NAME: text`, one per line, which is the form that the generator reads. */
const valueListsOf = (document: JsonObject): Record<string, string[]> =>
  Object.fromEntries(
    textsOf(document).flatMap(({ pointer, value }) => {
      const names = [...value.matchAll(/\n([A-Z][A-Z0-9_]*): \S/g)].flatMap(([, name]) => name ?? []);
      return names.length > 0 ? [[pointer, names]] : [];
    }),
  );

const normalised = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, " ")
    .trim();
/** Prose only: names and values (`STRING`, `pageToken`, `asia-east1`) are facts, and the same in both. */
const wordsOf = (text: string): string[] =>
  text.split(/[^\w'-]+/).flatMap((word) => (/^[A-Z]?[a-z'-]+$/.test(word) ? [word.toLowerCase()] : []));
const runsOf = (text: string, length: number): string[] => {
  const words = wordsOf(text);
  return words.slice(length - 1).map((_, start) => words.slice(start, start + length).join(" "));
};

const bundled = readDocument(bundledFile);

describe("the bundled sqladmin:v1beta3 document", () => {
  it("is the API and revision that Google retired", () => {
    expect(bundled).toMatchObject({
      id: "sqladmin:v1beta3",
      name: "sqladmin",
      version: "v1beta3",
      revision: "20150330",
    });
    expect(methodsOf(bundled)).toHaveLength(24);
    expect(Object.keys(object(bundled["schemas"]))).toHaveLength(43);
  });

  it("describes every method, parameter, schema, property and scope", () => {
    const undescribed = referenceEntries(bundled).filter(({ value }) => !isString(object(value)["description"]));
    expect(undescribed.map(({ pointer }) => pointer)).toEqual([]);
  });

  it("has no empty text", () => {
    expect(textsOf(bundled).filter(({ value }) => value.trim() === "")).toEqual([]);
  });

  it('has no descriptions that start with "Output only", which would change the generated types', () => {
    expect(textsOf(bundled).filter(({ value }) => /^\W*output only/i.test(value))).toEqual([]);
  });

  it("lists string values one per line in exactly the expected descriptions", () => {
    expect(valueListsOf(bundled)).toEqual({
      "/schemas/DatabaseInstance/properties/instanceType/description": ["CLOUD_SQL_INSTANCE", "READ_REPLICA_INSTANCE"],
      "/schemas/DatabaseInstance/properties/state/description": [
        "RUNNABLE",
        "SUSPENDED",
        "PENDING_CREATE",
        "MAINTENANCE",
        "UNKNOWN_STATE",
      ],
      "/schemas/Settings/properties/activationPolicy/description": ["ALWAYS", "NEVER", "ON_DEMAND"],
    });
  });

  it("names each schema by its id", () => {
    const schemas = object(bundled["schemas"]);
    expect(Object.values(schemas).map((schema) => object(schema)["id"])).toEqual(Object.keys(schemas));
  });

  it("refers only to schemas that exist", () => {
    const schemas = object(bundled["schemas"]);
    const refs = everything(bundled).flatMap(({ value }) => object(value)["$ref"] ?? []);
    expect(refs).not.toEqual([]);
    expect(refs.filter((ref) => !isString(ref) || !Object.hasOwn(schemas, ref))).toEqual([]);
  });

  it("requires properties only for methods that exist", () => {
    const ids = new Set(methodsOf(bundled).map(({ value }) => value["id"]));
    const required = everything(bundled).flatMap(({ value }) =>
      strings(object(object(value)["annotations"])["required"]),
    );
    expect(required).not.toEqual([]);
    expect(required.filter((id) => !ids.has(id))).toEqual([]);
  });

  it.each(methodsOf(bundled))("$value.id matches its place, path, parameters, and scopes", ({ pointer, value }) => {
    const parameters = object(value["parameters"]);
    const named = (wanted: (parameter: JsonObject) => boolean): string[] =>
      Object.keys(parameters).filter((name) => wanted(object(parameters[name])));
    const scopes = Object.keys(object(object(object(bundled["auth"])["oauth2"])["scopes"]));

    expect(value["id"]).toBe(pointer.replace("/resources/", "sql.").replace("/methods/", "."));
    expect([...String(value["path"]).matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted()).toEqual(
      named(({ location }) => location === "path").toSorted(),
    );
    expect(strings(value["parameterOrder"]).toSorted()).toEqual(named(({ required }) => required === true).toSorted());
    expect(scopes).toEqual(expect.arrayContaining(strings(value["scopes"])));
    expect(strings(value["scopes"])).not.toEqual([]);
  });
});

const reason = existsSync(referenceFile) ? "" : " (skipped: ../shared/discovery not found)";

describe.skipIf(reason !== "")(`the bundled document compared with Google's${reason}`, () => {
  const reference = (): JsonObject => readDocument(referenceFile);

  it("has the same structure", () => {
    expect(structureOf(bundled)).toEqual(structureOf(reference()));
  });

  it("has its keys in the same order", () => {
    expect(JSON.stringify(structureOf(bundled), null, 2)).toBe(JSON.stringify(structureOf(reference()), null, 2));
  });

  it("has its texts in the same places", () => {
    const places = (document: JsonObject): string[] => textsOf(document).map(({ pointer }) => pointer);
    expect(places(bundled)).toEqual(places(reference()));
  });

  it("lists the same string values", () => {
    expect(valueListsOf(bundled)).toEqual(valueListsOf(reference()));
  });

  it("has no description of Google's", () => {
    const theirs = new Set(textsOf(reference()).map(({ value }) => normalised(value)));
    expect(textsOf(bundled).filter(({ value }) => theirs.has(normalised(value)))).toEqual([]);
  });

  it("has no eight consecutive words in common with Google's descriptions", () => {
    const theirs = new Set(textsOf(reference()).flatMap(({ value }) => runsOf(value, 8)));
    const shared = textsOf(bundled).flatMap(({ value }) => runsOf(value, 8).filter((run) => theirs.has(run)));
    expect(theirs.size).toBeGreaterThan(0);
    expect(shared).toEqual([]);
  });
});
