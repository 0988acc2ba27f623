/** A program of Node, Bun or Deno, as one file: `node FILE INPUT`. */
import { Readable } from "node:stream";
import { runChecks } from "./checks.ts";

void runChecks({
  // The harness passes it.
  input: JSON.parse(process.argv[2] ?? ""),
  nodeStream: (chunks) => Readable.from(chunks),
});
