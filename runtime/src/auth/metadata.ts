/** Credentials of the service account of a machine or container on Google Cloud, from its metadata server. */
import { AuthError, InvalidRequestError } from "../errors.js";
import { type InstanceCheck, instancesOf } from "../kinds.js";
import { variables } from "../platform/node/environment.js";
import type { Environment, Url } from "../platform-types.js";
import { AttemptFailure } from "../policy/retry-loop.js";
import { header } from "../transport/transport.js";
import { defaultUniverse, isDomain } from "./universe.js";
import type { ScopedCredentials } from "./credentials.js";
import {
  callEndpoint,
  dateOf,
  type EndpointRequest,
  type EndpointResponse,
  isToken,
  type Network,
  malformedResponse,
  readMembers,
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
import { idTokenLifetime, readAccessToken, type IssuedToken } from "./token-request.js";
import { TokenCredentials, type TokenKind, type TokenOptions, Tokens } from "./tokens.js";

/** Options of {@link MetadataCredentials}. */
export interface MetadataOptions extends TokenOptions {
  /** The address of a service account of the machine. Default: its default account. */
  readonly serviceAccount?: string | undefined;
  /**
   * Host and port of the metadata server. Default: the environment's `GCE_METADATA_HOST`, else `GCE_METADATA_IP`, else
   * `metadata.google.internal`.
   */
  readonly host?: string | undefined;
}

/** Credentials of the service account of a machine. */
export class MetadataCredentials extends TokenCredentials implements ScopedCredentials {
  static override readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf("MetadataCredentials");
  readonly #tokens: Tokens;

  /**
   * @param options Options, or `Tokens` for internal use.
   * @throws InvalidRequestError `INVALID_OPTION`
   */
  constructor(options: MetadataOptions | Tokens = {}) {
    const tokens = options instanceof Tokens ? options : Tokens.of(metadata(options), options);
    super(tokens);
    this.#tokens = tokens;
  }

  /** Returns credentials of the same account with other scopes. Machines with fixed access scopes ignore them. */
  withScopes(scopes: readonly string[]): MetadataCredentials {
    return new MetadataCredentials(this.#tokens.withScopes(scopes));
  }
}

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
  const target = request(metadataUrl(host, "instance/service-accounts/default/email"));
  const email = (await readMetadata(network, target)).text.trim();
  if (!/^[^\s/]+@[^\s/]+$/.test(email)) throw malformedResponse(target, "is not the address of a service account");
  return email;
}

function metadata({ host, serviceAccount = "default" }: MetadataOptions): TokenKind {
  const at = (path: string): Url => metadataUrl(host ?? metadataHost() ?? usualHosts[0], path);
  // Report an invalid host now, not with the first token.
  at("");
  const accountAt = (path: string): Url =>
    at(`instance/service-accounts/${encodeURIComponent(serviceAccount)}/${path}`);
  let universe: string | undefined;
  const learnUniverse = async (network: Network): Promise<void> => {
    universe ??= await universeOf(network, at("universe/universe-domain"));
  };
  return {
    name: "MetadataCredentials",
    source: "the metadata server",
    email: serviceAccount.includes("@") ? serviceAccount : undefined,
    withoutScopes: "none",

    get universeDomain(): string | undefined {
      return universe;
    },

    async getToken({ network, scopes }): Promise<IssuedToken> {
      const url = accountAt("token");
      if (scopes.length > 0) url.searchParams.set("scopes", scopes.join(","));
      const target = request(url, "auth-request-type/at cred-type/mds");
      const [{ text }] = await Promise.all([readMetadata(network, target), learnUniverse(network)]);
      const token = readAccessToken(target, readMembers(target, text));
      rememberServer(url.host, "ready");
      return token;
    },

    async getIdToken(audience, network): Promise<IssuedToken> {
      const url = accountAt("identity");
      url.searchParams.set("audience", audience);
      url.searchParams.set("format", "full");
      const target = request(url, "auth-request-type/it cred-type/mds");
      const { headers, text } = await readMetadata(network, target);
      const token = text.trim();
      if (!isToken(token)) throw malformedResponse(target, "is not an ID token");
      rememberServer(url.host, "ready");
      // The server caches ID tokens.
      return { token, lifetime: idTokenLifetime(token, dateOf(headers)) };
    },
  };
}

function request(url: Url, metrics?: string): EndpointRequest {
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
async function readMetadata(network: Network, target: EndpointRequest): Promise<EndpointResponse> {
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
async function universeOf(network: Network, url: Url): Promise<string | undefined> {
  try {
    const text = (await readOnce(network, { ...request(url), timeout: 3000, attempts: 1 })).text.trim();
    if (text === "") return defaultUniverse;
    return isDomain(text) ? text : undefined;
  } catch (error) {
    // Older servers do not support universes.
    if (error instanceof TokenRefusal && error.status === 404) return defaultUniverse;
    if (error instanceof AuthError) return undefined;
    throw error;
  }
}
