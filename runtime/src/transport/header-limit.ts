/** The limit of response headers for the agents of this package. */
import { environment } from "../platform/node/environment.js";

/** Node's default, in bytes. */
const nodesDefault: number = 16 * 1024;

/**
 * Returns agent options with Node's default limit. Empty if a flag changes the limit: undici then reads it from
 * `node:http`, which takes milliseconds to load.
 */
export function headerLimit(): { readonly maxHeaderSize?: number } {
  const flags = [...process.execArgv, environment("NODE_OPTIONS") ?? ""];
  return flags.some((flag) => /-max[-_]http[-_]header[-_]size/.test(flag)) ? {} : { maxHeaderSize: nodesDefault };
}
