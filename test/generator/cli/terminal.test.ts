import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { progress } from "../../../generator/src/cli/progress.js";
import { styleOf } from "../../../generator/src/cli/style.js";
import { testTerminal } from "../../support/terminal.js";

/** Moves the cursor to the first column and clears the line. */
const START = "\r\u001b[K";

/** What `progress` prints to standard error. */
function bar(isTTY: boolean, env: object, done: number, total: number, name: string): string {
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 40 });
  const { terminal } = testTerminal({ env: { TERM: "xterm", ...env }, stderr });
  progress(terminal).update(done, total, name);
  return String(stderr.read() ?? "");
}

describe("colors", () => {
  it.each([
    ["are used on a terminal", true, {}, "\u001b[31mx\u001b[0m"],
    ["are not used in a file", false, {}, "x"],
    ["are off with NO_COLOR", true, { NO_COLOR: "1" }, "x"],
    ["are off on a dumb terminal", true, { TERM: "dumb" }, "x"],
    [
      "are on with FORCE_COLOR, with and without NO_COLOR",
      false,
      { FORCE_COLOR: "1", NO_COLOR: "1" },
      "\u001b[31mx\u001b[0m",
    ],
    ["are off with FORCE_COLOR=0", true, { FORCE_COLOR: "0" }, "x"],
    ["are used in CI that shows a terminal", true, { CI: "true" }, "\u001b[31mx\u001b[0m"],
  ])("%s", (_, isTTY, env, want) => {
    expect(styleOf(Object.assign(new PassThrough(), { isTTY }), { TERM: "xterm", ...env }).error("x")).toBe(want);
  });
});

describe("the progress bar", () => {
  it.each([
    ["is shown for several APIs on a terminal", true, 4, {}, `${START}${"█".repeat(12)}${"░".repeat(12)} 2/4 drive:v3`],
    ["is not shown for one API", true, 1, {}, ""],
    ["is not written to a file", false, 4, {}, ""],
    ["is not shown in CI", true, 4, { CI: "true" }, ""],
  ])("%s", (_, isTTY, total, env, want) => {
    expect(bar(isTTY, env, 2, total, "drive:v3")).toBe(want);
  });

  it("fits in its line, and prints no control characters of a name", () => {
    const printed = bar(true, {}, 1, 2, `\u001b[2J${"long".repeat(20)}`).slice(START.length);
    expect(printed).toHaveLength(39);
    expect(printed).not.toContain("\u001b");
  });
});
