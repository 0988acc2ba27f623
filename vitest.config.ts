import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests that start processes, compilers or browsers, or that check what a build writes. */
const SLOW = [
  "test/*.test.ts",
  "test/{e2e,platforms,types}/**",
  "test/generator/cli/!(terminal|foreign-hosts).test.ts",
  "test/generator/{build,content-only,generate,incremental,odd-documents,patch,two-runs}.test.ts",
];

/** With `--mode quick`, tests use the sources of the packages, so they need no build. */
export default defineConfig(({ mode }) => ({
  resolve: { alias: mode === "quick" ? sources() : {} },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", ...(mode === "quick" ? SLOW : [])],
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
