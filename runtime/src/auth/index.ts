/** The public surface of `@discogen/runtime/auth`, listed by name. */
export type { Credentials, CredentialsContext, ScopedCredentials } from "./credentials.js";
export { ServiceAccountCredentials, type ServiceAccountOptions } from "./service-account.js";
export type { ServiceAccountKey } from "./key-file.js";
export { AccessTokenCredentials, AnonymousCredentials, ApiKeyCredentials } from "./simple.js";
