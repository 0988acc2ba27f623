/** Finds out whether this machine belongs to Google Cloud. Sends no request. */
import type { Environment } from "../../platform-types.js";

/**
 * Whether this is a virtual machine of Compute Engine, or a container on one. A pod on GKE has the firmware's name of its
 * machine. In GKE's sandbox, which hides it, Google's domain in the search list of the pod's resolver counts.
 */
export async function isGooglesMachine(env: Environment): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const { readFile } = process.getBuiltinModule("node:fs/promises");
  const read = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
  if ((await read("/sys/class/dmi/id/product_name")).startsWith("Google")) return true;
  if ((env["KUBERNETES_SERVICE_HOST"] ?? "") === "") return false;
  return /^search\s(?:.*\s)?google\.internal\.?\s*$/m.test(await read("/etc/resolv.conf"));
}
