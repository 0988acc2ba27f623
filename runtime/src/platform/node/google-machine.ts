/** Finds out from the environment whether this process runs on Google Cloud. Sends no request. */
import type { Environment } from "../../platform-types.js";

/** Variables that Google Cloud's serverless platforms set. They always have a metadata server. */
const serverless: readonly string[] = ["CLOUD_RUN_JOB", "CLOUD_RUN_WORKER_POOL", "FUNCTION_NAME", "K_SERVICE"];

/** Returns what shows that there is a metadata server, as a clause for messages. `undefined` if nothing does. */
export async function evidenceOfMetadata(env: Environment): Promise<string | undefined> {
  return evidenceInVariables(env) ?? ((await isGooglesMachine(env)) ? "this is a machine of Google Cloud" : undefined);
}

/** Like {@link evidenceOfMetadata}, from variables that leave no doubt. */
export function evidenceInVariables(env: Environment): string | undefined {
  if (detectionMode(env) === "assume-present") return "METADATA_SERVER_DETECTION is assume-present";
  const name = serverless.find((one) => (env[one] ?? "") !== "");
  return name === undefined ? undefined : `${name} is set`;
}

/** `METADATA_SERVER_DETECTION`: `none`, `assume-present`, `bios-only` or `ping-only`. */
export function detectionMode(env: Environment): string | undefined {
  return env["METADATA_SERVER_DETECTION"]?.trim().toLowerCase();
}

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
