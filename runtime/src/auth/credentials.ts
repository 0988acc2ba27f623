/** The interface between clients and credentials. */
import type { AbortSignal, Headers } from "../platform-types.js";
import type { Transport } from "../transport/transport.js";

/** What a client passes to credentials that request a token. */
export interface CredentialsContext {
  /** The client's transport, for credentials without their own. */
  readonly transport?: Transport | undefined;
  /** Aborts when the call no longer waits for the token. If no other call waits, its request can end. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of methods of credentials that wait. */
export interface WaitOptions {
  /** Ends the waiting of this call. Other calls that wait for the same result continue. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Authorizes requests. Any object with this method fits, including google-auth-library's clients.
 */
export interface Credentials {
  /**
   * The cloud that they belong to, for example `googleapis.com`. A client of another cloud rejects them. Absent if it is
   * not known, or not known until {@link getRequestHeaders} resolves.
   */
  readonly universeDomain?: string | undefined;
  /** Returns header fields for a request to this URL, for example `authorization`. Called before every attempt. */
  getRequestHeaders(url?: string, context?: CredentialsContext): Promise<Headers | Record<string, string>>;
  /**
   * Discards the token after the API returned 401. The client then sends the request once more.
   *
   * @param refused The `authorization` that was rejected. Do not discard a newer token.
   * @param serverTime The server's time in milliseconds since the epoch, if it is known: the local clock may be wrong.
   */
  invalidate?(refused?: string, serverTime?: number): void;
}

/** Credentials that can be limited to scopes. Credentials without scopes get those of the client that uses them. */
export interface ScopedCredentials extends Credentials {
  readonly scopes?: readonly string[] | undefined;
  withScopes(scopes: readonly string[]): Credentials;
}

/** Whether these are credentials that add no headers on purpose. */
export function isAnonymous(credentials: Credentials): boolean {
  return "anonymous" in credentials && credentials.anonymous === true;
}

/** Returns the credentials with these scopes, if they take scopes and have none. */
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
