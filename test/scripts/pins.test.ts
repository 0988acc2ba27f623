import { describe, expect, it } from "vitest";
import { newerOf, pinsOf } from "../../scripts/pins.js";

describe("pinsOf", () => {
  it("returns exact versions once, by the name in the registry", () => {
    const pins = pinsOf([
      { dependencies: { jose: "^6.0.0", "ts-morph": "28.0.0" }, devDependencies: { "undici-6": "npm:undici@6.29.1" } },
      { devDependencies: { undici: "7.30.2", "ts-morph": "28.0.0", "@scope/a": "npm:@scope/b@1.2.3", c: "*" } },
      {},
    ]);
    expect(pins.map(({ name, version }) => `${name} ${version}`)).toEqual([
      "@scope/b 1.2.3",
      "ts-morph 28.0.0",
      "undici 6.29.1",
      "undici 7.30.2",
    ]);
  });
});

describe("newerOf", () => {
  it.each([
    ["7.30.2", ["6.0.0", "7.30.2", "7.31.0", "7.30.10", "8.0.0", "9.0.0-rc.1"], "7.31.0", "8.0.0"],
    ["7.30.2", ["7.30.1", "7.30.2", "7.31.0-beta.1"], undefined, undefined],
    ["1.2.3", ["10.0.0", "1.2.3"], undefined, "10.0.0"],
  ])("of %s in %j is %s with the same major version, and %s", (version, versions, sameMajor, latest) => {
    expect(newerOf({ name: "a", version }, versions)).toEqual({ sameMajor, latest });
  });
});
