/** The search for Application Default Credentials, step by step, for `@discogen/generator`. Not for applications. */
export {
  type AdditionalPlace,
  type CredentialSearch,
  type SearchedPlace,
  searchCredentials,
} from "./auth/sources/application-default.js";
