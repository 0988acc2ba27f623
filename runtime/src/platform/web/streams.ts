import type { Readable } from "node:stream";

/** This platform has no Node streams. A web stream has its own property `locked`. */
export function nodeReadable(): typeof Readable | undefined {
  return undefined;
}
