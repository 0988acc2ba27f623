/**
 * The consent of a user: the authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636), for web servers and for
 * programs on the user's own machine (RFC 8252).
 */
import { InvalidRequestError } from "../../errors.js";
import { type InstanceCheck, instancesOf } from "../../kinds.js";
import type { AbortSignal, Url } from "../../platform-types.js";
import { shownName } from "../../redact.js";
import type { AuthorizedUserCredentials } from "../authorized-user.js";
import { CredentialFile, readCredentialFile } from "../credential-file.js";
import { identify } from "../summary.js";
import { type ClientSettings, clientFile, clientIn, parseClient } from "./client-file.js";
import type { Client } from "./flow.js";
import type {
  AuthorizationRequest,
  AuthorizationUrlOptions,
  ExchangeOptions,
  LoopbackOptions,
  OAuthClientInit,
  OAuthClientOptions,
  OAuthClientSummary,
  RestoreOptions,
} from "./options.js";
import type { TokenStore } from "./token-store.js";

/**
 * An OAuth client, which users grant access to their data. It stores nothing but its settings, so one object can serve
 * many users.
 */
export class OAuthClient {
  static readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf("OAuthClient");
  readonly #client: Client;

  /**
   * Creates a client from its ID and secret.
   *
   * @param init Settings, or a `Client` for internal use.
   * @throws AuthError `KEY_…`, which names the setting, never its value
   */
  constructor(init: OAuthClientInit | Client) {
    this.#client = "settings" in init ? init : { settings: settingsOf(init), options: init };
    const { transport } = this.#client.options;
    if (transport !== undefined && typeof transport?.send !== "function")
      throw new InvalidRequestError(
        "OAuthClient",
        [{ parameter: "transport", message: "has no send()" }],
        "INVALID_OPTION",
      );
    identify(this, "OAuthClient");
  }

  /**
   * Creates a client from the JSON file that the Google Cloud console offers for download, of the type Desktop app
   * (`installed`) or Web application (`web`).
   *
   * @throws AuthError `KEY_…`, which names the file and the member, never its value
   */
  static async fromFile(path: string, options?: OAuthClientOptions): Promise<OAuthClient> {
    const file = await readCredentialFile(path, clientFile);
    return OAuthClient.fromJSON(file.members, options, path);
  }

  /**
   * Creates a client from the JSON of such a file.
   *
   * @param source The name of the client in messages.
   * @throws AuthError `KEY_…`, which names the member, never its value
   */
  static fromJSON(json: string | object, options: OAuthClientOptions = {}, source = "the OAuth client"): OAuthClient {
    return new OAuthClient({ settings: parseClient(json, source), options });
  }

  get clientId(): string {
    return this.#client.settings.clientId;
  }

  /** `installed` for programs on the user's machine, `web` for web servers. */
  get type(): "installed" | "web" {
    return this.#client.settings.type;
  }

  /** The registered redirect URIs. */
  get redirectUris(): readonly string[] {
    return this.#client.settings.redirectUris;
  }

  /** A description without secrets. `console.log` prints it too. */
  toJSON(): OAuthClientSummary {
    const { clientId, redirectUris, type } = this;
    return { kind: "OAuthClient", clientId: shownName(clientId), type, redirectUris: redirectUris.map(shownName) };
  }

  /**
   * Creates the URL of the authorization page, with a PKCE challenge and a state.
   *
   * @throws InvalidRequestError `INVALID_OPTION`
   */
  async authorizationUrl(options: AuthorizationUrlOptions): Promise<AuthorizationRequest> {
    const flow = await import("./flow.js");
    return flow.authorizationUrl(this.#client, options);
  }

  /**
   * Exchanges an authorization code for tokens. A code can be used once, so a request that may have reached the server
   * is not repeated.
   *
   * @param code The code, or the URL that the browser returned to, complete or from its path on. The `state` and the
   *   error of a URL are checked.
   * @throws AuthError `CONSENT_STATE_MISMATCH`, `CONSENT_DENIED`, `CONSENT_CODE_REFUSED`, `TOKEN_REFUSED`,
   *   `TOKEN_UNAVAILABLE`, also if the response has no refresh token; `TOKEN_STORE_…` if `onTokens` fails
   */
  async exchange(code: string | Url, options: ExchangeOptions): Promise<AuthorizedUserCredentials> {
    const flow = await import("./flow.js");
    return flow.exchange(this.#client, code, options);
  }

  /**
   * Signs a user in with the browser of this machine: listens on a free port of 127.0.0.1, opens the authorization page,
   * waits for its redirect and exchanges the code. Node only.
   *
   * Requests without the state of this sign-in are rejected and do not end it, so other programs on this machine cannot
   * disturb it.
   *
   * @throws AbortError after `signal`
   * @throws AuthError what {@link exchange} throws; `CONSENT_PORT_UNAVAILABLE`; `CONSENT_TIMEOUT` if no redirect arrives;
   *   `CONSENT_STATE_MISMATCH` if none arrives but those with another state; what `open` throws
   */
  async authorizeOnLoopback(options: LoopbackOptions): Promise<AuthorizedUserCredentials> {
    const { authorizeOnLoopback } = await import("./loopback.js");
    return authorizeOnLoopback(this.#client, options);
  }

  /**
   * Revokes a sign-in (RFC 7009). At Google this ends all access of this client to the user's data. A token that is
   * revoked already, or has expired, is no error.
   *
   * @param credentials Credentials of this client, or one of its refresh or access tokens.
   */
  async revoke(
    credentials: AuthorizedUserCredentials | string,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const flow = await import("./flow.js");
    return flow.revoke(this.#client, credentials, signal);
  }

  /**
   * Creates credentials from a store, and writes refreshed tokens to it. If another process has replaced the refresh
   * token, it is read again.
   *
   * @returns `undefined` if the store is empty
   * @throws AuthError `TOKEN_STORE_UNREADABLE`; `TOKEN_STORE_MISMATCH` for the sign-in of another client
   */
  async restore(store: TokenStore, options: RestoreOptions = {}): Promise<AuthorizedUserCredentials | undefined> {
    const flow = await import("./flow.js");
    return flow.restore(this.#client, store, options);
  }
}

function settingsOf(init: OAuthClientInit): ClientSettings {
  const { type = "installed" } = init;
  const members = {
    client_id: init.clientId,
    client_secret: init.clientSecret,
    redirect_uris: init.redirectUris,
    auth_uri: init.authUri,
    token_uri: init.tokenUri,
    revoke_uri: init.revokeUri,
    universe_domain: init.universeDomain,
  };
  const advice = "OAuthClient needs the ID of an OAuth client; a web client also needs its secret";
  return clientIn(new CredentialFile("OAuthClient", members, advice), "OAuthClient", type);
}
