import type { Readable } from "node:stream";

/** There is no such class. A web stream has its own property `locked`. */
export function nodeReadable(): typeof Readable | undefined {
  return undefined;
}
