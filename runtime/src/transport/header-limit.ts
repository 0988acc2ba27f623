/** The limit of response headers for our agents. */
import { environment } from "../platform/node/environment.js";

/** Node's default, in bytes. */
const nodesDefault: number = 16 * 1024;

/**
 * Options of agents that set Node's limit for headers. Empty where a flag changes that limit: then undici reads it from
 * `node:http`, which takes milliseconds to load.
 */
export function headerLimit(): { readonly maxHeaderSize?: number } {
  const flags = [...process.execArgv, environment("NODE_OPTIONS") ?? ""];
  return flags.some((flag) => /-max[-_]http[-_]header[-_]size/.test(flag)) ? {} : { maxHeaderSize: nodesDefault };
}
