/** Credentials of a user who signed in before: a refresh token is exchanged for access tokens (RFC 6749 §6). */
import { type InstanceCheck, instancesOf } from "../kinds.js";
import { type CredentialFile, type FileKind, parseCredentials, readCredentialFile } from "./credential-file.js";
import { type TokenEndpointRequest, readAccessToken, requestForm, requestIdToken } from "./token-request.js";
import { TokenCredentials, type TokenKind, type TokenOptions, Tokens } from "./tokens.js";

/** The file that `gcloud auth application-default login` writes. Other members are ignored. */
export interface AuthorizedUserKey {
  readonly type?: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly refresh_token: string;
  readonly quota_project_id?: string;
  /** Where the refresh token is exchanged. Default: Google's. */
  readonly token_uri?: string;
  /** The cloud that the sign-in belongs to. Default: `googleapis.com`. */
  readonly universe_domain?: string;
}

/** Options of {@link AuthorizedUserCredentials}. */
export interface AuthorizedUserOptions extends TokenOptions {
  /** A subset of the scopes that the user granted; others are refused. Default: all granted scopes. */
  readonly scopes?: readonly string[] | undefined;
}

const fileKind: FileKind = {
  type: "authorized_user",
  advice:
    'AuthorizedUserCredentials takes the sign-in of a user, with "type": "authorized_user", as `gcloud auth application-default login` writes it',
  fromJson: "AuthorizedUserCredentials.fromJSON",
};

/**
 * Credentials of a user. The user granted scopes when signing in, so the client's scopes are not requested.
 */
export class AuthorizedUserCredentials extends TokenCredentials {
  static override readonly [Symbol.hasInstance]: InstanceCheck =
    /* @__PURE__ */ instancesOf("AuthorizedUserCredentials");
  private constructor(tokens: Tokens) {
    super(tokens);
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
    return new AuthorizedUserCredentials(Tokens.of(authorizedUser(file), options, file.text("quota_project_id")));
  }
}

function authorizedUser(file: CredentialFile): TokenKind {
  if (file.type !== undefined || !("refresh_token" in file.members)) file.expect(fileKind);
  const universe = file.universe();
  const client = { client_id: file.required("client_id"), client_secret: file.required("client_secret") };
  const target = {
    account: file.source,
    url: file.endpoint("token_uri", `https://oauth2.${universe}/token`),
    hint: hintFor,
  };
  let refreshToken = file.required("refresh_token");
  const formOf = (rest: TokenEndpointRequest["form"]): TokenEndpointRequest["form"] => ({
    grant_type: "refresh_token",
    ...client,
    refresh_token: refreshToken,
    ...rest,
  });
  return {
    name: "AuthorizedUserCredentials",
    source: file.source,
    email: typeof file.members["account"] === "string" ? file.members["account"] || undefined : undefined,
    universeDomain: universe,
    withoutScopes: "none",

    async getToken({ network, scopes }) {
      const form = formOf(scopes.length === 0 ? {} : { scope: scopes.join(" ") });
      const members = await requestForm(network, { ...target, form, metrics: "auth-request-type/at cred-type/u" });
      // A server may replace the refresh token, which invalidates the old one (RFC 6749 §6).
      if (typeof members["refresh_token"] === "string" && members["refresh_token"] !== "")
        refreshToken = members["refresh_token"];
      return readAccessToken(target, members);
    },

    getIdToken: (audience, network) =>
      requestIdToken(network, {
        ...target,
        form: formOf({ target_audience: audience }),
        metrics: "auth-request-type/it cred-type/u",
      }),
  };
}

function hintFor(reason: string | undefined, description: string): string | undefined {
  switch (reason) {
    case "invalid_grant":
      return `The sign-in ${/rapt|reauth/i.test(description) ? "must be confirmed" : "was revoked or is too old"}: run \`gcloud auth application-default login\``;
    case "invalid_scope":
      return "The user did not grant these scopes. Leave them out, or sign in again with `gcloud auth application-default login --scopes=…`";
    case "invalid_client":
    case "unauthorized_client":
      return "client_id and client_secret must be those that the user signed in with";
    default:
      return undefined;
  }
}
