/** The table of `docs/platforms.md` and the rows of `npm run test:platforms`, which does not run here. */
import { expect, it } from "vitest";
import { ROWS } from "./rows.js";
import { committedLines } from "./table.js";

it("has a line for each row, none of which failed", async () => {
  const lines = await committedLines();
  expect([...lines.keys()]).toEqual(ROWS.map(({ title }) => title));
  expect([...lines.values()].flat()).not.toContain("failed");
});

it("names each row once", () => {
  const names = ROWS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});
