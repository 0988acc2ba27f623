// Adds a CommonJS module with declarations to each API that `tsc -b` compiled.
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "rolldown";
import { commonjsDeclarations } from "../scripts/commonjs-declarations.js";
import { writeSubpathFolders } from "../scripts/subpath-folders.js";

const root = import.meta.dirname;
const dist = join(root, "dist");
const modules = (await readdir(dist, { recursive: true })).filter((path) => path.endsWith("index.js"));
const apis = modules.map((path) => dirname(path).replaceAll("\\", "/"));

// One build for each API, so that no module is shared between APIs.
for (const api of apis)
  await build({
    input: join(dist, api, "index.js"),
    external: "@discogen/runtime",
    output: { file: join(dist, api, "index.cjs"), format: "cjs", strict: true, exports: "named", esModule: true },
  });
await commonjsDeclarations(dist, dist);
await writeSubpathFolders(root, apis);
