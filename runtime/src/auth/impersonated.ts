/** Impersonation: credentials of a service account without its key (AIP-4115; signJwt if it acts for a user). */
import { type Fault, InvalidRequestError } from "../errors.js";
import { type InstanceCheck, instancesOf } from "../kinds.js";
import { shownName } from "../redact.js";
import { defaultUniverse } from "./universe.js";
import { times } from "./assertion.js";
import { type Credentials, type ScopedCredentials, withDefaultScopes } from "./credentials.js";
import type { Network } from "./endpoint.js";
import { accountUrl, generateAccessToken, generateIdToken, iamScope, type Impersonation, signJwt } from "./iam.js";
import { AssertionExchange } from "./jwt-bearer.js";
import type { ProjectFacts } from "./project.js";
import { projectFactsOf, TokenCredentials, type TokenKind, type TokenOptions, Tokens } from "./tokens.js";

/** Options of {@link ImpersonatedCredentials}. */
export interface ImpersonatedOptions extends TokenOptions {
  /** The credentials that act for the account. They need the role Service Account Token Creator on it. */
  readonly sourceCredentials: Credentials;
  /** The address of the account. */
  readonly targetPrincipal: string;
  /** Addresses or resource names of intermediate accounts, each with that role on the next. Default: none. */
  readonly delegates?: readonly string[] | undefined;
  /** Lifetime of tokens in milliseconds; more than an hour needs a policy of the organization. Default: 3,600,000. */
  readonly lifetime?: number | undefined;
  /**
   * The address of the user to act for: domain-wide delegation of the account, whose assertion IAM signs. The last
   * delegate, or the source, needs the role on the account for this too. Default: the account itself.
   */
  readonly subject?: string | undefined;
}

/** Credentials of a service account that other credentials act for, without a key. */
export class ImpersonatedCredentials extends TokenCredentials implements ScopedCredentials {
  static override readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf("ImpersonatedCredentials");
  readonly #tokens: Tokens;

  /**
   * @param options Options, or `Tokens` for internal use.
   * @throws InvalidRequestError `INVALID_OPTION`, which lists every invalid option
   */
  constructor(options: ImpersonatedOptions | Tokens) {
    const tokens = options instanceof Tokens ? options : Tokens.of(impersonation(checked(options)), options);
    super(tokens);
    this.#tokens = tokens;
  }

  /** Returns credentials of the same account with other scopes. */
  withScopes(scopes: readonly string[]): ImpersonatedCredentials {
    return new ImpersonatedCredentials(this.#tokens.withScopes(scopes));
  }

  /** Returns credentials of the same account that act for this user, or for the account itself if it is `undefined`. */
  withSubject(subject: string | undefined): ImpersonatedCredentials {
    return new ImpersonatedCredentials(this.#tokens.withSubject(subject));
  }
}

/** The longest lifetime of a token that any policy allows, in milliseconds. */
const longest = 12 * 3_600_000;

const resourceName: RegExp = /^projects\/-\/serviceAccounts\//;

function checked(options: ImpersonatedOptions): ImpersonatedOptions {
  const { delegates = [], lifetime, sourceCredentials, targetPrincipal } = options;
  const faults: Fault[] = [];
  const fault = (parameter: string, message: string): void => void faults.push({ parameter, message });
  // Callers without type checks may pass anything.
  if (typeof (sourceCredentials as Credentials | undefined)?.getRequestHeaders !== "function")
    fault("sourceCredentials", "must be credentials: an object with getRequestHeaders()");
  if (!isAddress(targetPrincipal))
    fault(
      "targetPrincipal",
      "must be the address of a service account, for example robot@example-123.iam.gserviceaccount.com",
    );
  if (!Array.isArray(delegates) || !delegates.every((one) => isAddress(String(one).replace(resourceName, ""))))
    fault("delegates", "must be an array of addresses of service accounts");
  if (lifetime !== undefined && !(typeof lifetime === "number" && lifetime >= 1000 && lifetime <= longest))
    fault("lifetime", "must be milliseconds, from a second to 12 hours");
  if (faults.length > 0) throw new InvalidRequestError("ImpersonatedCredentials", faults, "INVALID_OPTION");
  return options;
}

function isAddress(value: unknown): boolean {
  return typeof value === "string" && /^[^\s/?#:]+@[^\s/?#:]+$/.test(value);
}

/** @param url The IAM URL of the account without a method, if it is not the usual one. */
export function impersonation(
  { delegates = [], lifetime = 3_600_000, sourceCredentials, targetPrincipal }: ImpersonatedOptions,
  url?: string,
): TokenKind {
  const source = withDefaultScopes(sourceCredentials, [iamScope]);
  const universe = (): string | undefined => source.universeDomain;
  const exchange = new AssertionExchange();
  const shown = shownName(targetPrincipal);
  const impersonate = async (network: Network): Promise<Impersonation> => {
    // Some credentials know their universe only after they have a token.
    if (url === undefined && universe() === undefined) await source.getRequestHeaders(undefined, network);
    return {
      account: shown,
      source,
      url: url ?? accountUrl(targetPrincipal, universe() ?? defaultUniverse),
      delegates,
    };
  };
  return {
    name: "ImpersonatedCredentials",
    source: shown,
    email: targetPrincipal,

    get universeDomain(): string | undefined {
      return universe();
    },

    get project(): ProjectFacts | undefined {
      return projectFactsOf(source);
    },

    async getToken({ network, scopes, subject }) {
      const acting = await impersonate(network);
      if (subject === undefined) return generateAccessToken(network, acting, scopes, Math.floor(lifetime / 1000));
      const endpoint = `https://oauth2.${universe() ?? defaultUniverse}/token`;
      const claims = { iss: targetPrincipal, sub: subject, scope: scopes.join(" "), aud: endpoint };
      return exchange.run(network, {
        account: `${shown} for ${shownName(subject)}`,
        url: new URL(endpoint),
        metrics: "auth-request-type/at cred-type/imp",
        tokenType: "access_token",
        sign: (now) => signJwt(network, acting, { ...claims, ...times(now) }),
      });
    },

    getIdToken: async (audience, network) => generateIdToken(network, await impersonate(network), audience),
  };
}
