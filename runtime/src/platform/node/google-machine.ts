/** Finds out whether this machine belongs to Google Cloud. Sends no request. */
import type { Environment } from "../../platform-types.js";
import { operatingSystem } from "./environment.js";

/**
 * Whether this is a virtual machine of Compute Engine, or a container on one. A pod on GKE has the firmware's name of its
 * machine. In GKE's sandbox, which hides it, Google's domain in the search list of the pod's resolver counts.
 */
export async function isGooglesMachine(env: Environment): Promise<boolean> {
  if (operatingSystem() !== "linux") return false;
  if ((await read("/sys/class/dmi/id/product_name")).startsWith("Google")) return true;
  if ((env["KUBERNETES_SERVICE_HOST"] ?? "") === "") return false;
  return /^search\s(?:.*\s)?google\.internal\.?\s*$/m.test(await read("/etc/resolv.conf"));
}

/** Returns a file's text, or an empty one if it cannot be read, also without Node's modules. */
async function read(path: string): Promise<string> {
  try {
    return await process.getBuiltinModule("node:fs/promises").readFile(path, "utf8");
  } catch {
    return "";
  }
}
