/** Calls functions of the caller, which return subject tokens or keys. */
import { AuthError, DiscogenError } from "../../errors.js";
import type { AbortSignal } from "../../platform-types.js";
import { within } from "../../policy/wait.js";
import { base64In, printable, redact, safeCause } from "../../redact.js";
import type { ExternalAccount } from "./config.js";
import type { SubjectFunctions, SubjectTokenContext } from "./subject-source.js";

/** Milliseconds for one call. */
const timeout = 60_000;

/** Creates an error about one of the functions: `config.json: subjectToken() returned no token`. */
export function functionProblem(
  { source }: ExternalAccount,
  name: keyof SubjectFunctions,
  message: string,
  options?: ErrorOptions,
): AuthError {
  return new AuthError("TOKEN_UNAVAILABLE", `${source}: ${name}() ${message}`, options);
}

/** Returns what the function returns, which may be anything. @throws AuthError `TOKEN_UNAVAILABLE` */
export async function callFunction(
  account: ExternalAccount,
  name: keyof SubjectFunctions,
  call: (context: SubjectTokenContext) => unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { audience, subjectTokenType } = account;
  const what = name === "subjectToken" ? "token" : "keys";
  try {
    return await within((signal) => call({ audience, subjectTokenType, signal }), {
      signal,
      remaining: timeout,
      aborted: () => functionProblem(account, name, `returned no ${what} before the last call stopped waiting`),
      expired: () => functionProblem(account, name, `returned no ${what} within ${String(timeout)} ms`),
    });
  } catch (error) {
    if (error instanceof DiscogenError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    // A library may quote a key, which has no known beginning.
    const secrets = base64In(text);
    const message = `failed: ${printable(redact(text, secrets))}`;
    throw functionProblem(account, name, message, { cause: safeCause(error, secrets) });
  }
}
