/** The file of a user's sign-in. */
import { AuthError, type AuthErrorCode } from "../../errors.js";
import { type FileWriter, openFile } from "../../platform/file-writer.js";
import { readTextFile } from "../../platform/node/files.js";
import { adviceForKey, codeOf, fileProblem, shownName } from "../../redact.js";
import { parseCredentials } from "../credential-file.js";
import type { AuthorizedUserKey } from "../user-key.js";

const contentAdvice =
  'A token store contains the sign-in of a user, with "type": "authorized_user". Use another path, or delete the file and sign in again';

export class TokenFile {
  readonly #path: string;
  /** The last write. The order of writes is kept. */
  #last: Promise<void> = Promise.resolve();

  /** @throws AuthError `TOKEN_STORE_UNREADABLE` for a text that is no path */
  constructor(path: string) {
    this.#path = path;
    const advice = adviceForKey(path, "AuthorizedUserCredentials.fromJSON");
    if (advice !== undefined) throw this.#problem("TOKEN_STORE_UNREADABLE", advice);
    if (typeof path !== "string" || path === "" || path.includes("\0"))
      throw new AuthError("TOKEN_STORE_UNREADABLE", "fileTokenStore: the path must be a file name");
  }

  async read(): Promise<AuthorizedUserKey | undefined> {
    let code: string | undefined;
    const problem = (message: string, systemCode?: string): AuthError => {
      code = systemCode;
      return this.#problem("TOKEN_STORE_UNREADABLE", reasonFor(systemCode) ?? `the token store ${message}`);
    };
    try {
      return this.#parse(await readTextFile(this.#path, problem));
    } catch (error) {
      if (code === "ENOENT") return undefined;
      throw error;
    }
  }

  write(key: AuthorizedUserKey): Promise<void> {
    const write = this.#last.then(() => this.#write(key));
    const settled = (): void => undefined;
    this.#last = write.then(settled, settled);
    return write;
  }

  async delete(): Promise<void> {
    await this.#last;
    const { promises } = process.getBuiltinModule("node:fs");
    await promises.rm(this.#path, { force: true }).catch((error: unknown) => {
      throw this.#problem("TOKEN_STORE_UNWRITABLE", `cannot be deleted: ${fileProblem(error)}`);
    });
  }

  async #write(key: AuthorizedUserKey): Promise<void> {
    await this.#checkTarget(key);
    const text = `${JSON.stringify({ type: "authorized_user", ...key }, undefined, 2)}\n`;
    let file: FileWriter | undefined;
    try {
      const { promises } = process.getBuiltinModule("node:fs");
      const { dirname } = process.getBuiltinModule("node:path");
      await promises.mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      file = await openFile(this.#path, { mode: 0o600 });
      await file.write([new TextEncoder().encode(text)]);
      await file.end();
      await file.commit();
    } catch (error) {
      await file?.discard();
      throw this.#problem("TOKEN_STORE_UNWRITABLE", `cannot be written: ${fileProblem(error)}`);
    }
  }

  /** Throws if the path leads to something other than the sign-in of this client, which must not be replaced. */
  async #checkTarget({ client_id: clientId }: AuthorizedUserKey): Promise<void> {
    const { promises } = process.getBuiltinModule("node:fs");
    const found = await promises.lstat(this.#path).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return undefined;
      throw this.#problem("TOKEN_STORE_UNWRITABLE", `cannot be written: ${fileProblem(error)}`);
    });
    if (found === undefined) return;
    // Another user of this machine may own the link.
    if (found.isSymbolicLink())
      throw this.#problem("TOKEN_STORE_UNWRITABLE", "is a symbolic link. Pass the path of its target");
    if (!found.isFile()) throw this.#problem("TOKEN_STORE_UNWRITABLE", "is not a regular file");
    const stored = await this.read().catch((error: unknown) => {
      const { message } = error as AuthError; // read() throws nothing else
      throw new AuthError("TOKEN_STORE_UNWRITABLE", `${message}. It was not replaced`);
    });
    if (stored === undefined || stored.client_id === clientId) return;
    throw this.#problem(
      "TOKEN_STORE_MISMATCH",
      "contains the sign-in of another OAuth client, which was not replaced. Use another path, or delete() the store first",
    );
  }

  #parse(text: string): AuthorizedUserKey {
    try {
      const file = parseCredentials(text, this.#path, contentAdvice);
      file.expect({ type: "authorized_user", advice: contentAdvice, fromJson: "" });
      file.text("client_secret");
      return {
        ...file.unchecked<AuthorizedUserKey>(),
        client_id: file.required("client_id"),
        refresh_token: file.required("refresh_token"),
      };
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      throw new AuthError("TOKEN_STORE_UNREADABLE", error.message);
    }
  }

  #problem(code: AuthErrorCode, message: string): AuthError {
    return new AuthError(code, `${shownName(this.#path)}: ${message}`);
  }
}

function reasonFor(code: string | undefined): string | undefined {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "the current user may not read the token store";
    case "EISDIR":
      return "it is a folder, not a token store";
    default:
      return undefined;
  }
}
