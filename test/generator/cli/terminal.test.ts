import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { progress } from "../../../generator/src/cli/progress.js";
import { styleOf } from "../../../generator/src/cli/style.js";

/** To the first column, and the line emptied. */
const START = "\r\u001b[K";

beforeEach(() => {
  for (const name of ["CI", "FORCE_COLOR", "NO_COLOR"]) vi.stubEnv(name, undefined);
  vi.stubEnv("TERM", "xterm");
});
afterEach(() => vi.unstubAllEnvs());

function stream(isTTY: boolean): NodeJS.WriteStream {
  // All that is used of a terminal.
  return Object.assign(new PassThrough(), { isTTY, columns: 40 }) as unknown as NodeJS.WriteStream;
}

const printedTo = (stream: NodeJS.WriteStream) => String(stream.read() ?? "");

it.each([
  ["on a terminal", true, {}, "\u001b[31mx\u001b[0m"],
  ["not into a file", false, {}, "x"],
  ["not where they are not wanted", true, { NO_COLOR: "1" }, "x"],
  ["not where nobody understands them", true, { TERM: "dumb" }, "x"],
  ["where they are wanted all the same", false, { FORCE_COLOR: "1", NO_COLOR: "1" }, "\u001b[31mx\u001b[0m"],
  ["not where they are forced off", true, { FORCE_COLOR: "0" }, "x"],
  ["in CI that shows them", true, { CI: "true" }, "\u001b[31mx\u001b[0m"],
])("colours: %s", (_, isTTY, env, want) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  expect(styleOf(stream(isTTY)).error("x")).toBe(want);
});

it.each([
  ["of many, on a terminal", true, 4, {}, `${START}${"█".repeat(12)}${"░".repeat(12)} 2/4 drive:v3`],
  ["not of one", true, 1, {}, ""],
  ["not into a file", false, 4, {}, ""],
  ["not in CI", true, 4, { CI: "true" }, ""],
])("a bar: %s", (_, isTTY, total, env, want) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const terminal = stream(isTTY);
  progress(terminal).update(2, total, "drive:v3");
  expect(printedTo(terminal)).toBe(want);
});

it("a bar is no longer than its line, and lets no name move the cursor", () => {
  const terminal = stream(true);
  progress(terminal).update(1, 2, `\u001b[2J${"long".repeat(20)}`);
  const bar = printedTo(terminal).slice(START.length);
  expect(bar).toHaveLength(39);
  expect(bar).not.toContain("\u001b");
});
