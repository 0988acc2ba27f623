import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // End-to-end tests start compilers and servers of their own, on machines with two cores.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
