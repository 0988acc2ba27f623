// Bundles modules and declarations: a program that imports the runtime opens three files instead of fifty, both when it
// is compiled and when it starts. `tsc -b` checks the sources.
import { build } from "rolldown";
import { dts } from "rolldown-plugin-dts";

await build({
  cwd: import.meta.dirname,
  input: { index: "src/index.ts", "auth/index": "src/auth/index.ts" },
  platform: "node",
  external: /^(?:jose|node:|undici)/,
  // Declarations are written from each source alone, as `isolatedDeclarations` allows: no compiler is needed.
  plugins: [dts({ oxc: true, tsconfig: false })],
  output: {
    dir: "dist",
    cleanDir: true,
    chunkFileNames: "shared/[name].js",
    // One chunk for all that several others need: left alone, each set of those would get one of its own.
    codeSplitting: { groups: [{ name: "shared", test: /(?<!\.d)\.ts$/, minShareCount: 2 }] },
  },
});
