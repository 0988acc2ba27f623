/** The error classes. */
import { describe, expect, it, vi } from "vitest";
import * as errors from "../../runtime/src/errors.js";
import { LazyResponse } from "../../runtime/src/decode/api-response.js";

const response = new LazyResponse({ origin: "https://h", path: "/" }, { status: 404, headers: {} });
const samples: readonly (readonly [string, errors.DiscogenError])[] = [
  ["ApiError", new errors.ApiError({ message: "m", status: 404, response })],
  ["ConnectionError", new errors.ConnectionError("m")],
  ["TimeoutError", new errors.TimeoutError("m", 1)],
  ["AbortError", new errors.AbortError("m")],
  ["AuthError", new errors.AuthError("NO_SCOPES", "m")],
  ["InvalidRequestError", new errors.InvalidRequestError("s", [{ parameter: "p", message: "is wrong" }])],
];
const classes = new Map<string, abstract new (...args: never[]) => errors.DiscogenError>([
  ["ApiError", errors.ApiError],
  ["ConnectionError", errors.ConnectionError],
  ["TimeoutError", errors.TimeoutError],
  ["AbortError", errors.AbortError],
  ["AuthError", errors.AuthError],
  ["InvalidRequestError", errors.InvalidRequestError],
]);

describe.each(samples)("%s", (name, error) => {
  it("is a DiscogenError with a code and its own name, and none of the others", () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(errors.DiscogenError);
    expect(error.name).toBe(name);
    expect(error.code).toMatch(/^[A-Z_]+$/);
    expect(String(error.stack)).toMatch(new RegExp(`^${name}: `));
    expect([...classes].filter(([, type]) => error instanceof type).map(([type]) => type)).toEqual([name]);
  });

  it("is an instance of its class in another copy of this package", async () => {
    vi.resetModules();
    const copy: Record<string, unknown> = await import("../../runtime/src/errors.js");
    const other = copy[name];
    expect(other).toBeTypeOf("function");
    expect(other).not.toBe(classes.get(name));
    expect(error).toBeInstanceOf(other);
  });
});

it("a subclass of the user is not an instance of another subclass", () => {
  class Mine extends errors.ConnectionError {}
  expect(new Mine("m")).toBeInstanceOf(errors.ConnectionError);
  expect(new Mine("m")).toBeInstanceOf(Mine);
  expect(new errors.ConnectionError("m")).not.toBeInstanceOf(Mine);
});

it.each([null, undefined, 1, "x", {}, new Error("x")])("%o is not an instance of them", (value) => {
  expect((value as unknown) instanceof errors.DiscogenError).toBe(false);
});

it("lists every fault in the message", () => {
  const error = new errors.InvalidRequestError("library.books.get", [
    { parameter: "book", message: "is required" },
    { parameter: "size", message: "must be at most 100" },
  ]);
  expect(error.message).toBe("library.books.get: book is required; size must be at most 100");
});
