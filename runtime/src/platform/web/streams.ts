import type { Readable } from "node:stream";

/** A stream of the web says by itself whether it is locked. */
export function nodeReadable(): typeof Readable | undefined {
  return undefined;
}
