import { describe, expect, it } from "vitest";
import { fewestScopes } from "../../../generator/src/model/scopes.js";

describe("the fewest scopes that cover", () => {
  const api = [["all", "read"], ["all", "read"], ["all", "write"], ["all"], []];
  it.each([
    ["nothing", [], []],
    ["a method that needs none", [[]], []],
    ["one method, by the narrower scope", [["all", "read"]], ["read"]],
    [
      "two methods that share one",
      [
        ["all", "read"],
        ["all", "write"],
      ],
      ["all"],
    ],
    ["a method with one scope only", [["all"], ["all", "read"]], ["all"]],
    ["methods that share nothing", [["a"], ["b"], ["a", "b"]], ["a", "b"]],
    ["three by two", [["a", "b"], ["b", "c"], ["d"]], ["b", "d"]],
    ["equal sets, in the order of the document", [["x", "y"]], ["x"]],
  ])("%s", (_, wanted, want) => expect(fewestScopes(wanted, api)).toEqual(want));

  it("is found among many sets without trying them all", () => {
    const many = Array.from({ length: 300 }, (_, index) => [
      `a${index % 7}`,
      `b${index % 11}`,
      "rare",
      `c${index % 5}`,
    ]);
    expect(fewestScopes(many, many)).toEqual(["rare"]);
  });
});
