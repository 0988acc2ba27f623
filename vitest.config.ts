import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * Test files that `npm run test:quick` leaves out: those that start processes, compilers or browsers, use a build or the
 * corpus, or change what other files share. Files that are slow for another reason say so in a comment that starts with `// slow:`.
 */
const SLOW =
  /child_process|worker_threads|support\/(?:browser|discogen|packed|running)\.js|type-check\.js|platform\/run\.js|stranger\.js|undici-copies\.js|typescript-6|CORPUS|^\/\/ slow:|dist\//m;

/** With `--mode quick`, tests use the sources of the packages, so they need no build. */
export default defineConfig(({ mode }) => ({
  resolve: { alias: mode === "quick" ? sources() : {} },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", ...(mode === "quick" ? ["test/e2e/**", ...slowFiles()] : [])],
    // Starting a process for each file costs more than the quick tests.
    isolate: mode !== "quick",
    // Many tests wait for processes and servers. On two cores Vitest would run one file at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Node loads the built packages as it does for users: Vitest does not transform them.
    server: { deps: { external: [/\/(?:runtime|generator|generated)\/dist\//] } },
    // Tests must not use the cache of the user who runs them.
    env: { XDG_CACHE_HOME: pathTo("node_modules/.cache") },
    // End-to-end tests start compilers and servers, on machines with two cores.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
}));

function pathTo(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function slowFiles(): string[] {
  return readdirSync(pathTo("test"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts") && SLOW.test(readFileSync(pathTo(`test/${file}`), "utf8")))
    .map((file) => `test/${file.replaceAll("\\", "/")}`);
}

/** Entries of the packages, each with its source. */
function sources(): Record<string, string> {
  const entries = ["runtime/auth", "runtime/files", "runtime/names", "runtime/testing", "runtime", "generator/mock"];
  const aliases = [...entries, "generator"].map((entry) => {
    const [name = "", path = "index"] = entry.split("/");
    const source = pathTo(`${name}/src/${path}`);
    return [`@discogen/${entry}`, existsSync(`${source}.ts`) ? `${source}.ts` : `${source}/index.ts`];
  });
  return { ...Object.fromEntries(aliases), "@discogen/generated": pathTo("generated") };
}
