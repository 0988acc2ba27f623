// Compiles openapi-typescript's transformation of schemas into `dist/emit/openapi-typescript.js`, from the exactly pinned
// version. Users then install neither that package, whose linter of OpenAPI documents is never called here, nor a
// compiler: the transformation makes the nodes of `src/emit/type-factory.ts`.
//
// This is the only file that names a module inside openapi-typescript. The package exports that path.
import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "rolldown";

const TRANSFORMATION = "openapi-typescript/dist/transform/schema-object.mjs";
const root = import.meta.dirname;

/** What the transformation imports from other packages: module → text that is compiled in its place. */
const replaced = {
  typescript: 'import * as ts from "./type-factory.js"; export default ts;',
  // References are `#/Name`, and no name needs an escape.
  "@redocly/openapi-core/lib/ref-utils.js": `
    export const parseRef = (ref) => ({ pointer: ref.startsWith("#/") ? ref.slice(2).split("/") : [] });
    export const escapePointer = (part) => part;`,
  // Colors of its messages.
  "ansi-colors": "export default {};",
  "supports-color": "export default {};",
};

const replacements = {
  name: "replacements",
  resolveId(id) {
    if (id === "./type-factory.js") return { id, external: true };
    return Object.hasOwn(replaced, id) ? `\0${id}` : undefined;
  },
  load: (id) => (id.startsWith("\0") ? replaced[id.slice(1)] : undefined),
};

await build({
  cwd: root,
  platform: "node",
  input: { "openapi-typescript": "transformation" },
  plugins: [
    {
      name: "entry",
      resolveId: (id) => (id === "transformation" ? id : undefined),
      load: (id) =>
        id === "transformation" ? `export { default as transformSchemaObject } from "${TRANSFORMATION}";` : undefined,
    },
    replacements,
  ],
  output: { dir: "dist/emit", comments: false },
});

const manifest = createRequire(import.meta.url).resolve("openapi-typescript/package.json");
const { version } = JSON.parse(await readFile(manifest, "utf8"));
const license = await readFile(join(dirname(manifest), "LICENSE"), "utf8");
const line = "-".repeat(80);
await writeFile(
  join(root, "THIRD_PARTY_NOTICES"),
  `A part of this package is compiled into this one.

${line}
openapi-typescript ${version}: the transformation of schemas
${line}

${license.trim()}
`,
);
