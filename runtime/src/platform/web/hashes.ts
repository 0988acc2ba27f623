import type { Hash } from "../node/hashes.js";

/** WebCrypto has no MD5. */
export function md5(): Hash | undefined {
  return undefined;
}
