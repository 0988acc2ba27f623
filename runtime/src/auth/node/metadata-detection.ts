/** Detects a metadata server within one second. Starts no process and leaves no connection open. */
import type { Environment } from "../../platform-types.js";
import { shownName } from "../../redact.js";
import { header, type Transport } from "../../transport/transport.js";
import { responseLimit } from "../endpoint.js";
import { metadataHost, metadataUrl } from "../metadata.js";

/** Milliseconds for all probes, which run in parallel. */
const limit = 1000;

/** The name and the link-local address: some networks know only one of them. */
const usualHosts: readonly string[] = ["metadata.google.internal", "169.254.169.254"];

/** Variables that Google Cloud's serverless platforms set. They always have a metadata server. */
const serverless: readonly string[] = ["CLOUD_RUN_JOB", "CLOUD_RUN_WORKER_POOL", "FUNCTION_NAME", "K_SERVICE"];

/** The host that was found, or why none was. */
export type Detection = { readonly host: string } | { readonly absent: string };

/**
 * Looks for a metadata server. Reads `NO_GCE_CHECK` (`true`) and `METADATA_SERVER_DETECTION` from the environment:
 * `none`, `assume-present`, `bios-only` or `ping-only`.
 *
 * @param transport The caller's transport, if any. Without it, probes do not use proxies.
 */
export async function detectMetadata(transport: Transport | undefined, env: Environment): Promise<Detection> {
  const mode = env["METADATA_SERVER_DETECTION"]?.trim().toLowerCase();
  const named = metadataHost(env);
  const present: Detection = { host: named ?? "metadata.google.internal" };
  if (mode === "assume-present") return present;
  if (mode === "none") return { absent: "METADATA_SERVER_DETECTION turns detection off" };
  if (env["NO_GCE_CHECK"]?.trim().toLowerCase() === "true") return { absent: "NO_GCE_CHECK turns detection off" };
  if (serverless.some((name) => (env[name] ?? "") !== "")) return present;
  const checks: Promise<Detection | undefined>[] = [];
  if (mode !== "bios-only") {
    for (const host of named === undefined ? usualHosts : [named])
      checks.push(probe(host, transport).then((found) => (found ? { host } : undefined)));
  }
  // A machine of Google has a metadata server even if it responds slowly. A configured host has precedence.
  if (mode !== "ping-only" && named === undefined)
    checks.push(isGooglesMachine().then((found) => (found ? present : undefined)));
  return (
    (await firstFound(checks)) ?? { absent: `no response${named === undefined ? "" : ` from ${shownName(named)}`}` }
  );
}

/** Resolves to the first result that is not `undefined`. */
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

async function probe(host: string, transport: Transport | undefined): Promise<boolean> {
  if (transport !== undefined) return responds(host, transport);
  // All connections end with the probe. One that is still connecting would keep the process alive.
  const { isolatedTransport } = await import("../../transport/isolated.js");
  const { destroy, transport: own } = isolatedTransport();
  return responds(host, own).finally(destroy);
}

async function responds(host: string, transport: Transport): Promise<boolean> {
  const { origin } = metadataUrl(host, "");
  try {
    const response = await transport.send({
      method: "GET",
      origin,
      path: "/",
      headers: { "metadata-flavor": "Google" },
      timeout: limit,
      maxResponseBytes: responseLimit,
    });
    return header(response.headers, "metadata-flavor") === "Google";
  } catch {
    return false;
  }
}
