// Copies the renderer of `discogen docs` into the build, so that installing this package adds one file. Scalar's own
// package would install 250 MB of dependencies that its bundle already contains. The package of its Fastify integration
// has the same bundle and little else.
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const target = join(import.meta.dirname, "dist/docs");
// The package exports …/dist/index.js.
const source = dirname(dirname(fileURLToPath(import.meta.resolve("@scalar/fastify-api-reference"))));

await mkdir(target, { recursive: true });
await copyFile(join(source, "dist/js/standalone.js"), join(target, "scalar.js"));
await copyFile(join(source, "LICENSE"), join(target, "scalar.LICENSE.txt"));
