/** When and how long to wait for a metadata server: in its first seconds, a pod on GKE has none. */
import type { Environment } from "../platform-types.js";
import { type Failure, isRetryable } from "../policy/retry.js";

/** Attempts after the first, as in Google's Python library. */
const attempts = 4;
/** The first delay in milliseconds. It doubles with each retry: 1, 2, 4 and 8 seconds. */
const firstDelay = 1000;
/** The random part of a delay. */
const jitter = 0.1;
/** No attempt starts after this many milliseconds. */
const limit = 15_000;

/** Variables that Google Cloud's serverless platforms set. They always have a metadata server. */
const serverless: readonly string[] = ["CLOUD_RUN_JOB", "CLOUD_RUN_WORKER_POOL", "FUNCTION_NAME", "K_SERVICE"];

/** Returns which variable shows that there is a metadata server, as a clause for messages. `undefined` if none does. */
export function evidenceInVariables(env: Environment): string | undefined {
  if (detectionMode(env) === "assume-present") return "METADATA_SERVER_DETECTION is assume-present";
  const name = serverless.find((one) => (env[one] ?? "") !== "");
  return name === undefined ? undefined : `${name} is set`;
}

/** `METADATA_SERVER_DETECTION`: `none`, `assume-present`, `bios-only` or `ping-only`. */
export function detectionMode(env: Environment): string | undefined {
  return env["METADATA_SERVER_DETECTION"]?.trim().toLowerCase();
}

/** What a metadata server of this process did: it responded to detection, or issued a token. */
export type Knowledge = "found" | "ready";

const known: Map<string, Knowledge> = new Map();

/** What is known of the metadata server on this host. */
export function knownServer(host: string): Knowledge | undefined {
  return known.get(host);
}

/** Records a response of the metadata server on this host. */
export function rememberServer(host: string, knowledge: Knowledge): void {
  if (known.get(host) !== "ready") known.set(host, knowledge);
}

/** Forgets all servers, so that tests do not depend on each other. */
export function forgetServers(): void {
  known.clear();
}

/**
 * The delay before the next attempt in milliseconds, or `undefined` after about 15 seconds.
 *
 * @param failures How many attempts failed before this one.
 * @param elapsed Milliseconds since the first attempt started.
 * @param least The delay that the server requests, in milliseconds.
 */
export function delayForServer(failures: number, elapsed: number, least = 0): number | undefined {
  const left = limit - elapsed;
  if (failures >= attempts || left <= 0 || least > left) return undefined;
  const delay = firstDelay * 2 ** failures * (1 - jitter + 2 * jitter * Math.random());
  return Math.min(Math.max(delay, least), left);
}

/**
 * Whether the metadata server may only be late. A new server responds with 404 until it knows the account; one that has
 * issued a token does not.
 */
export function isLate(failure: Failure, knowledge: Knowledge | undefined): boolean {
  if (failure.kind === "connection") return true;
  if (failure.kind === "status" && failure.status === 404) return knowledge !== "ready";
  return isRetryable(failure, { idempotent: true });
}

/** Describes the attempts for messages: `5 attempts in 15 s`. */
export function describeAttempts(failures: number, elapsed: number): string {
  return `${String(failures + 1)} ${failures === 0 ? "attempt" : "attempts"} in ${String(Math.round(elapsed / 1000))} s`;
}
