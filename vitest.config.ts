import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * Test files that `npm run test:quick` leaves out: those that start processes, compilers or browsers, or use a build or the
 * corpus. Files that are slow for another reason have a comment that starts with `// slow:`.
 */
const SLOW =
  /child_process|worker_threads|support\/(?:browser|discogen|packed|running)\.js|type-check\.js|platform\/run\.js|untrusted-folder\.js|typescript-6|CORPUS|^\/\/ slow:|dist\//m;

/**
 * Test files that replace modules, globals or flags, or share a browser, so other files cannot run in the same process.
 */
const ISOLATED =
  /vi\.(?:mock|doMock|hoisted|resetModules)\(|undici-copies\.js|from "undici|support\/(?:browser|dispatcher)\.js|setFlagsFromString|process\.chdir/;

/** Node loads the built packages as it does for users: Vitest does not transform them. */
const BUILT = { deps: { external: [/\/(?:runtime|generator|generated)\/dist\//] } };

const OPTIONS = {
  // Tests must not use the cache of the user who runs them.
  env: { XDG_CACHE_HOME: pathTo("node_modules/.cache") },
  // End-to-end tests start compilers and servers, on machines with two cores.
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

/** With `--mode quick`, tests use the sources of the packages, so they need no build. */
export default defineConfig(async ({ mode }) => {
  const isQuick = mode === "quick";
  // The only module that the generator's sources import and that has no source here.
  if (isQuick) await import(pathTo("generator/compile-transformation.js"));
  const files = testFiles();
  const slow = files.filter(({ path, text }) => path.startsWith("test/e2e/") || SLOW.test(text));
  const rest = files.filter((file) => !slow.includes(file));
  const shared = rest.filter(({ text }) => !ISOLATED.test(text));
  // Tests of the runtime count sockets, timers and bytes in their process.
  const sharedSlow = slow.filter(({ path, text }) => !path.startsWith("test/runtime/") && !ISOLATED.test(text));
  const isolated = (isQuick ? rest : files).filter((file) => !shared.includes(file) && !sharedSlow.includes(file));
  const project = (name: string, from: readonly TestFile[], isolate: boolean) => ({
    resolve: { alias: isQuick ? [...sources()] : [] },
    test: { ...OPTIONS, server: isQuick ? {} : BUILT, name, include: from.map(({ path }) => path), isolate },
  });
  return {
    test: {
      // Starting a process for each file takes longer than most unit tests.
      projects: [
        project("unit", shared, false),
        project("slow", isQuick ? [] : sharedSlow, false),
        project("process", isolated, true),
      ],
      // Many tests wait for timers, processes and servers. On two cores Vitest would run one file at a time.
      maxWorkers: Math.max(3, availableParallelism() - 1),
    },
  };
});

function pathTo(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

interface TestFile {
  readonly path: string;
  readonly text: string;
}

function testFiles(folder = "test"): readonly TestFile[] {
  return readdirSync(pathTo(folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return /^(?:node_modules|dist|\..*)$/.test(entry.name) ? [] : testFiles(path);
    return path.endsWith(".test.ts") ? [{ path, text: readFileSync(pathTo(path), "utf8") }] : [];
  });
}

/** Entries of the packages, each with its source. */
function sources(): readonly { readonly find: string | RegExp; readonly replacement: string }[] {
  const entries = [
    ...["auth", "files", "names", "retry", "testing"].map((name) => `runtime/${name}`),
    "runtime",
    "generator/mock",
  ];
  const aliases = [...entries, "generator"].map((entry) => {
    const [name = "", path = "index"] = entry.split("/");
    const source = pathTo(`${name}/src/${path}`);
    return {
      find: `@discogen/${entry}`,
      replacement: existsSync(`${source}.ts`) ? `${source}.ts` : `${source}/index.ts`,
    };
  });
  return [
    ...aliases,
    // After a build, the folder of an API has a package.json that leads to the build.
    { find: /^@discogen\/generated\/(.+)$/, replacement: pathTo("generated/$1/index.ts") },
    // The compiled module imports it, too.
    { find: "./type-factory.js", replacement: pathTo("generator/src/emit/type-factory.ts") },
  ];
}
