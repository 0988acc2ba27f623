import { expect, it } from "vitest";
import { didYouMean, nearest } from "../../generator/src/nearest.js";

const WORDS = ["generate", "check", "list", "update", "scopes"];

it.each([
  ["a letter missing", "generat", ["generate"]],
  ["a letter too many", "checkk", ["check"]],
  ["another letter", "lisp", ["list"]],
  ["two letters exchanged", "udpate", ["update"]],
  ["another case", "Scopes", ["scopes"]],
  ["nothing near", "frobnicate", []],
  ["a short word that shares no letter", "xy", []],
])("%s", (_, word, want) => expect(nearest(word, WORDS)).toEqual(want));

it("names all that are equally near, three at most, each once", () => {
  expect(nearest("drive:v9", ["drive:v1", "drive:v2", "drive:v2", "drive:v3", "drive:v4"])).toEqual([
    "drive:v1",
    "drive:v2",
    "drive:v3",
  ]);
});

it("is a clause of a sentence, or nothing", () => {
  expect(didYouMean("lst", WORDS)).toBe("; did you mean list?");
  expect(didYouMean("lst", [])).toBe("");
});
