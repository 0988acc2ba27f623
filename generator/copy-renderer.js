// Lays the renderer of `discogen docs` beside the modules. Its own package would bring 250 MB of what the bundle holds
// already; that of its Fastify integration ships the same bundle with little else, so it is taken from there, and only
// when this package is built: who installs this package gets one file.
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const target = join(import.meta.dirname, "dist/docs");
// …/dist/index.js is what the package exports.
const source = dirname(dirname(fileURLToPath(import.meta.resolve("@scalar/fastify-api-reference"))));

await mkdir(target, { recursive: true });
await copyFile(join(source, "dist/js/standalone.js"), join(target, "scalar.js"));
await copyFile(join(source, "LICENSE"), join(target, "scalar.LICENSE.txt"));
