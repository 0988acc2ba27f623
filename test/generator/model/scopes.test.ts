import { describe, expect, it } from "vitest";
import { fewestScopes } from "../../../generator/src/model/scopes.js";

describe("the fewest scopes that cover", () => {
  const api = [["all", "read"], ["all", "read"], ["all", "write"], ["all"], []];
  it.each([
    ["nothing", [], []],
    ["a method without scopes", [[]], []],
    ["one method, with the narrower scope", [["all", "read"]], ["read"]],
    [
      "two methods with a common scope",
      [
        ["all", "read"],
        ["all", "write"],
      ],
      ["all"],
    ],
    ["a method with only one scope", [["all"], ["all", "read"]], ["all"]],
    ["methods without a common scope", [["a"], ["b"], ["a", "b"]], ["a", "b"]],
    ["three methods with two scopes", [["a", "b"], ["b", "c"], ["d"]], ["b", "d"]],
    ["equal sets, in the order of the document", [["x", "y"]], ["x"]],
  ])("%s", (_, wanted, want) => expect(fewestScopes(wanted, api)).toEqual(want));

  it("are found quickly for many methods", () => {
    const many = Array.from({ length: 300 }, (_, index) => [
      `a${index % 7}`,
      `b${index % 11}`,
      "rare",
      `c${index % 5}`,
    ]);
    expect(fewestScopes(many, many)).toEqual(["rare"]);
  });
});
