/** Untrusted JSON. */
import { describe, expect, it } from "vitest";
import { isDeeperThan, type JsonObject, merge, own, parseJson } from "../../../generator/src/mock/json.js";

describe("merge", () => {
  // RFC 7396, appendix A, for two objects.
  it.each<[target: JsonObject, patch: JsonObject, want: JsonObject]>([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("%j with %j is %j", (target, patch, want) => {
    expect(merge(target, patch)).toEqual(want);
  });

  it("treats __proto__ as an ordinary name", () => {
    const patch = parseJson('{"__proto__":{"a":1}}');
    const merged = merge({}, patch as JsonObject);
    expect(Object.keys(merged)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });
});

describe("own", () => {
  it("ignores inherited properties", () => {
    expect(own({}, "constructor")).toBeUndefined();
    expect(own({ constructor: 1 }, "constructor")).toBe(1);
  });
});

describe("isDeeperThan", () => {
  it.each([
    [0, "1", false],
    [0, "{}", true],
    [1, '{"a":1}', false],
    [1, '{"a":{}}', true],
    [2, '{"a":[1]}', false],
    [3, "[[[[1]]]]", true],
  ])("more than %i levels in %s: %s", (limit, text, want) => {
    expect(isDeeperThan(limit, parseJson(text) ?? null)).toBe(want);
  });
});
