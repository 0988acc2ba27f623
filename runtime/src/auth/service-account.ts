/** Sign-in as a service account with its key: a signed assertion is exchanged for an access token (RFC 7523). */
import { AuthError, type Fault, InvalidRequestError } from "../errors.js";
import type { Transport } from "../transport/transport.js";
import { type Dispatcher, undiciTransport } from "../transport/undici.js";
import { AssertionSigner } from "./assertion.js";
import { offerAtHand } from "./at-hand.js";
import type { CredentialsContext, ScopedCredentials } from "./credentials.js";
import { type Key, parseKey, readKeyFile, type ServiceAccountKey } from "./key-file.js";
import { type Token, TokenCache } from "./token-cache.js";
import { TokenRefusal, isClockRefusal, requestToken } from "./token-request.js";

/** Options of {@link ServiceAccountCredentials}. */
export interface ServiceAccountOptions {
  /** What the token is good for. Default: the scopes of the client that the credentials are used with. */
  readonly scopes?: readonly string[] | undefined;
  /** The person to act for, by address: domain-wide delegation. Default: the service account itself. */
  readonly subject?: string | undefined;
  /** The project that pays, as `X-Goog-User-Project`. Default: `quota_project_id` of the key. */
  readonly quotaProject?: string | undefined;
  /** undici's dispatcher for token requests. Default: what the client uses. */
  readonly dispatcher?: Dispatcher | undefined;
  /** The transport for token requests. Default: what the client uses. */
  readonly transport?: Transport | undefined;
}

/** What all credentials made from one key share. */
interface Shared {
  readonly key: Key;
  readonly signer: AssertionSigner;
  /** By scopes and subject; the one used last is the last. */
  readonly caches: Map<string, TokenCache>;
  readonly quotaProject: string | undefined;
  readonly transport: Transport | undefined;
  /** How far the token endpoint's clock is ahead of ours, in milliseconds, where that mattered. */
  clockOffset: number;
}

/** So many people can be acted for before tokens of the first are dropped. */
const cacheLimit = 1000;

/** A clock that differs by less is not to blame. */
const clockTolerance = 30_000;

/** Credentials of a service account. Tokens are kept, renewed before they end, and shared by all that is made from one key. */
export class ServiceAccountCredentials implements ScopedCredentials {
  readonly #shared: Shared;
  readonly #scopes: readonly string[];
  readonly #subject: string | undefined;
  readonly #cache: TokenCache;

  private constructor(shared: Shared, scopes: readonly string[], subject: string | undefined) {
    this.#shared = shared;
    this.#scopes = scopes;
    this.#subject = subject;
    this.#cache = cacheFor(shared, scopes, subject);
    offerAtHand(this, () => this.#cache.fresh()?.headers);
  }

  /**
   * Credentials from a key file.
   *
   * @throws AuthError `KEY_…`, naming the file and the place in it, never what stands there.
   */
  static async fromFile(path: string, options?: ServiceAccountOptions): Promise<ServiceAccountCredentials> {
    return ServiceAccountCredentials.#fromKey(await readKeyFile(path), options);
  }

  /**
   * Credentials from a key as an object or as JSON, for instance out of a secret store.
   *
   * @throws AuthError `KEY_…`, naming the place, never what stands there.
   */
  static fromJSON(key: ServiceAccountKey | string, options?: ServiceAccountOptions): ServiceAccountCredentials {
    return ServiceAccountCredentials.#fromKey(parseKey(key, "the key"), options);
  }

  static #fromKey(key: Key, options: ServiceAccountOptions = {}): ServiceAccountCredentials {
    const { dispatcher, quotaProject, transport } = options;
    const shared: Shared = {
      key,
      signer: new AssertionSigner(key),
      caches: new Map(),
      quotaProject: quotaProject ?? key.quotaProject,
      transport: transport ?? (dispatcher === undefined ? undefined : undiciTransport(dispatcher)),
      clockOffset: 0,
    };
    return new ServiceAccountCredentials(shared, checkScopes(options.scopes ?? []), checkSubject(options.subject));
  }

  /** What tokens are asked for; empty for the client's own. */
  get scopes(): readonly string[] {
    return this.#scopes;
  }

  /** The account's address. */
  get email(): string {
    return this.#shared.key.email;
  }

  /** The cloud that the account belongs to: `universe_domain` of the key, mostly `googleapis.com`. */
  get universeDomain(): string {
    return this.#shared.key.universeDomain;
  }

  /** The same account with other scopes. */
  withScopes(scopes: readonly string[]): ServiceAccountCredentials {
    return new ServiceAccountCredentials(this.#shared, checkScopes(scopes), this.#subject);
  }

  /** The same account acting for this person, or for itself again where it is `undefined`. */
  withSubject(subject: string | undefined): ServiceAccountCredentials {
    return new ServiceAccountCredentials(this.#shared, this.#scopes, checkSubject(subject));
  }

  /** @throws AuthError `NO_SCOPES`, `KEY_BROKEN`, `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE` */
  async getRequestHeaders(_url?: string, context?: CredentialsContext): Promise<Record<string, string>> {
    if (this.#scopes.length === 0) {
      throw new AuthError(
        "NO_SCOPES",
        `${this.#shared.key.source}: a service account needs scopes, and neither these credentials nor the API name any. Pass { scopes: […] }`,
      );
    }
    return (await this.#cache.get(() => this.#fetch(context?.transport))).headers;
  }

  /** Forgets the token, if it is the one that was refused. */
  invalidate(refused?: string): void {
    this.#cache.forget(refused);
  }

  async #fetch(offered: Transport | undefined): Promise<Token> {
    const transport = this.#shared.transport ?? offered ?? undiciTransport();
    try {
      return await this.#exchange(transport);
    } catch (error) {
      if (!this.#adjustClock(error)) throw error;
      return this.#exchange(transport);
    }
  }

  async #exchange(transport: Transport): Promise<Token> {
    const { clockOffset, key, quotaProject, signer } = this.#shared;
    const assertion = await signer.sign(this.#scopes, this.#subject, Date.now() + clockOffset);
    const form = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
    const obtained = Date.now();
    const { lifetime, token } = await requestToken(transport, {
      origin: key.tokenOrigin,
      path: key.tokenPath,
      account: this.#account(),
      form,
    });
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (quotaProject !== undefined) headers["x-goog-user-project"] = quotaProject;
    return { headers: Object.freeze(headers), obtained, expires: obtained + lifetime };
  }

  /** After a refusal over times: takes the server's clock where ours differs. `false`: that is not it. */
  #adjustClock(error: unknown): boolean {
    if (!(error instanceof TokenRefusal) || error.serverTime === undefined || !isClockRefusal(error.message))
      return false;
    const offset = error.serverTime - Date.now();
    if (Math.abs(offset - this.#shared.clockOffset) < clockTolerance) return false;
    this.#shared.clockOffset = offset;
    return true;
  }

  #account(): string {
    const { email, source } = this.#shared.key;
    return `${source} (${email}${this.#subject === undefined ? "" : ` for ${this.#subject}`})`;
  }
}

function cacheFor({ caches }: Shared, scopes: readonly string[], subject: string | undefined): TokenCache {
  const key = JSON.stringify([[...new Set(scopes)].toSorted(), subject]);
  const cache = caches.get(key) ?? new TokenCache();
  caches.delete(key);
  caches.set(key, cache);
  const oldest = caches.keys().next().value;
  if (caches.size > cacheLimit && oldest !== undefined) caches.delete(oldest);
  return cache;
}

function checkScopes(scopes: unknown): readonly string[] {
  const fault: Fault = { parameter: "scopes", message: "must be a list of scopes, for instance SQLAdminClient.scopes" };
  if (!Array.isArray(scopes)) throw new InvalidRequestError("ServiceAccountCredentials", [fault], "INVALID_OPTION");
  // A scope is one word (RFC 6749 §3.3).
  const valid = scopes.filter(
    (scope): scope is string => typeof scope === "string" && /^[\u0021\u0023-\u005b\u005d-\u007e]+$/.test(scope),
  );
  if (valid.length < scopes.length)
    throw new InvalidRequestError("ServiceAccountCredentials", [fault], "INVALID_OPTION");
  return Object.freeze(valid);
}

function checkSubject(subject: unknown): string | undefined {
  if (subject === undefined || (typeof subject === "string" && /^\S+$/.test(subject))) return subject;
  throw new InvalidRequestError(
    "ServiceAccountCredentials",
    [{ parameter: "subject", message: "must be an address, for instance person@example.com" }],
    "INVALID_OPTION",
  );
}
