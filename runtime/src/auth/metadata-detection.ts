/**
 * Detects a metadata server within one second, or waits for it where it must exist. Starts no process and leaves no
 * connection open.
 */
import { AbortError } from "../errors.js";
import { hasFiles } from "../platform/node/environment.js";
import type { AbortSignal, Environment } from "../platform-types.js";
import { isGooglesMachine } from "../platform/node/google-machine.js";
import { AttemptFailure, retry } from "../policy/retry-loop.js";
import { within } from "../policy/wait.js";
import { shownName } from "../redact.js";
import { header, type Transport } from "../transport/transport.js";
import { responseLimit } from "./endpoint.js";
import { metadataHost, metadataUrl, usualHosts } from "./metadata-server.js";
import {
  delayForServer,
  describeAttempts,
  detectionMode,
  evidenceInVariables,
  knownServer,
  rememberServer,
} from "./metadata-wait.js";

/** Milliseconds for all probes of one attempt, which run in parallel. */
const limit = 1000;

/** The host that was found, or why none was. */
export type Detection = { readonly host: string } | { readonly absent: string };

/**
 * Looks for a metadata server. Reads `NO_GCE_CHECK` (`true`) and `METADATA_SERVER_DETECTION` from the environment:
 * `none`, `assume-present`, `bios-only` or `ping-only`. Waits for a server that does not respond yet if it must exist.
 *
 * @param transport The caller's transport, if any. Without it, probes do not use proxies.
 * @param signal Ends the search.
 * @throws InvalidRequestError `INVALID_OPTION` for a variable that is no host
 * @throws AbortError
 */
export async function detectMetadata(
  transport: Transport | undefined,
  env: Environment,
  signal?: AbortSignal,
): Promise<Detection> {
  // A web page must not probe the user's network.
  if (!hasFiles) return { absent: "not searched for on this platform" };
  const mode = detectionMode(env);
  if (mode === "none") return { absent: "METADATA_SERVER_DETECTION turns detection off" };
  if (mode !== "assume-present" && env["NO_GCE_CHECK"]?.trim().toLowerCase() === "true")
    return { absent: "NO_GCE_CHECK turns detection off" };
  const named = metadataHost(env);
  const present: Detection = { host: named ?? usualHosts[0] };
  if (evidenceInVariables(env) !== undefined) return present;
  const aborted = (): AbortError =>
    new AbortError("aborted while looking for a metadata server", { cause: signal?.reason });
  const hosts = named === undefined ? usualHosts : [named];
  const absent = `no response${named === undefined ? "" : ` from ${shownName(named)}`}`;
  const start = performance.now();
  const search = (ended: AbortSignal): Promise<Detection> =>
    retry<Detection>({
      signal: ended,
      aborted,
      attempt: async (failures) => {
        if (ended.aborted) throw aborted();
        const probes = mode === "bios-only" ? [] : hosts.map((host) => probe(host, transport));
        const checks = probes.map(async (probed, index) => {
          const host = hosts[index];
          if ((await probed) !== true || host === undefined) return undefined;
          rememberServer(hostOf(host), "found");
          return host;
        });
        // A machine of Google has a metadata server even if it responds slowly. A configured host has precedence.
        if (mode !== "ping-only" && named === undefined)
          checks.push(isGooglesMachine(env).then((found) => (found ? usualHosts[0] : undefined)));
        const host = await firstFound(checks);
        if (host !== undefined) return { host };
        const responses = await Promise.all(probes);
        const mustExist =
          named !== undefined ||
          hosts.some((one) => knownServer(hostOf(one)) !== undefined) ||
          (await isGooglesMachine(env));
        // Another server that responds is not late.
        if (responses.length === 0 || responses.includes(false) || !mustExist) return { absent };
        const elapsed = performance.now() - start;
        const delay = delayForServer(failures, elapsed);
        if (delay !== undefined) return new AttemptFailure(new Error(absent), delay);
        return { absent: `${absent} to ${describeAttempts(failures, elapsed)}` };
      },
    });
  return within(search, { signal, remaining: Infinity, aborted, expired: aborted });
}

/** The host as the URLs of requests have it. */
function hostOf(host: string): string {
  return metadataUrl(host, "").host;
}

/** Resolves to the first result that is not `undefined`. */
async function firstFound<T>(checks: readonly Promise<T | undefined>[]): Promise<T | undefined> {
  return Promise.any(checks.map(async (check) => (await check) ?? Promise.reject(new Error("not this one")))).catch(
    () => undefined,
  );
}

/** Whether a metadata server responds. `undefined` without a response. */
async function probe(host: string, transport: Transport | undefined): Promise<boolean | undefined> {
  if (transport !== undefined) return responds(host, transport);
  // All connections end with the probe. One that is still connecting would keep the process alive.
  const { isolatedTransport } = await import("../transport/node/isolated.js");
  const { destroy, transport: own } = isolatedTransport();
  return responds(host, own).finally(destroy);
}

async function responds(host: string, transport: Transport): Promise<boolean | undefined> {
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
    if (header(response.headers, "metadata-flavor") === "Google") return true;
    // A gateway responds so while the server starts.
    return response.status >= 500 ? undefined : false;
  } catch {
    return undefined;
  }
}
