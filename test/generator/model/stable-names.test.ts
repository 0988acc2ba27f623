/** A generated name depends only on its own place in the document (contract, section 3, rule 9). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { buildModel } from "../../../generator/src/model/build.js";

type Properties = Readonly<Record<string, object>>;

function namesOf(schemas: readonly (readonly [string, Properties])[]): ReadonlySet<string> {
  const entries = schemas.map(([id, properties]) => [id, { id, type: "object", properties }] as const);
  const document = {
    kind: "discovery#restDescription",
    name: "names",
    version: "v1",
    rootUrl: "https://names.example/",
    schemas: Object.fromEntries(entries),
    methods: { go: { id: "names.go", httpMethod: "GET", path: "go", response: { $ref: schemas[0]?.[0] } } },
  };
  const { document: read } = readDocument(JSON.stringify(document), "names.json");
  return new Set(buildModel(read, {}, () => {}).schemas.map(({ name }) => name));
}

const enumOf = (values: readonly string[]) => ({ type: "string", enum: values });
const property = fc.oneof(
  fc.constant({ type: "string" }),
  fc.subarray(["A", "B", "C"], { minLength: 1 }).map(enumOf),
  fc.constant({ type: "object", properties: { inner: enumOf(["A", "B"]) } }),
  fc.constant({ type: "array", items: { type: "object", properties: { state: enumOf(["A"]) } } }),
);
const properties = fc.dictionary(fc.constantFrom("state", "kind", "parts"), property, { noNullPrototype: true });
const schemas = fc.uniqueArray(fc.tuple(fc.constantFrom("Red", "Blue", "Green", "Grey"), properties), {
  selector: ([id]) => id,
  minLength: 1,
});

describe("exported types keep their names", () => {
  it("if schemas and properties are in a different order", () => {
    fc.assert(
      fc.property(schemas, (given) => {
        const reversed = given.map(([id, of]) => [id, Object.fromEntries(Object.entries(of).toReversed())] as const);
        expect(namesOf(reversed.toReversed())).toEqual(namesOf(given));
      }),
    );
  });

  it("if a schema is added", () => {
    fc.assert(
      fc.property(schemas, properties, (given, more) => {
        const names = namesOf(given);
        const now = namesOf([["Black", more], ...given]);
        expect([...names].filter((name) => !now.has(name))).toEqual([]);
      }),
    );
  });

  it("if an enum gets a new value", () => {
    fc.assert(
      fc.property(schemas, (given) => {
        const text = JSON.stringify(given).replaceAll('"enum":["A"', '"enum":["A","NEW"');
        expect(namesOf(JSON.parse(text))).toEqual(namesOf(given));
      }),
    );
  });
});
