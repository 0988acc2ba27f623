/** Requirements in graphs of schemas whose generated types would be endless or too large. */
import { describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { buildModel } from "../../../generator/src/model/build.js";
import { methodsOf } from "../../../generator/src/model/methods.js";
import type { RequiredProperties } from "../../../generator/src/model/types.js";

const name = { type: "string", annotations: { required: ["graph.make"] } };

/** Schemas `S0` (the body) to `S<count - 1>`. Only the last schema has the required property. */
function requirementsIn(count: number, references: (index: number) => readonly number[]) {
  const schemas = Array.from({ length: count }, (_, index) => {
    const properties = references(index).map((to) => [`p${to}`, { $ref: `S${to}` }] as const);
    return [
      `S${index}`,
      {
        id: `S${index}`,
        type: "object",
        properties: { ...Object.fromEntries(properties), ...(index === count - 1 ? { name } : {}) },
      },
    ] as const;
  });
  const make = { id: "graph.make", httpMethod: "POST", path: "v1/make", request: { $ref: "S0" } };
  const document = {
    kind: "discovery#restDescription",
    name: "graph",
    version: "v1",
    rootUrl: "https://graph.example/",
    schemas: Object.fromEntries(schemas),
    methods: { make },
  };
  const codes: string[] = [];
  const model = buildModel(readDocument(JSON.stringify(document), "graph.json").document, {}, (code) =>
    codes.push(code),
  );
  const request = methodsOf(model.root)[0]?.request;
  return { requires: request?.kind === "json" ? request.requires : undefined, codes };
}

/** Every path to a required property: `p1.p2.name`. */
function placesOf({ required, nested }: RequiredProperties): readonly string[] {
  return [...required, ...[...nested].flatMap(([key, inner]) => placesOf(inner).map((place) => `${key}.${place}`))];
}

const all = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("required properties in nested types", () => {
  it.each([
    ["a chain", 4, (index: number) => (index < 3 ? [index + 1] : []), ["p1.p2.p3.name"]],
    ["a cycle", 3, (index: number) => [(index + 1) % 3], ["p1.p2.name"]],
    ["schemas that all refer to each other", 60, () => all(60), ["p59.name"]],
    [
      "two paths of the same length",
      4,
      (index: number) => [[1, 2], [3], [3], []][index] ?? [],
      ["p1.p3.name", "p2.p3.name"],
    ],
    ["a short and a long path", 3, (index: number) => [[1, 2], [2], []][index] ?? [], ["p1.p2.name", "p2.name"]],
    ["two paths past a cycle", 4, (index: number) => [[1, 3], [2, 3], [1], []][index] ?? [], ["p1.p3.name", "p3.name"]],
  ])("of %s", (_, count, references, want) => {
    const { requires, codes } = requirementsIn(count, references);
    expect(requires === undefined ? [] : placesOf(requires)).toEqual(want);
    expect(codes).toEqual([]);
  });

  it("at the end of a chain of 2,000 references are only reported in a warning", () => {
    const { requires, codes } = requirementsIn(2000, (index) => (index < 1999 ? [index + 1] : []));
    expect(requires).toBeUndefined();
    expect(codes).toEqual(["REQUIREMENTS_TOO_LARGE"]);
  });

  it("on a million paths are required on less than a thousand of them", () => {
    const { requires, codes } = requirementsIn(41, (index) => {
      const next = index % 2 === 0 ? index + 1 : index + 2;
      return index === 0 ? [1, 2] : [next, next + 1].filter((to) => to < 41);
    });
    expect(placesOf(requires ?? { required: [], nested: new Map() }).length).toBeLessThan(1000);
    expect(codes).toEqual(["REQUIREMENTS_TOO_LARGE"]);
  });
});
