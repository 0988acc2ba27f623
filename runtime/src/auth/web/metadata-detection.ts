import type { Detection } from "../node/metadata-detection.js";
import type { Transport } from "../../transport/transport.js";
import type { Environment } from "../../platform-types.js";

/** A page must not probe the network of its user. */
export async function detectMetadata(_transport: Transport | undefined, _env: Environment): Promise<Detection> {
  return { absent: "not searched for on this platform" };
}
