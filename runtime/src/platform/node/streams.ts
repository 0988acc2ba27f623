/** Streams of Node. */
import type { Readable } from "node:stream";

/** Node's class, whose functions know streams of the web as well. */
export function nodeReadable(): typeof Readable | undefined {
  return globalThis.process?.getBuiltinModule?.("node:stream").Readable;
}
