/** Expands path templates and rejects values that could reach another resource. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../../runtime/src/index.js";
import { expandPath, parsePath } from "../../../runtime/src/request/path.js";

function expand(
  template: string,
  values: { readonly [name: string]: unknown },
): { readonly path: string; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  return { path: expandPath(parsePath(template), values, faults), faults };
}

describe("expansion", () => {
  it.each([
    [
      "{x} encodes all but unreserved characters",
      "a/{x}",
      { x: "a b/c?d#e%2F+:@!'()*~-._" },
      "a/a%20b%2Fc%3Fd%23e%252F%2B%3A%40%21%27%28%29%2A~-._",
    ],
    [
      "{+x} keeps slashes and encodes the rest",
      "{+name}",
      { name: "projects/p 1/files/a?b#c%2Fd" },
      "projects/p%201/files/a%3Fb%23c%252Fd",
    ],
    ["{/x*} puts a slash before each element", "a{/parts*}", { parts: ["b/c", "d"] }, "a/b%2Fc/d"],
    ["a verb is not changed", "v1/{+name}:cancel", { name: "operations/1" }, "v1/operations/1:cancel"],
    ["a literal dollar is not changed", "$discovery/{x}", { x: "a" }, "$discovery/a"],
    ["names may contain dots", "{project.id}/x", { "project.id": "p" }, "p/x"],
    ["numbers", "{x}", { x: 42 }, "42"],
    ["bigints", "{x}", { x: 12345678901234567890n }, "12345678901234567890"],
    ["booleans", "{x}", { x: false }, "false"],
    ["non-ASCII characters", "{x}", { x: "é😀" }, "%C3%A9%F0%9F%98%80"],
    ["dots with other letters are allowed", "{x}", { x: "..a" }, "..a"],
    ["encoded dots are encoded again", "{x}", { x: "%2e%2e" }, "%252e%252e"],
  ])("%s", (_name, template, values, want) => {
    expect(expand(template, values)).toEqual({ path: want, faults: [] });
  });
});

describe("rejected", () => {
  it.each([
    ["a missing value", "{x}", {}, "is required"],
    ["null", "{x}", { x: null }, "is required"],
    ["empty", "{x}", { x: "" }, "must not be empty"],
    ["one dot", "{x}", { x: "." }, '"."'],
    ["two dots", "{x}", { x: ".." }, '".."'],
    ["two dots between segments", "{+x}", { x: "a/../b" }, '".."'],
    ["an empty segment", "{+x}", { x: "a//b" }, "empty path segment"],
    ["a leading slash", "{+x}", { x: "/a" }, "empty path segment"],
    ["a trailing slash", "{+x}", { x: "a/" }, "empty path segment"],
    ["an object", "{x}", { x: { a: 1 } }, "not an object"],
    ["an array for a single value", "{x}", { x: ["a"] }, "not an array"],
    ["a single value for an array", "a{/x*}", { x: "a" }, "must be an array"],
    ["an empty array", "a{/x*}", { x: [] }, "must not be empty"],
    ["two dots in an array", "a{/x*}", { x: ["a", ".."] }, '".."'],
    ["a symbol", "{x}", { x: Symbol("s") }, "not a symbol"],
    ["NaN", "{x}", { x: Number.NaN }, "finite"],
    ["a number that has lost digits", "{x}", { x: 2 ** 60 }, "2^53"],
    ["half a surrogate pair", "{x}", { x: "a\ud800" }, "surrogate"],
    ["half a surrogate pair in a segment", "{+x}", { x: "b/\udc00" }, "surrogate"],
  ])("%s", (_name, template, values, message) => {
    const { faults } = expand(template, values);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.parameter).toBe("x");
    expect(faults[0]?.message).toContain(message);
  });
});

it.each(["{?x}", "{x*}", "{/x}", "{#x}", "{.x}", "{+x*}"])("rejects the template %s", (template) => {
  expect(() => parsePath(template)).toThrow(TypeError);
});

/** Without half surrogate pairs. */
const isWellFormed = (value: string): boolean => !/\p{Surrogate}/u.test(value);

const text = fc
  .string({ unit: "binary", minLength: 1, maxLength: 20 })
  .filter((value) => isWellFormed(value) && value !== "." && value !== "..");

describe("for any value", () => {
  it("{x} is one segment that decodes to the value", () => {
    fc.assert(
      fc.property(text, (value) => {
        const { path } = expand("a/{x}/b", { x: value });
        const url = new URL(`http://h/${path}`);
        const segments = url.pathname.split("/");
        expect(segments).toHaveLength(4);
        expect(decodeURIComponent(segments[2] ?? "")).toBe(value);
        expect(url.search + url.hash).toBe("");
      }),
    );
  });

  it("{+x} keeps its segments and never reaches the query or another resource", () => {
    const segment = text.map((value) => value.replaceAll("/", "_"));
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        const { path } = expand("a/{+x}:verb", { x: segments.join("/") });
        const url = new URL(`http://h/${path}`);
        expect(url.search + url.hash).toBe("");
        expect(decodeURIComponent(url.pathname)).toBe(`/a/${segments.join("/")}:verb`);
      }),
    );
  });

  it("is either expanded or rejected, and never throws", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const { faults, path } = expand("p/{x}", { x: value });
        expect(faults.length > 0 || /^p\/[\w.~%-]+$/.test(path)).toBe(true);
      }),
    );
  });
});
