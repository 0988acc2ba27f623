/** Credentials of the service account of a machine or container on Google Cloud, from its metadata server. */
import { type InstanceCheck, instancesOf } from "../kinds.js";
import type { Url } from "../platform-types.js";
import type { ScopedCredentials } from "./credentials.js";
import { dateOf, isToken, type Network, malformedResponse, readMembers } from "./endpoint.js";
import { metadataHost, metadataRequest, metadataUrl, readMetadata, universeOf, usualHosts } from "./metadata-server.js";
import { rememberServer } from "./metadata-wait.js";
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

function metadata({ host, serviceAccount = "default" }: MetadataOptions): TokenKind {
  const ownHost = (): string => host ?? metadataHost() ?? usualHosts[0];
  const at = (path: string): Url => metadataUrl(ownHost(), path);
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
    project: { metadataHost: ownHost },

    get universeDomain(): string | undefined {
      return universe;
    },

    async getToken({ network, scopes }): Promise<IssuedToken> {
      const url = accountAt("token");
      if (scopes.length > 0) url.searchParams.set("scopes", scopes.join(","));
      const target = metadataRequest(url, "auth-request-type/at cred-type/mds");
      const [{ text }] = await Promise.all([readMetadata(network, target), learnUniverse(network)]);
      const token = readAccessToken(target, readMembers(target, text));
      rememberServer(url.host, "ready");
      return token;
    },

    async getIdToken(audience, network): Promise<IssuedToken> {
      const url = accountAt("identity");
      url.searchParams.set("audience", audience);
      url.searchParams.set("format", "full");
      const target = metadataRequest(url, "auth-request-type/it cred-type/mds");
      const { headers, text } = await readMetadata(network, target);
      const token = text.trim();
      if (!isToken(token)) throw malformedResponse(target, "is not an ID token");
      rememberServer(url.host, "ready");
      // The server caches ID tokens.
      return { token, lifetime: idTokenLifetime(token, dateOf(headers)) };
    },
  };
}
