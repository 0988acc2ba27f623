// Bundles modules and declarations: a program that imports the runtime opens three files instead of fifty, both when it
// is compiled and when it starts. `tsc -b` checks the sources.
import { build } from "rolldown";
import { dts } from "rolldown-plugin-dts";

const common = {
  cwd: import.meta.dirname,
  platform: "node",
  // Declarations are written from each source alone, as `isolatedDeclarations` allows: no compiler is needed.
  plugins: [dts({ oxc: true, tsconfig: false })],
};

await build({
  ...common,
  input: { index: "src/index.ts", "auth/index": "src/auth/index.ts" },
  external: /^(?:jose|node:|undici)/,
  output: {
    dir: "dist",
    cleanDir: true,
    chunkFileNames: "shared/[name].js",
    // One chunk for all that several others need: left alone, each set of those would get one of its own.
    codeSplitting: { groups: [{ name: "shared", test: /(?<!\.d)\.ts$/, minShareCount: 2 }] },
  },
});

// What tests need stands on the public surface, so that programs do not open a further file for its sake.
await build({
  ...common,
  input: { "testing/index": "src/testing/index.ts" },
  external: "@discogen/runtime",
  output: { dir: "dist" },
});
