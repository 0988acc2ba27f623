// slow: runs the table of faults, with its timeouts.
/** The table in docs/faults.md matches the behavior. `npm run faults -- --write` updates it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sections } from "../../scripts/faults/cases/index.js";
import type { Fault } from "../../scripts/faults/fault.js";
import { pageOf, rowOf } from "../../scripts/faults/table.js";
import { ROOT } from "../support/folders.js";

const page = await readFile(join(ROOT, "docs/faults.md"), "utf8");
const faults = sections.flatMap((section) => section.faults);
const lines = page.split("\n");
const keyOf = (fault: Fault) => `| ${fault.name} | ${fault.call.name} |`;
const written = new Map(faults.map((fault) => [fault, lines.find((line) => line.startsWith(keyOf(fault))) ?? ""]));

it("has one row for each fault, and no others", () => {
  expect(new Set(faults.map(keyOf)).size).toBe(faults.length);
  expect(page).toBe(pageOf(written));
});

it("reports no leftovers", () => {
  expect(lines.filter((line) => line.includes("| **"))).toEqual([]);
  expect(page).not.toContain("not a DiscogenError");
});

describe.each(sections)("$title", ({ faults }) => {
  it.each(faults.map((fault) => [fault.name, fault.call.name, fault] as const))("%s (%s)", async (_, __, fault) => {
    expect(await rowOf(fault)).toBe(written.get(fault));
  });
});
