import type { Environment } from "../../platform-types.js";

/** Always `false`: this platform does not show where it runs. */
export async function isGooglesMachine(_env: Environment): Promise<boolean> {
  return false;
}
