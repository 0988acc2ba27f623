/** Credentials of a user who signed in before: a refresh token is exchanged for access tokens (RFC 6749 §6). */
import type { AuthErrorCode } from "../errors.js";
import { type InstanceCheck, instancesOf } from "../kinds.js";
import { type CredentialFile, type FileKind, parseCredentials, readCredentialFile } from "./credential-file.js";
import { RefreshToken, type SignInStorage } from "./refresh-token.js";
import { type IssuedToken, readAccessToken, readIdToken } from "./token-request.js";
import { TokenCredentials, type TokenKind, type TokenOptions, Tokens } from "./tokens.js";
import { type AuthorizedUserKey, missingScopes, scopesIn, storedToken } from "./user-key.js";

/** Options of {@link AuthorizedUserCredentials}. */
export interface AuthorizedUserOptions extends TokenOptions, SignInStorage {
  /** A subset of the scopes that the user granted; others are refused. Default: all granted scopes. */
  readonly scopes?: readonly string[] | undefined;
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
  readonly refreshToken: RefreshToken;
}

const signIns: WeakMap<object, SignIn> = new WeakMap();

/** The current sign-in of credentials. `undefined` for other values. */
export function keyOf(credentials: unknown): AuthorizedUserKey | undefined {
  return typeof credentials === "object" && credentials !== null
    ? signIns.get(credentials)?.refreshToken.key
    : undefined;
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
    return scopesIn(this.#signIn.refreshToken.key.scopes);
  }

  /** Returns those of the scopes that the user did not grant. Empty if {@link grantedScopes} is `undefined`. */
  missingScopes(scopes: readonly string[]): readonly string[] {
    return missingScopes(scopes, this.grantedScopes);
  }
}

function authorizedUser(file: CredentialFile, options: AuthorizedUserOptions): SignIn {
  if (file.type !== undefined || !("refresh_token" in file.members)) file.expect(fileKind);
  const { source } = file;
  const universe = file.universe();
  const key: AuthorizedUserKey = {
    ...file.unchecked<AuthorizedUserKey>(),
    client_id: file.required("client_id"),
    refresh_token: file.required("refresh_token"),
  };
  file.text("client_secret");
  const again = (scopes: string): string =>
    options.signInAdvice === undefined ? `: ${signInAgain(file, key.client_id, scopes)}` : `. ${options.signInAdvice}`;
  const target = {
    account: source,
    url: file.endpoint("token_uri", `https://oauth2.${universe}/token`),
    hint: (reason: string | undefined, description: string) => hintFor(reason, description, again),
    refusalCode,
  };
  const refreshToken = new RefreshToken(target, key, options);
  let hasStored = true;
  const takeStored = (): IssuedToken | undefined => {
    const token = hasStored ? storedToken(file.members, Date.now()) : undefined;
    hasStored = false;
    return token;
  };

  const kind: TokenKind = {
    name: "AuthorizedUserCredentials",
    source,
    get email() {
      const { account } = refreshToken.key;
      return typeof account === "string" ? account || undefined : undefined;
    },
    universeDomain: universe,
    withoutScopes: "none",

    async getToken({ network, scopes }) {
      const ready = scopes.length === 0 ? takeStored() : undefined;
      if (ready !== undefined) return ready;
      const scope = scopes.length === 0 ? {} : { scope: scopes.join(" ") };
      const metrics = "auth-request-type/at cred-type/u";
      return readAccessToken(target, await refreshToken.send(network, scope, metrics));
    },

    async getIdToken(audience, network) {
      const metrics = "auth-request-type/it cred-type/u";
      return readIdToken(target, await refreshToken.send(network, { target_audience: audience }, metrics));
    },
  };
  return { kind, refreshToken };
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
