import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { discogen } from "../../support/discogen.js";
import { temporaryFolder } from "../../support/folders.js";

describe("discogen openapi", () => {
  it("prints the document and nothing else", async () => {
    const { code, stdout, stderr } = await discogen(["openapi", "sqladmin:v1beta3"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      openapi: "3.1.0",
      info: { version: "v1beta3", "x-google-revision": "20150330" },
      paths: { "/sql/v1beta3/projects/{project}/instances": { get: { operationId: "sql.instances.list" } } },
    });
  });

  it("writes a file only if it changed", async () => {
    const folder = await temporaryFolder();
    const args = ["openapi", "sqladmin:v1beta3", "--out", "new/api.json"];
    expect(await discogen(args, folder)).toEqual({
      code: 0,
      stdout: "sqladmin:v1beta3 → new/api.json (written)\n",
      stderr: "",
    });
    expect(await readFile(join(folder, "new/api.json"), "utf8")).toBe(
      (await discogen(["openapi", "sqladmin:v1beta3"])).stdout,
    );
    expect((await discogen(args, folder)).stdout).toContain("(unchanged)");
  });

  it.each([
    ["--include", "sql.instances.*", "--exclude", "*.insert"],
    ["--exclude", "*.insert", "--include", "sql.instances.*"],
  ])("includes the methods that %s %s %s %s selects, and their types", async (...selection) => {
    const { code, stdout } = await discogen(["openapi", "sqladmin:v1beta3", ...selection]);
    const { paths, components } = JSON.parse(stdout);
    expect(code).toBe(0);
    const operations = Object.values<object>(paths).flatMap((path) => Object.values(path));
    const ids = operations.map((operation: object) => Reflect.get(operation, "operationId"));
    expect(ids).toContain("sql.instances.list");
    expect(ids.filter((id) => !/^sql\.instances\.(?!insert$)/.test(id))).toEqual([]);
    expect(Object.keys(components.schemas)).toContain("DatabaseInstance");
    expect(Object.keys(components.schemas)).not.toContain("TiersListResponse");
  });

  it.each([
    ["no API", ["openapi"], /takes one API, not 0/],
    ["two APIs", ["openapi", "a:v1", "b:v1"], /takes one API, not 2/],
    ["an unknown API", ["openapi", "nothing:v1"], /error UNKNOWN_API/],
    ["a path that cannot be written", ["openapi", "sqladmin:v1beta3", "--out", "folder"], /error OUTPUT_UNWRITABLE/],
    ["JSON that is not a Discovery document", ["openapi", "bad.json"], /error NOT_A_DISCOVERY_DOCUMENT/],
  ] as const)("rejects %s", async (_, args, message) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "folder"));
    await writeFile(join(folder, "bad.json"), "{}");
    const { code, stdout, stderr } = await discogen(args, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});
