import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { discogen } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");

/** The fixture with one text for another. */
async function changed(from: string, to: string): Promise<string> {
  const text = await readFile(FIXTURE, "utf8");
  if (!text.includes(from)) throw new Error(`the fixture does not contain ${from}`);
  const file = join(await temporaryFolder(), "shelves.json");
  await writeFile(file, text.replace(from, to));
  return file;
}

const breaking = () => changed('"enum": ["LEFT", "RIGHT"]', '"enum": ["LEFT", "*up*`"]');
const additive = () => changed('"side": {', '"height": { "type": "integer" },\n"side": {');

describe("discogen diff", () => {
  it("prints changes, breaking ones first", async () => {
    const { code, stdout, stderr } = await discogen(["diff", FIXTURE, await breaking()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`shelves:v1 (20260101) → shelves:v1 (20260101)

breaking
  property ShelfPlaceCorner.side no longer has the value "RIGHT"

additive
  property ShelfPlaceCorner.side has the value "*up*\`"

1 breaking, 1 additive: requires a major version
`);
  });

  it("escapes text of a document in Markdown", async () => {
    const { stdout } = await discogen(["diff", FIXTURE, await breaking(), "--reporter", "markdown"]);
    expect(stdout).toBe(`## shelves:v1 \\(20260101\\) → shelves:v1 \\(20260101\\)

### breaking

- property \`ShelfPlaceCorner.side\` no longer has the value "RIGHT"

### additive

- property \`ShelfPlaceCorner.side\` has the value "\\*up\\*\\\`"

1 breaking, 1 additive: requires a major version
`);
  });

  it("prints one JSON object with --reporter json", async () => {
    const { code, stdout } = await discogen([
      "diff",
      FIXTURE,
      await additive(),
      "--reporter",
      "json",
      "--fail-on",
      "any",
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      before: { id: "shelves:v1", revision: "20260101" },
      after: { id: "shelves:v1", revision: "20260101" },
      semver: "minor",
      counts: { breaking: 0, additive: 1, documentation: 0 },
      diagnostics: expect.arrayContaining([expect.objectContaining({ severity: "warning", code: "RENAMED" })]),
      changes: [
        {
          class: "additive",
          subject: "property",
          aspect: "added",
          name: "ShelfPlaceCorner.height",
          pointer: "/schemas/Shelf/properties/place/properties/corner/properties/height",
          message: "is new",
        },
      ],
    });
  });

  it.each([
    ["breaking changes", breaking, "breaking", 1],
    ["no breaking changes", additive, "breaking", 0],
    ["any change", additive, "any", 1],
    ["no change", async () => FIXTURE, "any", 0],
  ] as const)("can fail on %s", async (_, after, failOn, want) => {
    expect(await discogen(["diff", FIXTURE, await after(), "--fail-on", failOn])).toMatchObject({ code: want });
  });

  it.each([
    ["one document", [FIXTURE], /takes two APIs, not 1/],
    ["three documents", [FIXTURE, FIXTURE, FIXTURE], /takes two APIs, not 3/],
    ["an unknown reporter", [FIXTURE, FIXTURE, "--reporter", "xml"], /text or json or markdown, not "xml"/],
    ["an unknown class", [FIXTURE, FIXTURE, "--fail-on", "all"], /breaking or any, not "all"/],
    ["a document that does not exist", [FIXTURE, "gone.json"], /gone\.json/],
  ])("refuses %s", async (_, args, message) => {
    const { code, stderr, stdout } = await discogen(["diff", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});
