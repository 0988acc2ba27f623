import type { AbortSignal, Environment } from "../../platform-types.js";
import type { Transport } from "../../transport/transport.js";
import type { Detection } from "../node/metadata-detection.js";

/** Does not search: a web page must not probe the user's network. */
export async function detectMetadata(
  _transport: Transport | undefined,
  _env: Environment,
  _signal?: AbortSignal,
): Promise<Detection> {
  return { absent: "not searched for on this platform" };
}
