import { expect, it } from "vitest";
import { newerVersions } from "../../scripts/newer-versions.js";

it.each([
  ["nothing newer", "7.30.2", ["7.30.2", "7.30.1", "6.40.0"], []],
  ["a newer patch, minor and major", "7.30.2", ["7.30.3", "7.31.0", "8.0.0"], ["7.31.0", "8.0.0"]],
  ["numbers that do not sort as text", "7.9.9", ["7.10.0", "7.9.10", "10.0.0", "9.0.0"], ["7.10.0", "9.0.0", "10.0.0"]],
  ["versions in any order", "7.30.2", ["8.1.0", "8.0.9", "7.30.10", "7.30.9"], ["7.30.10", "8.1.0"]],
  ["prereleases, which are left out", "7.30.2", ["8.0.0-rc.1", "7.30.3-beta", "latest"], []],
])("returns the newest version of each major: %s", (_what, pinned, versions, want) => {
  expect(newerVersions(pinned, versions)).toEqual(want);
});

it.each(["^7.30.2", "7", "7.30", ""])("throws for a pinned version that is not exact: %s", (pinned) => {
  expect(() => newerVersions(pinned, [])).toThrow(RangeError);
});
