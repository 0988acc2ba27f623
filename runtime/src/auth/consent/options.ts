/** Options of `OAuthClient`. */
import type { AbortSignal } from "../../platform-types.js";
import type { AuthorizedUserOptions } from "../authorized-user.js";
import type { TokenOptions } from "../tokens.js";

/** Options of an `OAuthClient` and of the credentials that it creates. */
export interface OAuthClientOptions extends Pick<TokenOptions, "dispatcher" | "quotaProject" | "transport"> {
  /** How a user signs in again, as the end of error messages. Default: `Ask the user for consent again`. */
  readonly signInAdvice?: string | undefined;
}

/** The settings of an `OAuthClient` that is not created from a file. */
export interface OAuthClientInit extends OAuthClientOptions {
  readonly clientId: string;
  /** Required for clients of the type `web`. */
  readonly clientSecret?: string | undefined;
  /** The registered redirect URIs. The first is the default of `authorizationUrl()`. */
  readonly redirectUris?: readonly string[] | undefined;
  /** The type of the client: for a program on the user's machine or for a web server. Default: `installed`. */
  readonly type?: "installed" | "web" | undefined;
  /** Default: Google's. */
  readonly authUri?: string | undefined;
  /** Default: Google's. */
  readonly tokenUri?: string | undefined;
  /** Default: Google's, or `revoke` next to `tokenUri`. */
  readonly revokeUri?: string | undefined;
  /** Default: `googleapis.com`. */
  readonly universeDomain?: string | undefined;
}

/** Options for the page on which a user grants access. */
export interface ConsentOptions {
  /** The scopes to request. */
  readonly scopes: readonly string[];
  /** The address of the user, so that the page does not ask for it. */
  readonly loginHint?: string | undefined;
  /**
   * `consent` shows the page again to a user who granted access before, `select_account` lets the user choose an
   * account, `none` shows no page. Several are separated by spaces. Default: the page is shown if it is necessary.
   */
  readonly prompt?: string | undefined;
  /** Whether the tokens also get the scopes that the user granted to this client before. Default: false. */
  readonly includeGrantedScopes?: boolean | undefined;
}

/** Options of `authorizationUrl()`. */
export interface AuthorizationUrlOptions extends ConsentOptions {
  /** A text that the redirect returns. Must be hard to guess. Default: 256 random bits. */
  readonly state?: string | undefined;
  /** `online` requests no refresh token, which `exchange()` needs. Default: `offline`. */
  readonly accessType?: "offline" | "online" | undefined;
  /** Where the browser returns to. Default: the first registered redirect URI. */
  readonly redirectUri?: string | undefined;
}

/** The URL of an authorization page, and what `exchange()` needs later. */
export interface AuthorizationRequest {
  /** Open it in the user's browser. */
  readonly url: string;
  /** Store it in the user's session, and pass it to `exchange()` with the callback URL. */
  readonly state: string;
  /** Store it in the user's session, and pass it to `exchange()`. Keep it secret. */
  readonly codeVerifier: string;
  readonly redirectUri: string;
  /** The requested scopes. */
  readonly scopes: readonly string[];
}

/** Options of `exchange()`. */
export interface ExchangeOptions extends Pick<AuthorizedUserOptions, "onTokens"> {
  /** The one of `authorizationUrl()`. */
  readonly codeVerifier: string;
  /** The one of `authorizationUrl()`. Required if a callback URL is passed. */
  readonly state?: string | undefined;
  /** The one of `authorizationUrl()`. Default: the first registered redirect URI. */
  readonly redirectUri?: string | undefined;
  /** The requested scopes. They count as granted if the server does not return which are (RFC 6749 §5.1). */
  readonly scopes?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of `restore()`. */
export type RestoreOptions = Pick<AuthorizedUserOptions, "onTokens" | "scopes">;

/** Options of `authorizeOnLoopback()`. */
export interface LoopbackOptions extends ConsentOptions, Pick<AuthorizedUserOptions, "onTokens"> {
  /**
   * Opens the URL in the user's browser. Default: starts the browser of this machine; if it has none, prints the URL to
   * standard error.
   */
  readonly open?: ((url: string) => void | Promise<unknown>) | undefined;
  /** Milliseconds to wait for the user. Default: 300,000. */
  readonly timeout?: number | undefined;
  /** The port to listen on. Default: a free one; for a web client, the one of its first loopback redirect URI. */
  readonly port?: number | undefined;
  /** Stops waiting. The promise then rejects with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

/** A description of an `OAuthClient` without secrets. */
export interface OAuthClientSummary {
  readonly kind: string;
  readonly clientId: string;
  readonly type: "installed" | "web";
  readonly redirectUris: readonly string[];
}
