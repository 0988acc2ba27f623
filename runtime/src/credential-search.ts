/** The search for Application Default Credentials, step by step, for `@discogen/generator`. Not for applications. */
import {
  type ApplicationDefaultOptions,
  searchCredentials as search,
  type SearchedPlace,
} from "./auth/sources/application-default.js";
import type { TokenCredentials } from "./auth/tokens.js";
import type { DiscogenError } from "./errors.js";

export { ImpersonatedCredentials } from "./auth/impersonated.js";
export { noCredentials, type SearchedPlace } from "./auth/sources/application-default.js";
export { credentialsFromFile } from "./auth/sources/from-file.js";

/** The public members of credentials. This entry has its own copy of their classes, whose private members differ. */
export type FoundCredentials = Pick<TokenCredentials, keyof TokenCredentials>;

/** The result of {@link searchCredentials}. */
export interface CredentialSearch {
  /** The credentials of the last place. `undefined` if no place has any, or if they cannot be used. */
  readonly credentials: FoundCredentials | undefined;
  /** Why the credentials of the last place cannot be used. `undefined` if they can, or if no place has any. */
  readonly error: DiscogenError | undefined;
  /** The places in the order of the search. The search ends at the first that has credentials, usable or not. */
  readonly places: readonly SearchedPlace[];
}

/** A place besides those of AIP-4110, for example the tokens of `discogen login`. */
export interface AdditionalPlace {
  readonly place: string;
  /** The path of its file, for messages. */
  readonly file?: string | undefined;
  /** Returns its credentials, or why it has none. */
  find(options: ApplicationDefaultOptions): Promise<FoundCredentials | string>;
}

/**
 * Finds credentials like `applicationDefault()`, and describes each place.
 *
 * @param additional A place to look at after `GOOGLE_APPLICATION_CREDENTIALS`.
 */
export const searchCredentials = search as (
  // The search returns the credentials of a place as they are, and uses none of their private members.
  options?: ApplicationDefaultOptions,
  additional?: AdditionalPlace,
) => Promise<CredentialSearch>;
