/** What a client needs of credentials. */
import type { AbortSignal, Headers } from "../platform-types.js";
import type { Transport } from "../transport/transport.js";

/** What a client offers credentials that ask for a token. */
export interface CredentialsContext {
  /** The client's transport, for credentials that were given none of their own. */
  readonly transport?: Transport | undefined;
  /** Aborts when the call no longer waits for the token. A request that nobody else waits for can end then. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Signs requests. Structural: any object with this method will do, those of google-auth-library too.
 */
export interface Credentials {
  /**
   * The cloud that they belong to, for instance `googleapis.com`: a client of another one refuses them. Absent where it
   * is not known, or not before {@link getRequestHeaders} has answered.
   */
  readonly universeDomain?: string | undefined;
  /** Header fields for a request to this URL, for instance `authorization`. Asked for before every attempt. */
  getRequestHeaders(url?: string, context?: CredentialsContext): Promise<Headers | Record<string, string>>;
  /**
   * The API answered 401: forget the token. Then the call is tried once more.
   *
   * @param refused The `authorization` that was refused. A token newer than this one must be kept.
   */
  invalidate?(refused?: string): void;
}

/** Credentials that can be narrowed to scopes. Those without any get the scopes of the client they are used with. */
export interface ScopedCredentials extends Credentials {
  readonly scopes?: readonly string[] | undefined;
  withScopes(scopes: readonly string[]): Credentials;
}

/** Whether credentials say of themselves that they sign nothing. */
export function isAnonymous(credentials: Credentials): boolean {
  return "anonymous" in credentials && credentials.anonymous === true;
}

/** The credentials, narrowed to these scopes where they can be and have none. */
export function withDefaultScopes(credentials: Credentials, scopes: readonly string[]): Credentials {
  return scopes.length > 0 && lacksScopes(credentials) ? credentials.withScopes(scopes) : credentials;
}

function lacksScopes(credentials: Credentials): credentials is ScopedCredentials {
  return (
    "withScopes" in credentials &&
    typeof credentials.withScopes === "function" &&
    !("scopes" in credentials && Array.isArray(credentials.scopes) && credentials.scopes.length > 0)
  );
}
