/** Node streams. */
import type { Readable } from "node:stream";

/** Returns Node's class `Readable`. Its static functions also accept web streams. */
export function nodeReadable(): typeof Readable | undefined {
  return globalThis.process?.getBuiltinModule?.("node:stream").Readable;
}
