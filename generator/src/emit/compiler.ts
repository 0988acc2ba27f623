/**
 * ts-morph, and the compiler that it brings, which serves openapi-typescript as well: to load a second one would take
 * longer than a small API takes altogether.
 */
import { createRequire } from "node:module";
import type { transformSchemaObject as TransformSchemaObject } from "openapi-typescript";
import type * as TsMorph from "ts-morph";
import type TypeScript from "typescript";

// Through `import` Node would first scan these CommonJS files for export names, which takes longer than running them;
// and the entry of openapi-typescript would load its OpenAPI linter, which has nothing to do here.
const require = createRequire(import.meta.url);
const TRANSFORM = "openapi-typescript/dist/transform/schema-object.cjs";

export const tsMorph = require("ts-morph") as typeof TsMorph;

// The same compiler, declared twice.
export const ts = tsMorph.ts as unknown as typeof TypeScript;

export const transformSchemaObject = withCompiler(
  () => (require(TRANSFORM) as { readonly default: typeof TransformSchemaObject }).default,
);

/** Has what is loaded meanwhile find this compiler where it looks for its own, whichever version that would be. */
function withCompiler<Loaded>(load: () => Loaded): Loaded {
  const place = createRequire(require.resolve(TRANSFORM)).resolve("typescript");
  const other = require.cache[place];
  // All that Node reads of a module that is loaded.
  require.cache[place] = { exports: ts, loaded: true } as NodeJS.Module;
  try {
    return load();
  } finally {
    if (other === undefined) delete require.cache[place];
    else require.cache[place] = other;
  }
}
