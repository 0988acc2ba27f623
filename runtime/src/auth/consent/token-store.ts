/** Stores of a user's sign-in. */
import type { AuthorizedUserKey } from "../user-key.js";

/** A place where a program stores the sign-in of one user. */
export interface TokenStore {
  /** Returns the stored sign-in, or `undefined` if the store is empty. */
  read(): Promise<AuthorizedUserKey | undefined>;
  /** Replaces the stored sign-in. */
  write(key: AuthorizedUserKey): Promise<void>;
  /** Deletes the stored sign-in, if there is one. */
  delete(): Promise<void>;
}

/**
 * Stores a sign-in in a file that only the current user can read: mode 0600, in a folder that is created with mode 0700.
 *
 * The file is replaced atomically, also if two processes write it. Its content is a valid `authorized_user` file, so
 * `GOOGLE_APPLICATION_CREDENTIALS` may name it. Node only: other platforms throw `TOKEN_STORE_…` errors.
 *
 * - `TOKEN_STORE_UNREADABLE`: the file exists, but cannot be read or is not the sign-in of a user.
 * - `TOKEN_STORE_UNWRITABLE`: the file cannot be written, is a symbolic link, or has other content, which is not replaced.
 * - `TOKEN_STORE_MISMATCH`: `write()` does not replace the sign-in of another OAuth client. Call `delete()` first.
 */
export function fileTokenStore(path: string): TokenStore {
  const file = import("../node/token-file.js").then(({ TokenFile }) => new TokenFile(path));
  // Each function reports the error.
  file.catch(() => undefined);
  return {
    read: async () => (await file).read(),
    write: async (key) => (await file).write(key),
    delete: async () => (await file).delete(),
  };
}
