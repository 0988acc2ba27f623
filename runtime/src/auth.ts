/** The public surface of `@discogen/runtime/auth`, listed by name. */
export { applicationDefault, type ApplicationDefaultOptions } from "./auth/sources/application-default.js";
export {
  AuthorizedUserCredentials,
  type AuthorizedUserKey,
  type AuthorizedUserOptions,
} from "./auth/authorized-user.js";
export type { Credentials, CredentialsContext, ScopedCredentials } from "./auth/credentials.js";
export {
  ExternalAccountAuthorizedUserCredentials,
  type ExternalAccountAuthorizedUserConfig,
  type ExternalAccountAuthorizedUserOptions,
} from "./auth/external/authorized-user.js";
export type { ExternalAccountConfig, ExternalCredentialSource } from "./auth/external/config.js";
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
export { ServiceAccountCredentials, type ServiceAccountOptions } from "./auth/service-account.js";
export type { CredentialsSummary } from "./auth/summary.js";
export { AccessTokenCredentials, AnonymousCredentials, ApiKeyCredentials } from "./auth/simple.js";
export type { TokenCredentials, TokenOptions } from "./auth/tokens.js";
