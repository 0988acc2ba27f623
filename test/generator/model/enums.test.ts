import { describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { enumOf } from "../../../generator/src/model/enums.js";

/** What the rule says of a string with these facts: open or closed, values, and the codes reported. */
function enumFor(facts: object, policy: "closed" | "open" = "closed") {
  const document = {
    kind: "discovery#restDescription",
    name: "x",
    version: "v1",
    rootUrl: "https://x.example/",
    schemas: { A: { type: "string", ...facts } },
  };
  const schema = readDocument(JSON.stringify(document), "x.json").document.schemas.get("A");
  const codes: string[] = [];
  const found = schema && enumOf(schema, policy, (code) => codes.push(code));
  return { kind: found && (found.open ? "open" : "closed"), values: found?.values.map(({ value }) => value), codes };
}

const none = { kind: undefined, values: undefined, codes: [] };

describe("the values a string may take", () => {
  it.each([
    ["are those listed", { enum: ["A", "B"] }, "closed", { kind: "closed", values: ["A", "B"], codes: [] }],
    [
      "and others, when that is asked for",
      { enum: ["A", "B"] },
      "open",
      { kind: "open", values: ["A", "B"], codes: [] },
    ],
    ["once each", { enum: ["A", "A", ""] }, "closed", { kind: "closed", values: ["A", ""], codes: [] }],
    ["any, when the list is empty", { enum: [] }, "closed", { ...none, codes: ["EMPTY_ENUM"] }],
    ["any, when nothing is said", { description: "A: b" }, "closed", none],
    [
      "harvested, one a line, and open",
      { description: "Is\nA_B: one.\nC: two." },
      "closed",
      { kind: "open", values: ["A_B", "C"], codes: [] },
    ],
    [
      "harvested from a list",
      { description: "Is\n- `A`: one.\n- `B`: two." },
      "closed",
      { kind: "open", values: ["A", "B"], codes: [] },
    ],
    ["not harvested from one line", { description: "Is\nA: one." }, "closed", none],
    ["not harvested twice", { description: "Is\nA: one.\nA: two." }, "closed", none],
    ["not harvested from prose", { description: "Note: a\nWarning: b\nHTTP is fine" }, "closed", none],
  ] as const)("%s", (_, facts, policy, want) => expect(enumFor(facts, policy)).toEqual(want));

  it("keep their texts and deprecations, however short those lists are", () => {
    const document = {
      kind: "discovery#restDescription",
      name: "x",
      version: "v1",
      rootUrl: "https://x.example/",
      schemas: { A: { type: "string", enum: ["A", "B"], enumDescriptions: [" one "], enumDeprecated: [true] } },
    };
    const schema = readDocument(JSON.stringify(document), "x.json").document.schemas.get("A");
    expect(schema && enumOf(schema, "closed", () => {})?.values).toEqual([
      { value: "A", description: "one", deprecated: true },
      { value: "B", description: "", deprecated: false },
    ]);
  });
});
