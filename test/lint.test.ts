/** The linter enforces the direction of imports. `imports.test.ts` covers what it cannot see. */
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { node } from "./support/discogen.js";
import { ROOT, temporaryFolder } from "./support/folders.js";

const valueImport = (module: string) => `import { thing } from "${module}";\n\nexport const other = thing;\n`;
const typeImport = (module: string) => `import type { Thing } from "${module}";\n\nexport type Other = Thing;\n`;
const lazyImport = (module: string) => `export const other = () => import("${module}");\n`;
const reexport = (module: string) => `export { thing } from "${module}";\n`;

interface Row {
  readonly path: string;
  readonly module: string;
}

/** Lints one file for each row in one run. Returns the names of the rules that each file breaks. */
async function lint(rows: readonly Row[], importOf: (module: string) => string): Promise<readonly string[][]> {
  const folder = await temporaryFolder();
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
  await Promise.all(
    rows.map(async ({ module, path }, index) => {
      const file = join(folder, `row-${String(index)}`, path);
      await mkdir(dirname(file), { recursive: true });
      // Each row is a separate repository, so patterns of paths apply as they do here.
      await cp(join(ROOT, ".oxlintrc.json"), join(folder, `row-${String(index)}`, ".oxlintrc.json"));
      await writeFile(file, importOf(module));
    }),
  );
  const { stdout } = await node(
    [join(ROOT, "node_modules/oxlint/bin/oxlint"), "--deny-warnings", "--format", "json", ...rowsOf(rows)],
    folder,
  );
  const { diagnostics } = JSON.parse(stdout) as {
    readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
  };
  return rows.map((_, index) =>
    diagnostics
      .filter(({ filename }) => filename.replaceAll("\\", "/").startsWith(`row-${String(index)}/`))
      .map(({ code }) => code),
  );
}

function rowsOf(rows: readonly Row[]): readonly string[] {
  return rows.map((_, index) => `row-${String(index)}`);
}

function table(text: string): readonly Row[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [path = "", module = ""] = line.trim().split(/\s+/);
      return { path, module };
    });
}

const refused = table(`
  generator/src/diagnostics.ts              ./report.js
  generator/src/discovery/read.ts           ../model/build.js
  generator/src/discovery/read.ts           ../generate.js
  generator/src/model/build.ts              ../emit/module.js
  generator/src/openapi/components.ts       ../emit/module.js
  generator/src/openapi/components.ts       ../discovery/read.js
  generator/src/emit/module.ts              ../output/write.js
  generator/src/emit/module.ts              ../discovery/read.js
  generator/src/output/write.ts             ../emit/module.js
  generator/src/mock/index.ts               ../emit/module.js
  generator/src/mock/resources/store.ts     ../../emit/module.js
  generator/src/mock/resources/store.ts     ../../generate.js
  generator/src/mock/resources/store.ts     ../api.js
  generator/src/config/load.ts              ../cli/main.js
  generator/src/config/load.ts              ../generate.js
  generator/src/generate.ts                 ./cli/main.js
  runtime/src/index.ts                      @discogen/generator
  runtime/src/index.ts                      ts-morph
  runtime/src/index.ts                      undici
  runtime/src/call/send.ts                  ../../../generator/src/generate.js
  runtime/src/call/send.ts                  typescript
  runtime/src/transport/dispatchers.ts      undici/lib/dispatcher/agent.js
  runtime/src/errors.ts                     ./decode/api-response.js
  runtime/src/redact.ts                     ./transport/transport.js
  runtime/src/method.ts                     ./index.js
  runtime/src/platform/node/decode.ts       ../../transport/decode.js
  runtime/src/platform/gcloud.ts            ../files.js
  runtime/src/request/build.ts              ../call/options.js
  runtime/src/request/headers.ts            ../transport/transport.js
  runtime/src/transport/failure.ts          ../decode/api-error.js
  runtime/src/transport/node/decode.ts      ../../policy/wait.js
  runtime/src/decode/read.ts                ../policy/retry.js
  runtime/src/policy/retry.ts               ../auth/credentials.js
  runtime/src/policy/retry.ts               ../call/core.js
  runtime/src/policy/retry.ts               ../response/api-promise.js
  runtime/src/auth/endpoint.ts              ../call/send.js
  runtime/src/auth/external/sts.ts          ../../response/paged.js
  runtime/src/call/send.ts                  ../response/api-promise.js
  runtime/src/call/core.ts                  ../client/core.js
  runtime/src/response/begin.ts             ../media/upload.js
  runtime/src/response/begin.ts             ../index.js
  runtime/src/media/upload.ts               ../client/client.js
  runtime/src/client/methods.ts             ../media/upload.js
  runtime/src/client/methods.ts             ../batch/batch.js
  runtime/src/batch/batch.ts                ../testing/mock-transport.js
  runtime/src/testing/mock-transport.ts     ../testing.js
  generated/sqladmin/v1beta3/index.ts       undici
  generated/sqladmin/v1beta3/index.ts       ../../drive/v3/index.js
`);

const allowed = table(`
  generator/src/model/build.ts              ../discovery/types.js
  generator/src/emit/schemas.ts             ../openapi/components.js
  generator/src/cli/generate.ts             ../generate.js
  generator/src/mock/resources/store.ts     ../json.js
  generator/src/mock/resources/store.ts     ../requests/fields.js
  generator/src/mock/resources/store.ts     ../../model/types.js
  runtime/src/index.ts                      ./client/client.js
  runtime/src/errors.ts                     ./redact.js
  runtime/src/platform/node/files.ts        ../../redact.js
  runtime/src/policy/retry.ts               ../decode/read.js
  runtime/src/auth/external/sts.ts          ../../transport/transport.js
  runtime/src/call/send.ts                  ../auth/credentials.js
  runtime/src/batch/batch.ts                ../client/client.js
  runtime/src/testing/mock-transport.ts     @discogen/runtime
  runtime/src/transport/undici/inner.ts     undici/lib/dispatcher/agent.js
  generated/sqladmin/v1beta3/index.ts       @discogen/runtime
`);

const nameOf = ({ module, path }: Row): string => `${path} imports ${module}`;

describe.each([
  ["a value import", valueImport],
  ["a type import", typeImport],
  ["a lazy import", lazyImport],
  ["a re-export", reexport],
])("%s", (_kind, importOf) => {
  it("that runs upwards is refused", async () => {
    const codes = await lint(refused, importOf);
    const passed = refused.filter(
      (_, index) => codes[index]?.some((code) => code.includes("no-restricted-imports")) !== true,
    );
    expect(passed.map(nameOf)).toEqual([]);
  });

  it("that runs downwards is allowed", async () => {
    const codes = await lint(allowed, importOf);
    expect(allowed.filter((_, index) => codes[index]?.length !== 0).map(nameOf)).toEqual([]);
  });
});
