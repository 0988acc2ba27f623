/** Credentials of a user who signed in before: a refresh token is exchanged for access tokens (RFC 6749 §6). */
import { AuthError, type AuthErrorCode } from "../errors.js";
import { type InstanceCheck, instancesOf } from "../kinds.js";
import {
  type CredentialFile,
  type FileKind,
  type JsonObject,
  parseCredentials,
  readCredentialFile,
} from "./credential-file.js";
import type { Network } from "./endpoint.js";
import {
  type IssuedToken,
  type TokenEndpointRequest,
  readAccessToken,
  readIdToken,
  requestForm,
} from "./token-request.js";
import { type OnTokens, TokenReports } from "./token-reports.js";
import { TokenCredentials, type TokenKind, type TokenOptions, Tokens } from "./tokens.js";
import { type AuthorizedUserKey, changesOf, missingScopes, scopesIn, storedToken } from "./user-key.js";

/** Options of {@link AuthorizedUserCredentials}. */
export interface AuthorizedUserOptions extends TokenOptions {
  /** A subset of the scopes that the user granted; others are refused. Default: all granted scopes. */
  readonly scopes?: readonly string[] | undefined;
  /**
   * Called with the complete sign-in after each token request, so that a program can store it. Calls are in order and
   * never overlap. Must not use the credentials, which wait for it. If it throws after the server replaced the refresh
   * token, the token request fails with `TOKEN_STORE_UNWRITABLE` or the `DiscogenError` that it threw, and the next one
   * reports again. If the stored refresh token is still valid, a process warning reports the failure instead.
   */
  readonly onTokens?: OnTokens | undefined;
  /**
   * Reads the stored sign-in again. Called if the refresh token was revoked or has expired: another process may have
   * stored a new one, which is then used.
   */
  readonly reload?: (() => Promise<AuthorizedUserKey | undefined>) | undefined;
  /** How the user signs in again: a sentence at the end of error messages. Default: advice to run gcloud. */
  readonly signInAdvice?: string | undefined;
}

const fileKind: FileKind = {
  type: "authorized_user",
  advice:
    'AuthorizedUserCredentials takes the sign-in of a user, with "type": "authorized_user", as `gcloud auth application-default login` writes it',
  fromJson: "AuthorizedUserCredentials.fromJSON",
};

/** The sign-in that credentials were created from, with its current refresh token. */
interface SignIn {
  readonly kind: TokenKind;
  readonly clientId: string;
  readonly key: AuthorizedUserKey;
}

const signIns: WeakMap<object, SignIn> = new WeakMap();

/** The client and the refresh token of credentials. `undefined` for other values. */
export function signInOf(credentials: unknown): Pick<SignIn, "clientId" | "key"> | undefined {
  return typeof credentials === "object" && credentials !== null ? signIns.get(credentials) : undefined;
}

/**
 * Credentials of a user. The user granted scopes when signing in, so the client's scopes are not requested.
 */
export class AuthorizedUserCredentials extends TokenCredentials {
  static override readonly [Symbol.hasInstance]: InstanceCheck =
    /* @__PURE__ */ instancesOf("AuthorizedUserCredentials");
  readonly #signIn: SignIn;

  private constructor(signIn: SignIn, options: AuthorizedUserOptions, quotaProject: string | undefined) {
    super(Tokens.of(signIn.kind, options, quotaProject));
    this.#signIn = signIn;
    signIns.set(this, signIn);
  }

  /**
   * Creates credentials from a file.
   *
   * @throws AuthError `KEY_…`, which names the file and the member, never its value
   */
  static async fromFile(path: string, options?: AuthorizedUserOptions): Promise<AuthorizedUserCredentials> {
    const file = await readCredentialFile(path, fileKind);
    return AuthorizedUserCredentials.fromJSON(file.unchecked(), options, path);
  }

  /**
   * Creates credentials from an object or JSON text.
   *
   * @param source The name of the credentials in messages.
   * @throws AuthError `KEY_…`, which names the member, never its value
   */
  static fromJSON(
    key: AuthorizedUserKey | string,
    options: AuthorizedUserOptions = {},
    source = "the sign-in",
  ): AuthorizedUserCredentials {
    const file = parseCredentials(key, source, fileKind.advice);
    return new AuthorizedUserCredentials(authorizedUser(file, options), options, file.text("quota_project_id"));
  }

  /** The scopes that the user granted, if the sign-in records them. The user may grant fewer than were requested. */
  get grantedScopes(): readonly string[] | undefined {
    return scopesIn(this.#signIn.key.scopes);
  }

  /** Returns those of the scopes that the user did not grant. Empty if {@link grantedScopes} is `undefined`. */
  missingScopes(scopes: readonly string[]): readonly string[] {
    return missingScopes(scopes, this.grantedScopes);
  }
}

function authorizedUser(file: CredentialFile, options: AuthorizedUserOptions): SignIn {
  if (file.type !== undefined || !("refresh_token" in file.members)) file.expect(fileKind);
  const { source } = file;
  const { onTokens, reload } = options;
  const universe = file.universe();
  const clientId = file.required("client_id");
  const clientSecret = file.text("client_secret");
  const client = { client_id: clientId, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) };
  const again = (scopes: string): string =>
    options.signInAdvice === undefined ? `: ${signInAgain(file, clientId, scopes)}` : `. ${options.signInAdvice}`;
  const target = {
    account: source,
    url: file.endpoint("token_uri", `https://oauth2.${universe}/token`),
    hint: (reason: string | undefined, description: string) => hintFor(reason, description, again),
    refusalCode,
  };
  let key: AuthorizedUserKey = {
    ...file.unchecked<AuthorizedUserKey>(),
    client_id: clientId,
    refresh_token: file.required("refresh_token"),
  };
  let hasStored = true;
  const reports = onTokens === undefined ? undefined : new TokenReports(source, onTokens);

  /** Uses the refresh token that another process has stored. */
  const adopt = async (revoked: string): Promise<void> => {
    const newer = await reload?.().catch(() => undefined);
    if (newer?.client_id !== clientId || !newer.refresh_token || newer.refresh_token === revoked) return;
    // The calls of this program must not act for another user.
    if (newer.account && key.account && newer.account !== key.account) return;
    key = { ...key, refresh_token: newer.refresh_token };
  };
  /** Sends a request, again if another request or another process has replaced the refresh token in the meantime. */
  const request = async (
    network: Network,
    form: TokenEndpointRequest["form"],
    metrics: string,
  ): Promise<JsonObject> => {
    for (;;) {
      const { refresh_token: used } = key;
      try {
        const grant = { grant_type: "refresh_token", ...client, refresh_token: used, ...form };
        return await requestForm(network, { ...target, form: grant, metrics });
      } catch (error) {
        if (!(error instanceof AuthError) || error.code !== "REFRESH_TOKEN_REVOKED") throw error;
        if (key.refresh_token === used) await adopt(used);
        if (key.refresh_token === used) throw error;
      }
    }
  };
  const send = async (network: Network, form: TokenEndpointRequest["form"], metrics: string): Promise<JsonObject> => {
    const members = await request(network, form, metrics);
    // A server may replace the refresh token, which invalidates the old one (RFC 6749 §6).
    const changes = changesOf(members, clientId, Date.now(), form["scope"] !== undefined);
    const isReplaced = changes.refresh_token !== undefined && changes.refresh_token !== key.refresh_token;
    key = { ...key, ...changes };
    await reports?.report(key, isReplaced);
    return members;
  };
  const takeStored = (): IssuedToken | undefined => {
    const token = hasStored ? storedToken(file.members, Date.now()) : undefined;
    hasStored = false;
    return token;
  };

  const kind: TokenKind = {
    name: "AuthorizedUserCredentials",
    source,
    get email() {
      return typeof key.account === "string" ? key.account || undefined : undefined;
    },
    universeDomain: universe,
    withoutScopes: "none",

    async getToken({ network, scopes }) {
      const ready = scopes.length === 0 ? takeStored() : undefined;
      if (ready !== undefined) return ready;
      const scope = scopes.length === 0 ? {} : { scope: scopes.join(" ") };
      return readAccessToken(target, await send(network, scope, "auth-request-type/at cred-type/u"));
    },

    getIdToken: async (audience, network) =>
      readIdToken(target, await send(network, { target_audience: audience }, "auth-request-type/it cred-type/u")),
  };
  return {
    kind,
    clientId,
    get key() {
      return key;
    },
  };
}

/** The OAuth clients of gcloud. */
const gcloudClients: ReadonlySet<string> = new Set([
  "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com",
  "32555940559.apps.googleusercontent.com",
]);

/** How the user signs in again, as the end of a sentence. Files of unknown programs may be gcloud's. */
function signInAgain({ source }: CredentialFile, clientId: string, scopes: string): string {
  const isGcloud = gcloudClients.has(clientId) || /(?:^|[/\\])application_default_credentials\.json$/.test(source);
  const gcloud = `run \`gcloud auth application-default login${scopes}\``;
  return isGcloud ? gcloud : `${gcloud}, or sign in again with the program that wrote the sign-in`;
}

/** Whether a user must confirm the sign-in, which is still valid. */
function isConfirmation(description: string): boolean {
  return /rapt|reauth/i.test(description);
}

function refusalCode(reason: string | undefined, description: string): AuthErrorCode | undefined {
  return reason === "invalid_grant" && !isConfirmation(description) ? "REFRESH_TOKEN_REVOKED" : undefined;
}

/** @param again Returns how the user signs in again, after a colon. */
function hintFor(
  reason: string | undefined,
  description: string,
  again: (scopes: string) => string,
): string | undefined {
  switch (reason) {
    case "invalid_grant":
      return `The sign-in ${isConfirmation(description) ? "must be confirmed" : "was revoked or is too old"}${again("")}`;
    case "invalid_scope":
      return `The user did not grant these scopes. Leave them out, or request them at the next sign-in${again(" --scopes=…")}`;
    case "invalid_client":
    case "unauthorized_client":
      return "client_id and client_secret must be those that the user signed in with";
    default:
      return undefined;
  }
}
