/** Browsers and workers have no files. */
import { AuthError } from "../../errors.js";
import type { AuthorizedUserKey } from "../user-key.js";

export class TokenFile {
  /** @throws AuthError always */
  constructor(_path: string) {
    throw unsupported();
  }

  async read(): Promise<AuthorizedUserKey | undefined> {
    throw unsupported();
  }

  async write(_key: AuthorizedUserKey): Promise<void> {
    throw unsupported();
  }

  async delete(): Promise<void> {
    throw unsupported();
  }
}

function unsupported(): AuthError {
  return new AuthError(
    "TOKEN_STORE_UNREADABLE",
    "fileTokenStore: this platform has no files. Pass an object with read(), write() and delete() instead",
  );
}
