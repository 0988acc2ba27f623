/** `--watch`, with the binary. */
import { cp, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, temporaryFolder } from "../../support/folders.js";
import { start } from "../../support/running.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");

describe("discogen generate --watch", () => {
  it("generates again when a document changes or is replaced", async () => {
    const folder = await temporaryFolder();
    await cp(FIXTURE, join(folder, "shelves.json"));
    const { child, printed, ended } = start(folder, "generate", "shelves.json", "--out", "out", "--watch");
    expect(await printed(/Watching/, /1 API,/)).toContain("(2 written)");

    const text = await readFile(FIXTURE, "utf8");
    await writeFile(join(folder, "shelves.json"), text.replace("20260101", "20270101"));
    await printed(/Watching/, /1 API,/);
    expect(await readFile(join(folder, "out/shelves/v1/index.ts"), "utf8")).toContain("20270101");

    await writeFile(join(folder, "beside.json"), text.replace("20260101", "20280101"));
    await rename(join(folder, "beside.json"), join(folder, "shelves.json"));
    await printed(/Watching/, /1 API,/);
    expect(await readFile(join(folder, "out/shelves/v1/index.ts"), "utf8")).toContain("20280101");

    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
  });

  it("continues after an invalid config", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "discogen.config.ts");
    await writeFile(file, 'export default { apis: ["sqladmin:v1beta3"], ouput: "out" };');
    const { child, printed, ended } = start(folder, "generate", "--watch");
    expect(await printed(/Watching/)).toContain("did you mean output?");
    await writeFile(file, 'export default { apis: ["sqladmin:v1beta3"], output: "out" };');
    expect(await printed(/Watching/, /1 API,/)).toContain("(2 written)");
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
  });
});
