/** Service accounts with a key: a signed assertion is exchanged for a token (RFC 7523), or is the token (AIP-4111). */
import { type InstanceCheck, instancesOf } from "../kinds.js";
import { shownName } from "../redact.js";
import { defaultUniverse } from "./universe.js";
import { AssertionSigner, assertionLifetime, type Claims } from "./assertion.js";
import { parseCredentials, readCredentialFile } from "./credential-file.js";
import type { Credentials, ScopedCredentials } from "./credentials.js";
import { accountUrl, generateIdToken, iamScope } from "./iam.js";
import { AssertionExchange } from "./jwt-bearer.js";
import { type Key, keyKind, readKey, type ServiceAccountKey } from "./key-file.js";
import type { ProjectFacts } from "./project.js";
import type { IssuedToken } from "./token-request.js";
import { TokenCredentials, type TokenKind, type TokenOptions, Tokens } from "./tokens.js";

/** Options of {@link ServiceAccountCredentials}. */
export interface ServiceAccountOptions extends TokenOptions {
  /** The address of the user to act for: domain-wide delegation. Default: the service account itself. */
  readonly subject?: string | undefined;
  /**
   * Signs tokens locally instead of requesting them from the token endpoint (AIP-4111). Without scopes, each API gets
   * its own token. Tokens for a `subject` are always requested. Default: `false` for accounts of `googleapis.com`;
   * `true` in other universes, which have no token endpoint, unless the key names one elsewhere.
   */
  readonly selfSignedJwt?: boolean | undefined;
}

/** Credentials of a service account. Tokens are cached, refreshed early, and shared by derived credentials. */
export class ServiceAccountCredentials extends TokenCredentials implements ScopedCredentials {
  static override readonly [Symbol.hasInstance]: InstanceCheck =
    /* @__PURE__ */ instancesOf("ServiceAccountCredentials");
  readonly #key: Key;
  readonly #tokens: Tokens;

  private constructor(key: Key, tokens: Tokens) {
    super(tokens);
    this.#key = key;
    this.#tokens = tokens;
  }

  /**
   * Creates credentials from a key file.
   *
   * @throws AuthError `KEY_…`, which names the file and the member, never its value
   */
  static async fromFile(path: string, options?: ServiceAccountOptions): Promise<ServiceAccountCredentials> {
    const file = await readCredentialFile(path, keyKind);
    return ServiceAccountCredentials.fromJSON(file.unchecked(), options, path);
  }

  /**
   * Creates credentials from a key as an object or JSON text, for example from a secret store.
   *
   * @param source The name of the key in messages.
   * @throws AuthError `KEY_…`, which names the member, never its value
   */
  static fromJSON(
    key: ServiceAccountKey | string,
    options: ServiceAccountOptions = {},
    source = "the key",
  ): ServiceAccountCredentials {
    const file = parseCredentials(key, source, keyKind.advice);
    const checked = readKey(file);
    const project = { place: `${file.source}#/project_id`, id: file.members["project_id"] };
    const kind = serviceAccount(checked, project, options.selfSignedJwt ?? lacksEndpoint(checked));
    return new ServiceAccountCredentials(checked, Tokens.of(kind, options, checked.quotaProject));
  }

  /** The address of the account. */
  get email(): string {
    return this.#key.email;
  }

  /** Returns credentials of the same account with other scopes. */
  withScopes(scopes: readonly string[]): ServiceAccountCredentials {
    return new ServiceAccountCredentials(this.#key, this.#tokens.withScopes(scopes));
  }

  /** Returns credentials of the same account that act for this user, or for the account itself if it is `undefined`. */
  withSubject(subject: string | undefined): ServiceAccountCredentials {
    return new ServiceAccountCredentials(this.#key, this.#tokens.withSubject(subject));
  }
}

/** Other universes have no token endpoint, unless the key names one outside of both universes. */
function lacksEndpoint({ endpoint, universe }: Key): boolean {
  if (universe === defaultUniverse) return false;
  return [universe, defaultUniverse].some((domain) => endpoint.hostname.endsWith(`.${domain}`));
}

function serviceAccount(key: Key, own: ProjectFacts["own"], selfSigned: boolean): TokenKind {
  const { audience, email, endpoint, source, universe } = key;
  const signer = new AssertionSigner(key);
  const exchange = new AssertionExchange();
  const shownEmail = shownName(email);
  const account = `${source} (${shownEmail})`;
  const selfSign = async (claims: Claims): Promise<IssuedToken> => ({
    token: await signer.sign({ sub: email, ...claims }, exchange.now()),
    lifetime: assertionLifetime * 1000,
  });
  return {
    name: "ServiceAccountCredentials",
    source,
    email,
    universeDomain: universe,
    project: { own },
    withoutScopes: selfSigned ? "audience" : undefined,
    adjustClock: (serverTime) => void (selfSigned && exchange.adjustClock(serverTime)),

    async getToken({ audience: api, network, scopes, subject }) {
      const scope = scopes.join(" ");
      // Scopes or an audience, never both (AIP-4111).
      if (selfSigned && subject === undefined) return selfSign(api === undefined ? { scope } : { aud: api });
      if (subject !== undefined && lacksEndpoint(key)) {
        const message = `is ${universe}, whose accounts cannot act for a user. Only accounts of ${defaultUniverse} can`;
        throw key.problem("KEY_FIELD_INVALID", "universe_domain", message);
      }
      return exchange.run(network, {
        account: subject === undefined ? account : `${source} (${shownEmail} for ${shownName(subject)})`,
        url: endpoint,
        metrics: "auth-request-type/at cred-type/sa",
        tokenType: "access_token",
        sign: (now) => signer.sign({ scope, aud: audience, ...(subject === undefined ? {} : { sub: subject }) }, now),
      });
    },

    async getIdToken(target, network) {
      if (lacksEndpoint(key)) {
        const own: Credentials = {
          getRequestHeaders: async () => ({ authorization: `Bearer ${(await selfSign({ scope: iamScope })).token}` }),
          invalidate: (_refused, serverTime) => void (serverTime && exchange.adjustClock(serverTime)),
        };
        const url = accountUrl(email, universe);
        return generateIdToken(network, { account, source: own, url, delegates: [] }, target);
      }
      return exchange.run(network, {
        account,
        url: endpoint,
        metrics: "auth-request-type/it cred-type/sa",
        tokenType: "id_token",
        sign: (now) => signer.sign({ aud: audience, target_audience: target }, now),
      });
    },
  };
}
