/** The linter is part of the house: it holds the direction of imports. */
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { node } from "./support/discogen.js";
import { ROOT, temporaryFolder } from "./support/folders.js";

/** What the linter says of one file in a tree that has our configuration. */
async function lint(path: string, text: string): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const folder = await temporaryFolder();
  await cp(join(ROOT, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
  return node([join(ROOT, "node_modules/oxlint/bin/oxlint"), "--deny-warnings", path], folder);
}

const using = (module: string) => `import { thing } from "${module}";\n\nexport const other = thing;\n`;

describe("imports run downwards", () => {
  it.each([
    ["generator/src/diagnostics.ts", "./report.js"],
    ["generator/src/discovery/read.ts", "../model/build.js"],
    ["generator/src/discovery/read.ts", "../generate.js"],
    ["generator/src/model/build.ts", "../emit/module.js"],
    ["generator/src/openapi/components.ts", "../emit/module.js"],
    ["generator/src/openapi/components.ts", "../discovery/read.js"],
    ["generator/src/emit/module.ts", "../output/write.js"],
    ["generator/src/emit/module.ts", "../discovery/read.js"],
    ["generator/src/output/write.ts", "../emit/module.js"],
    ["generator/src/mock/index.ts", "../emit/module.js"],
    ["generator/src/mock/resources/store.ts", "../../emit/module.js"],
    ["generator/src/mock/resources/store.ts", "../../generate.js"],
    ["generator/src/mock/resources/store.ts", "../api.js"],
    ["generator/src/config/load.ts", "../cli/main.js"],
    ["generator/src/config/load.ts", "../generate.js"],
    ["generator/src/generate.ts", "./cli/main.js"],
    ["runtime/src/index.ts", "@discogen/generator"],
    ["runtime/src/index.ts", "ts-morph"],
    ["runtime/src/index.ts", "undici"],
    ["runtime/src/transport/dispatchers.ts", "undici/lib/dispatcher/agent.js"],
    ["generated/sqladmin/v1beta3/index.ts", "undici"],
    ["generated/sqladmin/v1beta3/index.ts", "../../drive/v3/index.js"],
  ])("%s may not import %s", async (path, module) => {
    const { code, stdout } = await lint(path, using(module));
    expect(stdout).toContain("no-restricted-imports");
    expect(code).toBe(1);
  });

  it.each([
    ["generator/src/model/build.ts", "../discovery/types.js"],
    ["generator/src/emit/schemas.ts", "../openapi/components.js"],
    ["generator/src/cli/generate.ts", "../generate.js"],
    ["generator/src/mock/resources/store.ts", "../json.js"],
    ["generator/src/mock/resources/store.ts", "../requests/fields.js"],
    ["generator/src/mock/resources/store.ts", "../../model/types.js"],
    ["runtime/src/transport/undici/inner.ts", "undici/lib/dispatcher/agent.js"],
    ["generated/sqladmin/v1beta3/index.ts", "@discogen/runtime"],
  ])("%s may import %s", async (path, module) => {
    expect(await lint(path, using(module))).toMatchObject({ code: 0 });
  });
});
