/** Credentials of a user of a workforce pool who signed in with `gcloud auth application-default login --login-config`. */
import { type InstanceCheck, instancesOf } from "../../kinds.js";
import {
  type CredentialFile,
  type FileKind,
  type JsonObject,
  parseCredentials,
  readCredentialFile,
} from "../credential-file.js";
import { readAccessToken, requestForm } from "../token-request.js";
import { TokenCredentials, type TokenKind, type TokenOptions, Tokens } from "../tokens.js";
import type { ExternalAccountOptions } from "./external-account.js";
import { basicAuthorization } from "./sts.js";
import { trustedUrl } from "./trust.js";

/** The file that gcloud writes at the sign-in. Other members are ignored. */
export interface ExternalAccountAuthorizedUserConfig {
  readonly type: "external_account_authorized_user";
  readonly client_id: string;
  readonly client_secret: string;
  readonly refresh_token: string;
  /** The provider of the workforce pool. */
  readonly audience?: string;
  /** Default: `https://sts.googleapis.com/v1/oauthtoken`, in the configuration's universe. */
  readonly token_url?: string;
  readonly quota_project_id?: string;
  /** Default: `googleapis.com`. */
  readonly universe_domain?: string;
}

/** Options of {@link ExternalAccountAuthorizedUserCredentials}. The scopes of the tokens are those of the sign-in. */
export interface ExternalAccountAuthorizedUserOptions
  extends Omit<TokenOptions, "scopes">, Pick<ExternalAccountOptions, "allow"> {}

const fileKind: FileKind = {
  type: "external_account_authorized_user",
  advice:
    'ExternalAccountAuthorizedUserCredentials takes the sign-in of a user of a workforce pool, with "type": "external_account_authorized_user"',
  fromJson: "ExternalAccountAuthorizedUserCredentials.fromJSON",
};

/** Credentials of a user of a workforce pool. If the server replaces the refresh token, the new one is used. */
export class ExternalAccountAuthorizedUserCredentials extends TokenCredentials {
  static override readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf(
    "ExternalAccountAuthorizedUserCredentials",
  );
  private constructor(file: CredentialFile, options: ExternalAccountAuthorizedUserOptions) {
    super(Tokens.of(kindOf(file, options), options, file.text("quota_project_id")));
  }

  /**
   * Creates credentials from a file.
   *
   * @throws AuthError `KEY_…`, which names the file and the member, never its value
   */
  static async fromFile(
    path: string,
    options: ExternalAccountAuthorizedUserOptions = {},
  ): Promise<ExternalAccountAuthorizedUserCredentials> {
    return new ExternalAccountAuthorizedUserCredentials(await readCredentialFile(path, fileKind), options);
  }

  /**
   * Creates credentials from an object or JSON text.
   *
   * @param source The name of the configuration in messages.
   * @throws AuthError `KEY_…`, which names the member, never its value
   */
  static fromJSON(
    config: ExternalAccountAuthorizedUserConfig | JsonObject | string,
    options: ExternalAccountAuthorizedUserOptions = {},
    source = "the configuration",
  ): ExternalAccountAuthorizedUserCredentials {
    return new ExternalAccountAuthorizedUserCredentials(parseCredentials(config, source, fileKind.advice), options);
  }
}

function kindOf(file: CredentialFile, { allow }: ExternalAccountAuthorizedUserOptions): TokenKind {
  file.expect(fileKind);
  const { source } = file;
  const universeDomain = file.universe();
  const text = file.text("token_url") ?? `https://sts.${universeDomain}/v1/oauthtoken`;
  const url = trustedUrl(file, "token_url", text, "sts", allow === undefined ? undefined : (allow.urls ?? []));
  const authorization = basicAuthorization(file.required("client_id"), file.required("client_secret"));
  let refreshToken = file.required("refresh_token");
  return {
    name: "ExternalAccountAuthorizedUserCredentials",
    source,
    universeDomain,
    withoutScopes: "none",
    async getToken({ network }) {
      const members = await requestForm(network, {
        account: source,
        url,
        headers: { authorization },
        form: { grant_type: "refresh_token", refresh_token: refreshToken },
        metrics: "auth-request-type/at cred-type/u",
        hint: (reason) =>
          reason === "invalid_grant"
            ? "The sign-in has expired or was revoked. Run `gcloud auth application-default login --login-config=FILE` to sign in again"
            : undefined,
        refusalCode: (reason) => (reason === "invalid_grant" ? "REFRESH_TOKEN_REVOKED" : undefined),
      });
      // A refresh token may be valid only once (RFC 6749 §6).
      const next = members["refresh_token"];
      if (typeof next === "string" && next !== "") refreshToken = next;
      return readAccessToken({ account: source, url }, members);
    },
  };
}
