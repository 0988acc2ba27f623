/** Encodes query parameters and rejects invalid values. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fault, ParameterDescriptor } from "../../../runtime/src/index.js";
import { queryOf } from "../../../runtime/src/request/query.js";

function query(
  value: unknown,
  descriptor?: ParameterDescriptor,
  name = "k",
): { readonly text: string; readonly faults: readonly string[] } {
  const faults: Fault[] = [];
  const text = queryOf(name, value, descriptor, faults);
  return { text, faults: faults.map((fault) => `${fault.parameter} ${fault.message}`) };
}

describe("sent", () => {
  it.each<[string, unknown, ParameterDescriptor | undefined, string]>([
    ["a space is %20", "a b", undefined, "&k=a%20b"],
    ["marks are encoded as in RFC 3986", "!'()*~-._+&=", undefined, "&k=%21%27%28%29%2A~-._%2B%26%3D"],
    ["an empty string is a value", "", undefined, "&k="],
    ["undefined is omitted", undefined, undefined, ""],
    ["false", false, undefined, "&k=false"],
    ["a fraction", 1.5, undefined, "&k=1.5"],
    ["minus zero", -0, undefined, "&k=0"],
    ["a bigint", 18446744073709551615n, undefined, "&k=18446744073709551615"],
    ["an array is sent as repeated parameters", ["a", 1, true], { repeated: true }, "&k=a&k=1&k=true"],
    ["an empty array is omitted", [], { repeated: true }, ""],
    ["an integer", 5, { type: "integer" }, "&k=5"],
    ["an integer as text", "-5", { type: "integer" }, "&k=-5"],
    ["a 64-bit integer", 2n ** 63n, { type: "integer" }, "&k=9223372036854775808"],
    ["a large number", 1e21, { type: "number" }, "&k=1e%2B21"],
    ["an integer beyond 2^53 as a number", 2 ** 60, { type: "number" }, "&k=1152921504606847000"],
    ["a small number", 1e-7, { type: "number" }, "&k=1e-7"],
    ["a number as text", "1.5E3", { type: "number" }, "&k=1.5E3"],
    ["true", true, { type: "boolean" }, "&k=true"],
    ["false as text", "false", { type: "boolean" }, "&k=false"],
    ["integers in an array", [1, "2"], { repeated: true, type: "integer" }, "&k=1&k=2"],
    ["a date", new Date(0), { type: "date-time" }, "&k=1970-01-01T00%3A00%3A00.000Z"],
    ["a date as text", "2026-01-01T00:00:00Z", { type: "date-time" }, "&k=2026-01-01T00%3A00%3A00Z"],
    ["a mask as a string", "a,b.c", { mask: true }, "&k=a%2Cb.c"],
    ["a mask as an array of paths", ["a", "b.c"], { mask: true }, "&k=a%2Cb.c"],
    ["a value without the documented shape", "a", { pattern: "^b$" }, "&k=a"],
    ["bounds are inclusive", 100, { minimum: "1", maximum: "100" }, "&k=100"],
    ["64-bit bounds are exact", 18446744073709551615n, { maximum: "18446744073709551615" }, "&k=18446744073709551615"],
  ])("%s", (_name, value, descriptor, want) => {
    expect(query(value, descriptor)).toEqual({ text: want, faults: [] });
  });

  it("names are encoded too", () => {
    expect(query("1", undefined, "$.x y").text).toBe("&%24.x%20y=1");
  });
});

describe("rejected", () => {
  it.each<[string, unknown, ParameterDescriptor | undefined, string]>([
    ["null", null, undefined, "not null: omit it"],
    ["NaN", Number.NaN, undefined, "finite number"],
    ["Infinity", Number.POSITIVE_INFINITY, undefined, "finite number"],
    ["an object", { a: 1 }, undefined, "not an object"],
    ["a date", new Date(0), undefined, "toISOString"],
    ["an array for a single value", ["a"], undefined, "must be a single value, not an array"],
    ["an array for a required single value", ["a"], { required: true }, "must be a single value, not an array"],
    ["a single value for an array", "a", { repeated: true }, "must be an array"],
    ["null in an array", ["a", null], { repeated: true }, "not null"],
    ["an empty array for a required parameter", [], { repeated: true, required: true }, "is required"],
    ["undefined for a required parameter", undefined, { required: true }, "is required"],
    ["null for a required parameter", null, { required: true }, "is required"],
    ["too small", 0, { minimum: "1" }, "at least 1"],
    ["too large", 101, { maximum: "100" }, "at most 100"],
    [
      "too large by one, in 64 bits",
      "18446744073709551616",
      { maximum: "18446744073709551615" },
      "at most 18446744073709551615",
    ],
    ["too large, in an array", [1, 101], { repeated: true, maximum: "100" }, "at most 100"],
    ["text for a parameter with bounds", "ten", { maximum: "100" }, "must be a number"],
    ["not one of the enum values", "c", { enum: ["a", "b"] }, 'one of "a", "b"'],
    ["half a surrogate pair", "\ud800", undefined, "surrogate"],
    ["a fraction for an integer", 1.5, { type: "integer" }, "must be an integer, not"],
    ["a fraction for an integer, as text", "1.5", { type: "integer" }, "must be an integer"],
    ["empty text for an integer", "", { type: "integer" }, "must be an integer"],
    ["a boolean for an integer", true, { type: "integer" }, "must be an integer"],
    ["a fraction among integers", [1, 1.5], { repeated: true, type: "integer" }, "must be an integer"],
    ["an integer beyond the range of a number", 1e21, { type: "integer" }, "pass a bigint or a string"],
    ["text for a number", "ten", { type: "number" }, "must be a number"],
    ["Infinity for a number", Number.POSITIVE_INFINITY, { type: "number" }, "finite number"],
    ["Infinity as text", "Infinity", { type: "number" }, "must be a number"],
    ["NaN for an integer", Number.NaN, { type: "integer" }, "finite number"],
    ["yes for a boolean", "yes", { type: "boolean" }, "must be true or false"],
    ["1 for a boolean", 1, { type: "boolean" }, "must be true or false"],
    ["another case for a boolean", "True", { type: "boolean" }, "must be true or false"],
    ["an invalid date", new Date(Number.NaN), { type: "date-time" }, "is an invalid Date"],
    ["an empty mask", [], { mask: true }, "must not be an empty array"],
    ["a mask with an object", [{}], { mask: true }, "not an object"],
  ])("%s", (_name, value, descriptor, message) => {
    const { faults, text } = query(value, descriptor);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(message);
    expect(faults[0]).toMatch(/^k /);
    expect(text).not.toBe("&k=null");
  });

  it("does not show the value of an invalid key", () => {
    expect(query("s3cret", { enum: ["a"] }, "key").faults.join()).not.toContain("s3cret");
  });
});

/** Without half surrogate pairs. */
const isWellFormed = (value: string): boolean => !/\p{Surrogate}/u.test(value);

it("any text can be decoded from the query", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary", minLength: 1 }), (value, name) => {
      fc.pre(isWellFormed(value) && isWellFormed(name));
      const { text } = query(value, undefined, name);
      expect([...new URLSearchParams(text.slice(1))]).toEqual([[name, value]]);
    }),
  );
});
