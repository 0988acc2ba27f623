/** Functions for bytes, without functions of the platform. */
import { expect, it, onTestFinished, vi } from "vitest";
import { base64, byteLength, concat, uuid } from "../../../runtime/src/platform/bytes.js";

it.each([
  [[], ""],
  [[255], "/w=="],
  [[0, 1, 254], "AAH+"],
])("the Base64 of %j is %j", (bytes, want) => {
  expect(base64(Uint8Array.from(bytes))).toBe(want);
});

it("returns the length of a text in UTF-8", () => {
  expect(byteLength("a\u00e9\u{1f600}")).toBe(7);
});

it("joins chunks in order", () => {
  expect(concat([Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)], 3)).toEqual(Uint8Array.of(1, 2, 3));
});

it("creates UUIDs of version 4, even without crypto.randomUUID()", () => {
  const { getRandomValues } = globalThis.crypto;
  vi.stubGlobal("crypto", { getRandomValues: getRandomValues.bind(globalThis.crypto) });
  onTestFinished(() => void vi.unstubAllGlobals());
  const made = [uuid(), uuid()];
  expect(new Set(made).size).toBe(2);
  for (const one of made) expect(one).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
