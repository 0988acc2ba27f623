// Bundles modules and declarations: a program that imports the runtime opens three files instead of fifty, both when it
// is compiled and when it starts. `tsc -b` checks the sources.
//
// One source, three builds: ES modules and CommonJS for Node, and a build for browsers and workers.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { bundleFor } from "./entries.js";
import { bundleWeb } from "./web.js";

const root = join(import.meta.dirname, "..");

await rm(join(root, "dist"), { recursive: true, force: true });
await bundleFor({ root, dir: "dist/esm", external: /^(?:jose|node:|undici)/ });
await bundleWeb(root);
