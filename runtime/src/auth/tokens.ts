/**
 * What all credentials that request tokens have in common: scopes, a user to act for, a cache for each combination, the
 * quota project and the transport. Each kind adds how it requests one token.
 */
import { AuthError, type Fault, InvalidRequestError } from "../errors.js";
import { platformTransport } from "../transport/node/platform-transport.js";
import type { AbortSignal } from "../platform-types.js";
import { readHeader } from "../request/headers.js";
import type { Transport } from "../transport/transport.js";
import type { Dispatcher } from "../transport/dispatcher.js";
import { registerCachedHeaders } from "./cached-headers.js";
import type { Credentials, CredentialsContext, WaitOptions } from "./credentials.js";
import type { Network } from "./endpoint.js";
import type { ProjectFacts } from "./project.js";
import { type CredentialsSummary, identify, summaryOf } from "./summary.js";
import { type Expiring, RefreshingCache, type Token, type TokenCache, TokenCaches } from "./token-cache.js";
import type { IssuedToken } from "./token-request.js";

/** Options of all credentials that request tokens. */
export interface TokenOptions {
  /** The scopes of the token. Default: the scopes of the client that uses the credentials. */
  readonly scopes?: readonly string[] | undefined;
  /** The quota project, sent as `X-Goog-User-Project`. Default: the one in the credential file. */
  readonly quotaProject?: string | undefined;
  /** undici's dispatcher for token requests. Default: the client's. */
  readonly dispatcher?: Dispatcher | undefined;
  /** The transport for token requests. Default: the client's. */
  readonly transport?: Transport | undefined;
  /** How many tokens to cache, one for each combination of scopes and subject or audience. Default: 1,000. */
  readonly tokenCacheSize?: number | undefined;
}

/** What one token is for. All calls that wait for the token share it. */
export interface TokenRequest {
  readonly scopes: readonly string[];
  /** The user to act for. */
  readonly subject: string | undefined;
  /** The root URL of the API, for kinds whose tokens need no scopes: `https://sqladmin.googleapis.com/`. */
  readonly audience: string | undefined;
  readonly network: Network;
}

/** An access token for use outside of clients. */
export interface AccessToken {
  readonly token: string;
  /** When it expires, in milliseconds since the epoch. */
  readonly expires: number;
}

/** One kind of credentials. */
export interface TokenKind {
  /** The name of the class, for messages about options. */
  readonly name: string;
  /** The source of the credentials, for messages: the file's name or `the key`. */
  readonly source: string;
  /** The address of the account, if it is known. */
  readonly email?: string | undefined;
  /** `audience`: without scopes, each API gets its own token. `none`: a token needs no scopes. Default: scopes are required. */
  readonly withoutScopes?: "audience" | "none" | undefined;
  readonly universeDomain?: string | undefined;
  /** What the credentials know of their project. */
  readonly project?: ProjectFacts | undefined;
  getToken(request: TokenRequest): Promise<IssuedToken>;
  getIdToken?(audience: string, network: Network): Promise<IssuedToken>;
  /** Takes over the time of a server that rejected a token. For kinds whose tokens depend on the local clock. */
  adjustClock?(serverTime: number): void;
}

interface Project extends Expiring {
  readonly id: string;
}

/** What credentials share with those that are derived from them. */
interface Shared {
  /** The environment has precedence over the project of the credentials. */
  prefersEnvironment: boolean;
  project: RefreshingCache<Project>;
  readonly kind: TokenKind;
  readonly caches: TokenCaches;
  readonly quotaProject: string | undefined;
  readonly transport: Transport | undefined;
}

/** The default of {@link TokenOptions.tokenCacheSize}. */
const defaultCacheSize = 1000;

/** The tokens of one kind of credentials for these scopes and this user. */
export class Tokens {
  readonly scopes: readonly string[];
  readonly subject: string | undefined;
  readonly #shared: Shared;
  /** Set with the first token, so that intermediate credentials do not fill the cache. */
  #cache: TokenCache | undefined;

  private constructor(shared: Shared, scopes: readonly string[], subject: string | undefined) {
    this.#shared = shared;
    this.scopes = scopes;
    this.subject = subject;
  }

  /**
   * @param quotaProject The default for an option that is not set.
   * @throws InvalidRequestError `INVALID_OPTION`
   */
  static of(
    kind: TokenKind,
    options: TokenOptions & { readonly subject?: string | undefined } = {},
    quotaProject?: string,
  ): Tokens {
    const faults: Fault[] = [];
    const scopes = readScopes(options.scopes ?? [], faults);
    checkSubject(options.subject, faults);
    if (options.transport !== undefined && typeof options.transport?.send !== "function")
      faults.push({ parameter: "transport", message: "has no send()" });
    const { tokenCacheSize = defaultCacheSize } = options;
    if (!(Number.isInteger(tokenCacheSize) && tokenCacheSize >= 1))
      faults.push({ parameter: "tokenCacheSize", message: "must be an integer, 1 or more" });
    const shared: Shared = {
      prefersEnvironment: false,
      project: new RefreshingCache("the project ID"),
      kind,
      caches: new TokenCaches(tokenCacheSize),
      quotaProject: readHeader("quotaProject", options.quotaProject ?? quotaProject, faults),
      transport:
        options.transport ??
        (options.dispatcher === undefined ? undefined : platformTransport(options.dispatcher, undefined)),
    };
    throwFaults(kind, faults);
    return new Tokens(shared, scopes, options.subject);
  }

  /** The class of the credentials. */
  get kind(): string {
    return this.#shared.kind.name;
  }

  get universeDomain(): string | undefined {
    return this.#shared.kind.universeDomain;
  }

  withScopes(scopes: readonly string[]): Tokens {
    const faults: Fault[] = [];
    const valid = readScopes(scopes, faults);
    throwFaults(this.#shared.kind, faults);
    return new Tokens(this.#shared, valid, this.subject);
  }

  withSubject(subject: string | undefined): Tokens {
    const faults: Fault[] = [];
    checkSubject(subject, faults);
    throwFaults(this.#shared.kind, faults);
    return new Tokens(this.#shared, this.scopes, subject);
  }

  /** @throws AuthError `NO_SCOPES`, and what the kind of credentials throws */
  async token(url: string | undefined, context: CredentialsContext | undefined): Promise<Token> {
    const { scopes, subject } = this;
    const { kind } = this.#shared;
    const audience = scopes.length === 0 && kind.withoutScopes === "audience" ? rootOf(url) : undefined;
    if (scopes.length === 0 && audience === undefined && kind.withoutScopes !== "none") {
      throw new AuthError(
        "NO_SCOPES",
        `${kind.source}: ${kind.name} need scopes, and neither these credentials nor the API name any. Pass { scopes: […] }`,
      );
    }
    const cache = audience === undefined ? this.#own() : this.#shared.caches.for(["audience", audience]);
    const transport = this.#transport(context?.transport);
    const fetch = (signal: AbortSignal): Promise<Token> =>
      this.#fetch(kind.getToken({ scopes, subject, audience, network: { transport, signal } }));
    return cache.get(fetch, context?.signal);
  }

  /** The project ID. Credentials that are derived from each other share the search and its result. */
  async projectId(credentials: Credentials, signal: AbortSignal | undefined): Promise<string> {
    const shared = this.#shared;
    const find = async (ended: AbortSignal): Promise<Project> => {
      try {
        const [{ findProject }, { remotePlaces }] = await Promise.all([
          import("./project.js"),
          import("./project-places.js"),
        ]);
        const facts = projectFactsOf(credentials) ?? {};
        const id = await findProject({ facts, others: remotePlaces(facts, shared.transport) }, ended);
        return { id, obtained: Date.now(), expires: Infinity };
      } catch (error) {
        // The next call searches again.
        shared.project = new RefreshingCache("the project ID");
        throw error;
      }
    };
    return (await shared.project.get(find, signal)).id;
  }

  /** What is known of the project. */
  get project(): ProjectFacts {
    const { kind, prefersEnvironment } = this.#shared;
    return prefersEnvironment ? { ...kind.project, prefersEnvironment } : (kind.project ?? {});
  }

  /** Gives the environment precedence over the project of the credentials. */
  preferEnvironment(): void {
    this.#shared.prefersEnvironment = true;
  }

  get summary(): CredentialsSummary {
    const { scopes, subject, universeDomain } = this;
    const { kind, quotaProject } = this.#shared;
    return summaryOf(kind.name, { email: kind.email, subject, scopes, quotaProject, universeDomain });
  }

  /** The headers of the cached token, if it is fresh. */
  cachedHeaders(): Record<string, string> | undefined {
    return this.#cache?.fresh()?.headers;
  }

  /** Discards the token if it is the one that was rejected. */
  forget(refused: string | undefined, serverTime?: number): void {
    if (serverTime !== undefined) this.#shared.kind.adjustClock?.(serverTime);
    this.#cache?.forget(refused);
    // Without scopes, the token may belong to one API.
    if (this.scopes.length === 0) this.#shared.caches.forget(refused);
  }

  /** An ID token for this audience, cached like access tokens. */
  async idToken(audience: string, signal?: AbortSignal): Promise<string> {
    const { kind } = this.#shared;
    const faults: Fault[] = [];
    if (typeof audience !== "string" || audience === "")
      faults.push({
        parameter: "audience",
        message: "must be a non-empty string, for example the URL of the service",
      });
    throwFaults(kind, faults);
    const get = kind.getIdToken;
    if (get === undefined)
      throw new AuthError("TOKEN_UNAVAILABLE", `${kind.source}: ${kind.name} cannot request ID tokens`);
    const cache = this.#shared.caches.for(["id", audience]);
    const transport = this.#transport(undefined);
    const fetch = (signal: AbortSignal): Promise<Token> => this.#fetch(get.call(kind, audience, { transport, signal }));
    const { token } = await cache.get(fetch, signal);
    return token;
  }

  #own(): TokenCache {
    return (this.#cache ??= this.#shared.caches.for([sortedOnce(this.scopes), this.subject]));
  }

  #transport(offered: Transport | undefined): Transport {
    return this.#shared.transport ?? offered ?? platformTransport(undefined, undefined);
  }

  async #fetch(issued: Promise<IssuedToken>): Promise<Token> {
    const obtained = Date.now();
    const { lifetime, token } = await issued;
    const { caches, quotaProject } = this.#shared;
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (quotaProject !== undefined) headers["x-goog-user-project"] = quotaProject;
    const stored: Token = { token, headers: Object.freeze(headers), obtained, expires: obtained + lifetime };
    caches.note(stored);
    return stored;
  }
}

const tokensOf: WeakMap<object, Tokens> = new WeakMap();

/** What credentials know of their project. `undefined` for credentials of other libraries. */
export function projectFactsOf(credentials: Credentials): ProjectFacts | undefined {
  const facts = tokensOf.get(credentials)?.project;
  // Impersonation passes on the identity that the source credentials belong to.
  return facts?.federation === undefined ? facts : { ...facts, federation: { credentials, ...facts.federation } };
}

/** Gives the environment precedence over the project of these credentials and of those derived from them. */
export function preferEnvironment(credentials: Credentials): void {
  tokensOf.get(credentials)?.preferEnvironment();
}

/** The base class of credentials that request tokens. Each kind adds its own constructors and `with…` methods. */
export abstract class TokenCredentials implements Credentials {
  readonly #tokens: Tokens;

  protected constructor(tokens: Tokens) {
    this.#tokens = tokens;
    tokensOf.set(this, tokens);
    registerCachedHeaders(this, () => tokens.cachedHeaders());
    identify(this, tokens.kind);
  }

  /** The scopes of the tokens; empty for those of the client. */
  get scopes(): readonly string[] {
    return this.#tokens.scopes;
  }

  /** The cloud that the credentials belong to, for example `googleapis.com`; `undefined` while it is not known. */
  get universeDomain(): string | undefined {
    return this.#tokens.universeDomain;
  }

  /** @throws AuthError `NO_SCOPES`, `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE` */
  async getRequestHeaders(url?: string, context?: CredentialsContext): Promise<Record<string, string>> {
    return (await this.#tokens.token(url, context)).headers;
  }

  /**
   * Returns an access token for use outside of clients, from the cache or requested.
   *
   * @throws AuthError `NO_SCOPES`, `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE`
   * @throws AbortError if the signal aborts
   */
  async getAccessToken({ signal }: WaitOptions = {}): Promise<AccessToken> {
    const { expires, token } = await this.#tokens.token(undefined, { signal });
    return { token, expires };
  }

  /**
   * Returns the project ID: the one of the credentials (a key's `project_id`), else `GOOGLE_CLOUD_PROJECT` or
   * `GCLOUD_PROJECT` of the environment, the one of gcloud's active configuration, the project of the pool of a
   * federated identity, or the one of the machine. For `applicationDefault()`, the environment comes first. The
   * result is cached, and shared with derived credentials.
   *
   * @throws AuthError `NO_PROJECT`, which lists what was tried
   * @throws AbortError if the signal aborts
   */
  getProjectId({ signal }: WaitOptions = {}): Promise<string> {
    return this.#tokens.projectId(this, signal);
  }

  /**
   * Returns an ID token for a service that checks them, such as Cloud Run.
   *
   * @param audience The service that receives it, usually its URL.
   * @param options A signal that ends the waiting of this call. Other calls for the same token continue.
   * @throws AuthError `TOKEN_REFUSED`; `TOKEN_UNAVAILABLE`, also if this kind of credentials has no ID tokens
   * @throws AbortError if the signal aborts
   */
  getIdToken(audience: string, { signal }: WaitOptions = {}): Promise<string> {
    return this.#tokens.idToken(audience, signal);
  }

  /** A description without secrets. `console.log` prints it too. */
  toJSON(): CredentialsSummary {
    return this.#tokens.summary;
  }

  /** Discards the token if it is the one that was rejected. */
  invalidate(refused?: string, serverTime?: number): void {
    this.#tokens.forget(refused, serverTime);
  }
}

function sortedOnce(scopes: readonly string[]): readonly string[] {
  return [...new Set(scopes)].toSorted();
}

function rootOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? `${new URL(url).origin}/` : undefined;
}

/** Reads an option with scopes. Problems are added to `faults`. */
export function readScopes(scopes: unknown, faults: Fault[]): readonly string[] {
  // A scope contains no spaces (RFC 6749 §3.3).
  const valid = (Array.isArray(scopes) ? scopes : []).filter(
    (scope): scope is string => typeof scope === "string" && /^[\u0021\u0023-\u005b\u005d-\u007e]+$/.test(scope),
  );
  if (!Array.isArray(scopes) || valid.length < scopes.length)
    faults.push({ parameter: "scopes", message: "must be an array of scopes, for example SQLAdminClient.scopes" });
  return Object.freeze(valid);
}

function checkSubject(subject: unknown, faults: Fault[]): void {
  if (subject === undefined || (typeof subject === "string" && /^\S+$/.test(subject))) return;
  faults.push({ parameter: "subject", message: "must be an address, for example user@example.com" });
}

function throwFaults({ name }: TokenKind, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new InvalidRequestError(name, faults, "INVALID_OPTION");
}
