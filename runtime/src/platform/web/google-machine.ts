import type { Environment } from "../../platform-types.js";

/** Always `undefined`: this platform does not show where it runs. */
export async function evidenceOfMetadata(_env: Environment): Promise<string | undefined> {
  return undefined;
}
