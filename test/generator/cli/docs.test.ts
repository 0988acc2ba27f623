import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { discogen } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");

describe("discogen docs", () => {
  it("writes an index, a page for each API, and the renderer", async () => {
    const folder = await temporaryFolder();
    const args = ["docs", "sqladmin:v1beta3", FIXTURE, "--out", "site"];
    const { code, stdout } = await discogen(args, folder);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "sqladmin:v1beta3, shelves:v1 → site/index.html (7 written)\n",
    });
    const found = await readdir(join(folder, "site"), { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    expect(files.map((file) => file.slice(folder.length + 1)).toSorted()).toEqual([
      "site/index.html",
      "site/index.js",
      "site/reference.js",
      "site/scalar.LICENSE.txt",
      "site/scalar.js",
      "site/shelves/v1/index.html",
      "site/sqladmin/v1beta3/index.html",
    ]);
    expect(await readFile(join(folder, "site/scalar.LICENSE.txt"), "utf8")).toContain("MIT License");
    expect((await discogen(args, folder)).stdout).toContain("(unchanged)");
  });

  it("documents the selected methods, and reports an API that has none of them", async () => {
    const folder = await temporaryFolder();
    const args = ["docs", "sqladmin:v1beta3", FIXTURE, "--include", "sql.instances.*", "--out", "site"];
    const { code, stderr } = await discogen(args, folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^error NOTHING_SELECTED .*shelves/m),
    });
    // Without that API the same selection is documented.
    const selected = args.filter((argument) => argument !== FIXTURE);
    expect((await discogen(selected, folder)).code).toBe(0);
    const page = await readFile(join(folder, "site/sqladmin/v1beta3/index.html"), "utf8");
    expect(page).toContain("sql.instances.list");
    expect(page).not.toContain("sql.tiers.list");
  });

  it.each([
    ["no API", ["docs", "--out", "site"], /no API given/],
    ["no output folder", ["docs", "sqladmin:v1beta3"], /--out DIR is required/],
    ["one API twice", ["docs", FIXTURE, FIXTURE, "--out", "site"], /error DUPLICATE_API .*shelves:v1/],
    ["an unknown API", ["docs", "nothing:v1", "--out", "site"], /error UNKNOWN_API/],
    ["a folder that is a file", ["docs", "sqladmin:v1beta3", "--out", FIXTURE], /error OUTPUT_UNWRITABLE/],
  ])("rejects %s", async (_, args, message) => {
    const folder = await temporaryFolder();
    const { code, stdout, stderr } = await discogen(args, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(await readdir(folder)).toEqual([]);
  });
});
