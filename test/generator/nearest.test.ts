import { expect, it } from "vitest";
import { didYouMean, nearest } from "../../generator/src/nearest.js";

const WORDS = ["generate", "check", "list", "update", "scopes"];

it.each([
  ["a word with a missing letter", "generat", ["generate"]],
  ["a word with an additional letter", "checkk", ["check"]],
  ["a word with a wrong letter", "lisp", ["list"]],
  ["a word with two swapped letters", "udpate", ["update"]],
  ["a word in another case", "Scopes", ["scopes"]],
  ["no word for an unknown word", "frobnicate", []],
  ["no word for a short word without common letters", "xy", []],
])("suggests %s", (_, word, want) => expect(nearest(word, WORDS)).toEqual(want));

it("suggests at most three equally similar words, each once", () => {
  expect(nearest("drive:v9", ["drive:v1", "drive:v2", "drive:v2", "drive:v3", "drive:v4"])).toEqual([
    "drive:v1",
    "drive:v2",
    "drive:v3",
  ]);
});

it("formats a suggestion as a clause, or as an empty string without suggestions", () => {
  expect(didYouMean("lst", WORDS)).toBe("; did you mean list?");
  expect(didYouMean("lst", [])).toBe("");
});
