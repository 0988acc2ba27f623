/** A program of Node, Bun or Deno that finds its packages in `node_modules`: both builds for Node are there. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { Readable } from "node:stream";
import { runChecks } from "./checks.ts";

async function main(): Promise<void> {
  await runChecks({
    // The harness passes it.
    input: JSON.parse(process.argv[2] ?? ""),
    nodeStream: (chunks) => Readable.from(chunks),
    builds: {
      "ES modules": await import("@discogen/runtime"),
      CommonJS: createRequire(join(process.cwd(), "program.js"))("@discogen/runtime"),
    },
  });
}

void main();
