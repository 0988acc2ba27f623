import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // Many tests wait for processes and servers. On two cores Vitest would run one file at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Built packages are loaded by Node as they are, as users load them.
    server: { deps: { external: [/\/(?:runtime|generator|generated)\/dist\//] } },
    // What the command keeps for its next run is kept out of the home of whoever runs the tests.
    env: { XDG_CACHE_HOME: fileURLToPath(new URL("node_modules/.cache", import.meta.url)) },
    // End-to-end tests start compilers and servers of their own, on machines with two cores.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
