// Bundles modules and declarations: a program that imports the runtime reads three files instead of fifty, when it is
// compiled and when it starts. `tsc -b` checks the sources.
//
// Writes three builds of one source: ES modules and CommonJS for Node, and a build for browsers and workers.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { commonjsDeclarations } from "../../scripts/commonjs-declarations.js";
import { writeSubpathFolders } from "../../scripts/subpath-folders.js";
import { commonjsFor } from "./commonjs.js";
import { bundleFor, entries, tools } from "./entries.js";
import { writeNotices } from "./notices.js";
import { compileUndici } from "./undici.js";
import { webPlatform } from "./web.js";

const root = join(import.meta.dirname, "..");
const node = { root, platform: "node", plugins: compileUndici() };
const web = { root, platform: "browser", dir: "dist/web", plugins: [webPlatform] };

await rm(join(root, "dist"), { recursive: true, force: true });
await bundleFor({ ...node, dir: "dist/esm", external: /^(?:jose|node:)/ });
await commonjsFor({ ...node, dir: "dist/cjs", entries: { ...entries, ...tools } });
await commonjsDeclarations(join(root, "dist/esm"), join(root, "dist/cjs"));
await bundleFor({ ...web, external: /^jose/ });
await commonjsFor({ ...web, entries });
await writeSubpathFolders(root);
await writeNotices(root);
