/** The public surface of `@discogen/runtime/auth`, listed by name. */
export {
  type AdditionalPlace,
  applicationDefault,
  type ApplicationDefaultOptions,
  type CredentialSearch,
  type SearchedPlace,
  searchCredentials,
} from "./auth/sources/application-default.js";
export { AuthorizedUserCredentials, type AuthorizedUserOptions } from "./auth/authorized-user.js";
export { OAuthClient } from "./auth/consent/oauth-client.js";
export type {
  AuthorizationRequest,
  AuthorizationUrlOptions,
  ConsentOptions,
  ExchangeOptions,
  LoopbackOptions,
  OAuthClientInit,
  OAuthClientOptions,
  OAuthClientSummary,
  RestoreOptions,
} from "./auth/consent/options.js";
export { fileTokenStore, type TokenStore } from "./auth/consent/token-store.js";
export type { Credentials, CredentialsContext, ScopedCredentials, WaitOptions } from "./auth/credentials.js";
export {
  ExternalAccountAuthorizedUserCredentials,
  type ExternalAccountAuthorizedUserConfig,
  type ExternalAccountAuthorizedUserOptions,
} from "./auth/external/authorized-user.js";
export type { ExternalAccountConfig, ExternalCredentialSource } from "./auth/external/config.js";
export type { AwsSecurityCredentials, SubjectFunctions, SubjectTokenContext } from "./auth/external/subject-source.js";
export {
  type AccessBoundaryRule,
  type CredentialAccessBoundary,
  DownscopedCredentials,
  type DownscopedOptions,
} from "./auth/external/downscoped.js";
export { ExternalAccountCredentials, type ExternalAccountOptions } from "./auth/external/external-account.js";
export { credentialsFromEnv } from "./auth/sources/from-env.js";
export { credentialsFromFile, credentialsFromJSON, type CredentialsFileOptions } from "./auth/sources/from-file.js";
export { ImpersonatedCredentials, type ImpersonatedOptions } from "./auth/impersonated.js";
export type { ServiceAccountKey } from "./auth/key-file.js";
export { MetadataCredentials, type MetadataOptions } from "./auth/metadata.js";
export { openBrowser } from "./auth/node/browser.js";
export type { SignInStorage } from "./auth/refresh-token.js";
export { ServiceAccountCredentials, type ServiceAccountOptions } from "./auth/service-account.js";
export type { CredentialsSummary } from "./auth/summary.js";
export { AccessTokenCredentials, AnonymousCredentials, ApiKeyCredentials } from "./auth/simple.js";
export type { AccessToken, TokenCredentials, TokenOptions } from "./auth/tokens.js";
export type { OnTokens } from "./auth/token-reports.js";
export type { AuthorizedUserKey } from "./auth/user-key.js";
