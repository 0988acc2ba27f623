/** Credentials of an identity outside of Google Cloud: workload and workforce identity federation (AIP-4117). */
import { AuthError, type Fault, InvalidRequestError } from "../../errors.js";
import { type InstanceCheck, instancesOf } from "../../kinds.js";
import { shownName } from "../../redact.js";
import { type JsonObject, parseCredentials, readCredentialFile } from "../credential-file.js";
import type { Credentials, ScopedCredentials } from "../credentials.js";
import type { Network } from "../endpoint.js";
import { generateAccessToken, generateIdToken, iamScope, type Impersonation } from "../iam.js";
import { TokenCredentials, type TokenKind, type TokenOptions, Tokens } from "../tokens.js";
import {
  type ExternalAccount,
  type ExternalAccountConfig,
  externalAccountFile,
  readExternalAccount,
  type ServiceAccountImpersonation,
} from "./config.js";
import type { SubjectFunctions } from "./subject-source.js";

/** Options of {@link ExternalAccountCredentials}. */
export interface ExternalAccountOptions extends TokenOptions, SubjectFunctions {
  /**
   * URL prefixes that the configuration may use besides Google's own. Default: any https URL, since you chose this
   * class for a configuration that you trust.
   */
  readonly allow?: { readonly urls?: readonly string[] | undefined } | undefined;
}

const name = "ExternalAccountCredentials";

/** Lifetime of the tokens of a service account in seconds. */
const defaultLifetime = 3600;

/**
 * Credentials of an identity that Google's STS trusts: by a token of another cloud or identity provider, by a program,
 * or by a certificate. Programs run only if the variable `GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES` is 1.
 */
export class ExternalAccountCredentials extends TokenCredentials implements ScopedCredentials {
  static override readonly [Symbol.hasInstance]: InstanceCheck =
    /* @__PURE__ */ instancesOf("ExternalAccountCredentials");
  readonly #account: ExternalAccount;
  readonly #tokens: Tokens;

  private constructor(account: ExternalAccount, tokens: Tokens) {
    super(tokens);
    this.#account = account;
    this.#tokens = tokens;
  }

  /**
   * Creates credentials from a configuration file. Load only files that you trust: they define where secrets are read
   * and sent.
   *
   * @throws AuthError `KEY_…`, which names the file and the member
   */
  static async fromFile(path: string, options?: ExternalAccountOptions): Promise<ExternalAccountCredentials> {
    const file = await readCredentialFile(path, externalAccountFile);
    return ExternalAccountCredentials.fromJSON(file.members, options, path);
  }

  /**
   * Creates credentials from a configuration as an object or JSON text.
   *
   * @param source The name of the configuration in messages.
   * @throws AuthError `KEY_…`, which names the member; InvalidRequestError `INVALID_OPTION`
   */
  static fromJSON(
    config: ExternalAccountConfig | JsonObject | string,
    options: ExternalAccountOptions = {},
    source = "the configuration",
  ): ExternalAccountCredentials {
    const trust = options.allow === undefined ? undefined : (options.allow.urls ?? []);
    const file = parseCredentials(config, source, externalAccountFile.advice);
    checkFunctions(options);
    const account = readExternalAccount(file, trust, options);
    // A custom transport presents the certificate itself.
    const presents = options.transport === undefined && options.dispatcher === undefined;
    return new ExternalAccountCredentials(account, Tokens.of(kindOf(account, presents), options, account.quotaProject));
  }

  /** The address of the impersonated service account; `undefined` if the external identity itself is used. */
  get email(): string | undefined {
    return this.#account.impersonation?.email;
  }

  /** Returns credentials of the same identity with other scopes. */
  withScopes(scopes: readonly string[]): ExternalAccountCredentials {
    return new ExternalAccountCredentials(this.#account, this.#tokens.withScopes(scopes));
  }
}

/** Callers without type checks may pass anything. @throws InvalidRequestError `INVALID_OPTION` */
function checkFunctions({ securityCredentials, subjectToken }: SubjectFunctions): void {
  const faults: Fault[] = [];
  for (const [parameter, given] of Object.entries({ securityCredentials, subjectToken }))
    if (given !== undefined && typeof given !== "function") faults.push({ parameter, message: "must be a function" });
  if (securityCredentials !== undefined && subjectToken !== undefined)
    faults.push({ parameter: "securityCredentials", message: "cannot be used with subjectToken. Pass one of them" });
  if (faults.length > 0) throw new InvalidRequestError(name, faults, "INVALID_OPTION");
}

function kindOf(account: ExternalAccount, presents: boolean): TokenKind {
  const { impersonation, source, universeDomain } = account;
  const networkFor = async (offered: Network): Promise<Network> =>
    presents ? (await import("./federation.js")).networkFor(account, offered) : offered;
  const federated: TokenKind = {
    name,
    source,
    email: impersonation?.email,
    universeDomain,
    project: { federation: account },
    async getToken({ network, scopes }) {
      const { federatedToken } = await import("./federation.js");
      return federatedToken(account, scopes, await networkFor(network));
    },
    getIdToken: () =>
      Promise.reject(
        new AuthError(
          "TOKEN_UNAVAILABLE",
          `${source}: only service accounts have ID tokens. Add a service_account_impersonation_url`,
        ),
      ),
  };
  if (impersonation === undefined) return federated;
  const impersonated = impersonationBy(federated, impersonation);
  return {
    ...federated,
    async getToken({ network, scopes }) {
      const { lifetime = defaultLifetime } = impersonation;
      return generateAccessToken(await networkFor(network), impersonated, scopes, lifetime);
    },
    async getIdToken(audience, network) {
      return generateIdToken(await networkFor(network), impersonated, audience);
    },
  };
}

/** The impersonated service account. Its source is the token of the external identity, which is cached too. */
function impersonationBy(federated: TokenKind, { email, url }: ServiceAccountImpersonation): Impersonation {
  const tokens = Tokens.of(federated, { scopes: [iamScope] });
  const source: Credentials = {
    getRequestHeaders: async (url, context) => (await tokens.token(url, context)).headers,
    invalidate: (refused) => tokens.forget(refused),
  };
  return { account: `${federated.source} (${shownName(email)})`, source, url, delegates: [] };
}
