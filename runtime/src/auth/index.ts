/** The public surface of `@discogen/runtime/auth`, listed by name. */
export { applicationDefault, type ApplicationDefaultOptions } from "./application-default.js";
export { AuthorizedUserCredentials, type AuthorizedUserKey, type AuthorizedUserOptions } from "./authorized-user.js";
export type { Credentials, CredentialsContext, ScopedCredentials } from "./credentials.js";
export {
  ExternalAccountAuthorizedUserCredentials,
  type ExternalAccountAuthorizedUserConfig,
  type ExternalAccountAuthorizedUserOptions,
} from "./external/authorized-user.js";
export type { ExternalAccountConfig, ExternalCredentialSource } from "./external/config.js";
export {
  type AccessBoundaryRule,
  type CredentialAccessBoundary,
  DownscopedCredentials,
  type DownscopedOptions,
} from "./external/downscoped.js";
export { ExternalAccountCredentials, type ExternalAccountOptions } from "./external/external-account.js";
export { credentialsFromFile, credentialsFromJSON, type CredentialsFileOptions } from "./from-file.js";
export { ImpersonatedCredentials, type ImpersonatedOptions } from "./impersonated.js";
export type { ServiceAccountKey } from "./key-file.js";
export { MetadataCredentials, type MetadataOptions } from "./metadata.js";
export { ServiceAccountCredentials, type ServiceAccountOptions } from "./service-account.js";
export type { CredentialsSummary } from "./summary.js";
export { AccessTokenCredentials, AnonymousCredentials, ApiKeyCredentials } from "./simple.js";
export type { TokenCredentials, TokenOptions } from "./tokens.js";
