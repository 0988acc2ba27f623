/** Whether there is a metadata server. Bounded by a second; starts no process and leaves no connection behind. */
import type { Environment } from "../../platform-types.js";
import { shownName } from "../../redact.js";
import { header, type Transport } from "../../transport/transport.js";
import { responseLimit } from "../endpoint.js";
import { metadataHost, metadataUrl } from "../metadata.js";

/** Milliseconds for all probes, which run side by side. */
const limit = 1000;

/** The link-local address and the name, since a network may know only one of them. */
const usualHosts: readonly string[] = ["metadata.google.internal", "169.254.169.254"];

/** Set where Google Cloud runs code without a machine, always with a metadata server. */
const serverless: readonly string[] = ["CLOUD_RUN_JOB", "CLOUD_RUN_WORKER_POOL", "FUNCTION_NAME", "K_SERVICE"];

/** What was found, or why nothing was. */
export type Detection = { readonly host: string } | { readonly absent: string };

/**
 * Looks for a metadata server, as the environment allows: `NO_GCE_CHECK=true`, and `METADATA_SERVER_DETECTION` with
 * `none`, `assume-present`, `bios-only` or `ping-only`.
 *
 * @param transport The caller's own, where there is one; otherwise probes go past proxies, which know nothing of it.
 */
export async function detectMetadata(transport: Transport | undefined, env: Environment): Promise<Detection> {
  const mode = env["METADATA_SERVER_DETECTION"]?.trim().toLowerCase();
  const named = metadataHost(env);
  const present: Detection = { host: named ?? "metadata.google.internal" };
  if (mode === "assume-present") return present;
  if (mode === "none") return { absent: "METADATA_SERVER_DETECTION says not to look" };
  if (env["NO_GCE_CHECK"]?.trim().toLowerCase() === "true") return { absent: "NO_GCE_CHECK says not to look" };
  if (serverless.some((name) => (env[name] ?? "") !== "")) return present;
  const checks: Promise<Detection | undefined>[] = [];
  if (mode !== "bios-only") {
    for (const host of named === undefined ? usualHosts : [named])
      checks.push(answers(host, transport).then((found) => (found ? { host } : undefined)));
  }
  // A machine that is slow to answer is still Google's; one that names another server wants that one.
  if (mode !== "ping-only" && named === undefined)
    checks.push(isGooglesMachine().then((found) => (found ? present : undefined)));
  return (
    (await firstFound(checks)) ?? { absent: `none answered${named === undefined ? "" : ` at ${shownName(named)}`}` }
  );
}

/** The first of these that is something. */
async function firstFound<T>(checks: readonly Promise<T | undefined>[]): Promise<T | undefined> {
  return Promise.any(checks.map(async (check) => (await check) ?? Promise.reject(new Error("not this one")))).catch(
    () => undefined,
  );
}

async function isGooglesMachine(): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const { readFile } = await import("node:fs/promises");
  const name = await readFile("/sys/class/dmi/id/product_name", "utf8").catch(() => "");
  return name.startsWith("Google");
}

async function answers(host: string, transport: Transport | undefined): Promise<boolean> {
  if (transport !== undefined) return responds(host, transport);
  // Its connections end with the probe, also those that are still being made: they would keep the process alive.
  const { isolatedTransport } = await import("../../transport/isolated.js");
  const { destroy, transport: own } = isolatedTransport();
  return responds(host, own).finally(destroy);
}

async function responds(host: string, transport: Transport): Promise<boolean> {
  const { origin } = metadataUrl(host, "");
  try {
    const answer = await transport.send({
      method: "GET",
      origin,
      path: "/",
      headers: { "metadata-flavor": "Google" },
      timeout: limit,
      maxResponseBytes: responseLimit,
    });
    return header(answer.headers, "metadata-flavor") === "Google";
  } catch {
    return false;
  }
}
