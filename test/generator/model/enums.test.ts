import { describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { enumOf } from "../../../generator/src/model/enums.js";

/** The result of the rule for a string with these facts: open or closed, values, and the reported codes. */
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

describe("the values of a string", () => {
  it.each([
    ["are the listed values", { enum: ["A", "B"] }, "closed", { kind: "closed", values: ["A", "B"], codes: [] }],
    ["are open with the policy open", { enum: ["A", "B"] }, "open", { kind: "open", values: ["A", "B"], codes: [] }],
    ["are unique", { enum: ["A", "A", ""] }, "closed", { kind: "closed", values: ["A", ""], codes: [] }],
    ["are not limited if the list is empty", { enum: [] }, "closed", { ...none, codes: ["EMPTY_ENUM"] }],
    ["are not limited without a list", { description: "A: b" }, "closed", none],
    [
      "are open if they come from lines of a description",
      { description: "Is\nA_B: one.\nC: two." },
      "closed",
      { kind: "open", values: ["A_B", "C"], codes: [] },
    ],
    [
      "come from a list in a description",
      { description: "Is\n- `A`: one.\n- `B`: two." },
      "closed",
      { kind: "open", values: ["A", "B"], codes: [] },
    ],
    ["do not come from a single line", { description: "Is\nA: one." }, "closed", none],
    ["do not come from a description that repeats a value", { description: "Is\nA: one.\nA: two." }, "closed", none],
    ["do not come from prose", { description: "Note: a\nWarning: b\nHTTP is fine" }, "closed", none],
  ] as const)("%s", (_, facts, policy, want) => expect(enumFor(facts, policy)).toEqual(want));

  it("keep their descriptions and deprecations, even if these lists are shorter", () => {
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
