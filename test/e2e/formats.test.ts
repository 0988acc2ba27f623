/** The packed packages with all ways to resolve modules and their types. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkPackage } from "@arethetypeswrong/core";
import { describe, expect, it } from "vitest";
import { COMPILERS, type Compiler } from "../../scripts/type-check.js";
import { node } from "../support/discogen.js";
import { temporaryFolder } from "../support/folders.js";
import { packed, pathsOf, unpack } from "../support/packed.js";

/** Creates a folder where both packages are installed, without their dependencies. */
async function consumer(type: "commonjs" | "module"): Promise<string> {
  const folder = await temporaryFolder();
  await unpack(folder, [await packed("runtime"), await packed("generated")]);
  await writeFile(join(folder, "package.json"), JSON.stringify({ type }));
  return folder;
}

const MODES = ["node10", "node16-cjs", "node16-esm", "bundler"] as const;

describe("are-the-types-wrong", () => {
  it.each([
    ["runtime", [".", "./auth", "./files", "./names", "./retry", "./testing"]],
    ["generated", ["./sqladmin/v1", "./sqladmin/v1beta3"]],
  ])("finds types and modules of the same format for every entry of %s", async (name, expected) => {
    const found = await packed(name);
    const result = await checkPackage(found, name === "generated" ? { entrypoints: [...expected] } : {});
    if (result.types === false) throw new Error("the package has no types");
    expect(result.problems).toEqual([]);
    const entries = Object.keys(result.entrypoints).filter((path) => path !== "./package.json");
    expect(entries.toSorted()).toEqual(expected);
    const types = entries.flatMap((path) =>
      MODES.map((mode) => [path, mode, result.entrypoints[path]?.resolutions[mode].resolution?.fileName ?? "none"]),
    );
    const format = { node10: ".d.cts", "node16-cjs": ".d.cts", "node16-esm": ".d.ts", bundler: ".d.ts" };
    expect(types.map(([path, mode, file = ""]) => [path, mode, /\.d\.c?ts$|$/.exec(file)?.[0]])).toEqual(
      entries.flatMap((path) => MODES.map((mode) => [path, mode, format[mode]])),
    );
  });

  it("finds problems of a package that has some", async () => {
    const { problems } = Object.assign({ problems: [] }, await checkPackage(await packed("generator")));
    expect(problems).not.toEqual([]);
  });
});

describe("a package", () => {
  it.each([
    [
      "runtime",
      /^(?:README\.md|LICENSE|THIRD_PARTY_NOTICES|(?:(?:auth|files|names|retry|testing)\/)?package\.json|dist\/(?:cjs|esm|web)\/.+)$/,
    ],
    ["generated", /^(?:README\.md|LICENSE|(?:[\w-]+\/[\w-]+\/)?package\.json|dist\/.+\.(?:js|cjs|d\.ts|d\.cts))$/],
  ])("%s contains its builds and no sources", async (name, allowed) => {
    expect(pathsOf(await packed(name)).filter((path) => !allowed.test(path))).toEqual([]);
  });

  it("runtime contains the licenses of the packages compiled into it", async () => {
    const text = (await packed("runtime")).readFile("/node_modules/@discogen/runtime/THIRD_PARTY_NOTICES");
    const titles = text.split("\n").filter((line) => /^\w+(?: [\d.]+)?: /.test(line));
    expect(titles.map((line) => line.replace(/[ :].*/, ""))).toEqual(["undici", "llhttp", "jose"]);
    for (const holder of ["Matteo Collina", "Fedor Indutny", "Filip Skokan"])
      expect(text).toMatch(new RegExp(`^Copyright .*${holder}`, "m"));
    expect(text.match(/Permission is hereby granted, free of charge/g)).toHaveLength(3);
  });

  it.each(["runtime", "generated"])("%s exposes no types of the packages compiled into it", async (name) => {
    const found = await packed(name);
    const declarations = found.listFiles().filter((file) => /\.d\.c?ts$/.test(file));
    expect(declarations).not.toEqual([]);
    const imported = declarations.flatMap((file) =>
      [...found.readFile(file).matchAll(/\bfrom "([^".][^"]*)"/g)].map(([, specifier]) => specifier),
    );
    expect(imported.filter((specifier) => specifier !== "@discogen/runtime")).toEqual([]);
  });
});

describe("entries of the runtime", () => {
  const builds = [
    ["node", "esm", "cjs"],
    ["workerd", "web", "web"],
    ["edge-light", "web", "web"],
    ["worker", "web", "web"],
    ["browser", "web", "web"],
  ] as const;

  it.each(builds)("with the condition %s are in dist/%s, and for require in dist/%s", async (condition, esm, cjs) => {
    const folder = await consumer("module");
    const program = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
for (const path of ["", "/auth", "/testing"])
  for (const url of [import.meta.resolve("@discogen/runtime" + path), require.resolve("@discogen/runtime" + path)])
    console.log(url.replace(/.*\\/dist\\//, ""));
`;
    await writeFile(join(folder, "program.js"), program);
    const { stdout, stderr } = await node([`--conditions=${condition}`, "program.js"], folder);
    expect(stderr).toBe("");
    expect(stdout.trim().split("\n")).toEqual(
      ["index", "auth/index", "testing/index"].flatMap((name) => [`${esm}/${name}.js`, `${cjs}/${name}.cjs`]),
    );
  });
});

const PROGRAM = `import { SQLAdminClient, type DatabaseInstance, type InstancesListParams } from "@discogen/generated/sqladmin/v1beta3";
import { ApiError, type ClientOptions, type Transport } from "@discogen/runtime";
import { type Credentials, ServiceAccountCredentials } from "@discogen/runtime/auth";
import { shownName } from "@discogen/runtime/names";
import { createMockTransport } from "@discogen/runtime/testing";

export async function main(params: InstancesListParams): Promise<readonly (string | undefined)[]> {
  const auth = await ServiceAccountCredentials.fromFile("key.json", { scopes: SQLAdminClient.scopes });
  const transport: Transport = createMockTransport(SQLAdminClient, { "sql.instances.list": () => ({ items: [] }) });
  const options: ClientOptions = { auth, transport };
  const { items = [] } = await new SQLAdminClient(options).instances.list(params);
  const states: readonly DatabaseInstance["state"][] = items.map(({ state }) => state);
  // @ts-expect-error: missing types would be any
  const wrong: number = items[0]?.instance;
  return [...states, shownName(String(wrong))];
}

export function statusOf(error: unknown, credentials: Credentials): number | string | undefined {
  if (credentials instanceof ServiceAccountCredentials) return credentials.email;
  return error instanceof ApiError ? error.status : undefined;
}
`;

const node16 = { module: "node16" };
const nodenext = { module: "nodenext" };
const bundler = { module: "esnext", moduleResolution: "bundler" };
const node10 = { module: "commonjs", moduleResolution: "node10" };
const commonjs = { module: "commonjs", moduleResolution: "bundler" };

/** The settings of each compiler: 6.0 deprecates node10 and adds bundler for CommonJS, 7.0 removes node10. */
const SETTINGS: readonly (readonly [Compiler, "commonjs" | "module", readonly object[]])[] = [
  ["5.9", "commonjs", [node10, node16, nodenext, bundler]],
  ["6.0", "commonjs", [{ ...node10, ignoreDeprecations: "6.0" }, node16, nodenext, commonjs]],
  ["7.0", "commonjs", [node16, nodenext, bundler, commonjs]],
  ["7.0", "module", [node16, { module: "preserve" }, bundler]],
];

describe("a program", () => {
  it.each(SETTINGS)("compiles under TypeScript %s in a package of type %s", async (compiler, type, every) => {
    const folder = await consumer(type);
    await writeFile(join(folder, "program.ts"), PROGRAM);
    for (const options of every) {
      const compilerOptions = {
        target: "es2022",
        lib: ["es2022"],
        types: [],
        noEmit: true,
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: compiler !== "7.0",
        ...options,
      };
      await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
      const { stdout } = await node([COMPILERS[compiler], "-p", folder], folder);
      expect({ options, stdout }).toEqual({ options, stdout: "" });
    }
  });
});
