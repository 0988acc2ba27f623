/** Reads resources of the metadata server, which machines and containers on Google Cloud have. */
import { AuthError, InvalidRequestError } from "../errors.js";
import { variables } from "../platform/node/environment.js";
import type { Environment, Url } from "../platform-types.js";
import { AttemptFailure } from "../policy/retry-loop.js";
import { header } from "../transport/transport.js";
import { defaultUniverse, isDomain } from "./universe.js";
import {
  callEndpoint,
  type EndpointRequest,
  type EndpointResponse,
  type Network,
  malformedResponse,
  TokenRefusal,
} from "./endpoint.js";
import {
  delayForServer,
  describeAttempts,
  evidenceInVariables,
  isLate,
  knownServer,
  rememberServer,
} from "./metadata-wait.js";

/** The names of the metadata server in every network of Google Cloud. Some know only one of them. */
export const usualHosts: readonly [string, string] = ["metadata.google.internal", "169.254.169.254"];

/** Variables with the host of the metadata server, in their order of precedence. */
const hostVariables: readonly string[] = ["GCE_METADATA_HOST", "GCE_METADATA_IP"];

/**
 * The host of the metadata server in the environment, if it is set.
 *
 * @throws InvalidRequestError `INVALID_OPTION`, which names the variable
 */
export function metadataHost(env: Environment = variables()): string | undefined {
  const variable = hostVariables.find((name) => env[name]);
  if (variable === undefined) return undefined;
  const host = env[variable] ?? "";
  metadataUrl(host, "", variable);
  return host;
}

/**
 * The URL of a metadata server's resource. It uses http, since the connection does not leave the machine.
 *
 * @param parameter The option or variable with the host, for messages.
 */
export function metadataUrl(host: string, path: string, parameter = "host"): Url {
  const text = `http://${host}/computeMetadata/v1/${path}`;
  // Only a host and a port: anything else could change the path.
  if (/^[\w.:[\]-]+$/.test(host) && URL.canParse(text)) return new URL(text);
  const fault = {
    parameter,
    message: "must be a host without scheme, path and spaces, for example metadata.google.internal or 127.0.0.1:8080",
  };
  throw new InvalidRequestError("MetadataCredentials", [fault], "INVALID_OPTION");
}

/** The address of the machine's default service account. */
export async function metadataEmail(network: Network, host: string): Promise<string> {
  const target = metadataRequest(metadataUrl(host, "instance/service-accounts/default/email"));
  const email = (await readMetadata(network, target)).text.trim();
  if (!/^[^\s/]+@[^\s/]+$/.test(email)) throw malformedResponse(target, "is not the address of a service account");
  return email;
}

/** The ID of the machine's project. */
export async function metadataProject(network: Network, host: string): Promise<string> {
  const target: EndpointRequest = {
    ...metadataRequest(metadataUrl(host, "project/project-id")),
    result: "project ID",
    action: "return the project ID",
    hint: () => undefined,
  };
  return (await readMetadata(network, target)).text.trim();
}

/** A request for a resource of a metadata server. */
export function metadataRequest(url: Url, metrics?: string): EndpointRequest {
  return {
    account: "the metadata server",
    method: "GET",
    url,
    headers: { accept: "*/*", "metadata-flavor": "Google" },
    ...(metrics === undefined ? {} : { metrics }),
    timeout: 10_000,
    hint: () => "Check that the machine has a service account, and that its access scopes include the requested ones",
  };
}

/**
 * Reads a resource. Where a metadata server must exist, waits for one that is late.
 *
 * @throws AuthError also if the response is not from a metadata server of Google
 */
export async function readMetadata(network: Network, target: EndpointRequest): Promise<EndpointResponse> {
  return readOnce(network, { ...target, afterFailure: waitForServer(target.url.host) });
}

/** @throws AuthError also if the response is not from a metadata server of Google */
async function readOnce(network: Network, target: EndpointRequest): Promise<EndpointResponse> {
  const response = await callEndpoint(network, target);
  if (header(response.headers, "metadata-flavor") === "Google") return response;
  // A proxy, or a network that responds for every host, cannot be trusted.
  throw malformedResponse(target, "lacks the header Metadata-Flavor: Google, so it is not a metadata server");
}

/** Decides about attempts to reach a server that may be late. */
function waitForServer(host: string): NonNullable<EndpointRequest["afterFailure"]> {
  const start = performance.now();
  return async ({ delay: usual, error, failure, failures }) => {
    const evidence = isLate(failure, knownServer(host)) ? await evidenceFor(host) : undefined;
    if (evidence === undefined) return new AttemptFailure(error, usual);
    const elapsed = performance.now() - start;
    const requested = failure.kind === "status" ? failure.retryAfter : undefined;
    const delay = delayForServer(failures, elapsed, requested);
    if (delay !== undefined) return new AttemptFailure(error, delay);
    // From now on, a 404 is about the account.
    if (failure.kind === "status" && failure.status === 404) rememberServer(host, "ready");
    const text = `${error.message}. Gave up after ${describeAttempts(failures, elapsed)}. Waited because ${evidence}`;
    return new AttemptFailure(withMessage(error, text), undefined);
  };
}

function withMessage(error: AuthError, message: string): AuthError {
  const { cause, code, reason } = error;
  if (!(error instanceof TokenRefusal)) return new AuthError(code, message, { cause, reason });
  return new TokenRefusal(message, code, error);
}

/** Returns what shows that this host is a metadata server. An emulator on another host is not waited for. */
async function evidenceFor(host: string): Promise<string | undefined> {
  if (knownServer(host) !== undefined) return "the metadata server has responded before";
  const env = variables();
  const variable = hostVariables.find((name) => env[name]);
  const url = `http://${(variable === undefined ? undefined : env[variable]) ?? ""}`;
  if (URL.canParse(url) && new URL(url).host === host) return `${String(variable)} is set`;
  if (!usualHosts.includes(host)) return undefined;
  const shown = evidenceInVariables(env);
  if (shown !== undefined) return shown;
  const { isGooglesMachine } = await import("../platform/node/google-machine.js");
  return (await isGooglesMachine(env)) ? "this is a machine of Google Cloud" : undefined;
}

/** The universe of the machine. `undefined` if it cannot be read now, which must not delay a token. */
export async function universeOf(network: Network, url: Url): Promise<string | undefined> {
  try {
    const text = (await readOnce(network, { ...metadataRequest(url), timeout: 3000, attempts: 1 })).text.trim();
    if (text === "") return defaultUniverse;
    return isDomain(text) ? text : undefined;
  } catch (error) {
    // Older servers do not support universes.
    if (error instanceof TokenRefusal && error.status === 404) return defaultUniverse;
    if (error instanceof AuthError) return undefined;
    throw error;
  }
}
