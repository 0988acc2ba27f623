/** Creates credentials from the JSON in an environment variable, as hosting platforms and CI services store secrets. */
import { AuthError } from "../../errors.js";
import { hasFiles, rawVariable } from "../../platform/node/environment.js";
import { isShowable } from "../../redact.js";
import { parseCredentials } from "../credential-file.js";
import type { TokenCredentials } from "../tokens.js";
import { anyFile, credentialsFrom, type CredentialsFileOptions } from "./from-file.js";

/**
 * Creates credentials of any kind from an environment variable that contains their JSON, or Base64 of it.
 *
 * @param name The name of the variable, for example `GOOGLE_CREDENTIALS`.
 * @throws AuthError `NO_CREDENTIALS` if the variable is not set or empty, or contains a path, and always in browsers and
 *   workers; `KEY_…` if its content cannot be used. No message contains the value
 */
export async function credentialsFromEnv(name: string, options?: CredentialsFileOptions): Promise<TokenCredentials> {
  if (typeof name !== "string" || !isShowable(name) || /^$|[={}]/.test(name))
    throw problem("credentialsFromEnv() takes the name of an environment variable, not its value");
  if (!hasFiles)
    throw problem(
      "credentialsFromEnv() needs environment variables, which this platform does not have. Pass the JSON text to credentialsFromJSON()",
    );
  const value = rawVariable(name);
  if (value === undefined)
    throw problem(
      `the environment variable ${name} is not set. Set it to the JSON of a credential file, or Base64 of it`,
    );
  const text = value.trim();
  if (text === "")
    throw problem(
      `the environment variable ${name} is empty. Set it to the JSON of a credential file, or Base64 of it`,
    );
  if (isPath(text))
    throw problem(
      `the environment variable ${name} contains a path, not JSON. Pass the path to credentialsFromFile()${name === "GOOGLE_APPLICATION_CREDENTIALS" ? ", or call applicationDefault(), which reads this variable" : ""}`,
    );
  return credentialsFrom(parseCredentials(value, name, anyFile.advice), options);
}

/** Whether a text is a path of a file. Base64 has no dots. */
function isPath(text: string): boolean {
  return (
    text.length < 4096 &&
    (/^["']?(?:file:|~|\.{0,2}|[a-z]:)[/\\][^\n{}]*\.[\w-]{1,10}["']?$/i.test(text) ||
      /^["']?[\w ./\\-]+\.json["']?$/i.test(text))
  );
}

function problem(message: string): AuthError {
  return new AuthError("NO_CREDENTIALS", message);
}
