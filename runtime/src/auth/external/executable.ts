/** Subject tokens that a program of the user's prints (AIP-4117, executable-sourced credentials). */
import { AuthError } from "../../errors.js";
import type { AbortSignal } from "../../platform-types.js";
import { printable, redact, shownName } from "../../redact.js";
import type { JsonObject } from "../credential-file.js";
import type { ExternalAccount } from "./config.js";
import type { ExecutableSource } from "./subject-source.js";
import { environment, hasFiles } from "../../platform/node/environment.js";
import { readTextFile } from "../../platform/node/files.js";
import { runProgram } from "../../platform/node/subprocess.js";

/** The environment variable that allows programs to be run, if its value is 1. */
const optIn = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES";

const saml = "urn:ietf:params:oauth:token-type:saml2";
const tokenTypes: ReadonlySet<unknown> = new Set([
  saml,
  "urn:ietf:params:oauth:token-type:id_token",
  "urn:ietf:params:oauth:token-type:jwt",
]);

/** A token of the output file where it holds one that has not ended, else of the program. */
export async function executableSubjectToken(
  account: ExternalAccount,
  source: ExecutableSource,
  signal?: AbortSignal,
): Promise<string> {
  // Without an environment there is nothing to allow: running it reports that.
  if (hasFiles && environment(optIn) !== "1") {
    throw new AuthError(
      "KEY_UNTRUSTED",
      `${account.source}#/credential_source/executable: asks to run a program. If you trust this file, set the environment variable ${optIn}=1`,
    );
  }
  const problem = (message: string): AuthError =>
    new AuthError("TOKEN_UNAVAILABLE", `${account.source}: ${shownName(source.command[0])}: ${message}`);
  return (
    (await cachedToken(account, source)) ??
    readToken(account, source, await run(account, source, problem, signal), problem)
  );
}

/** What is wrong with the file is for the program to mend: it is run then. */
async function cachedToken(account: ExternalAccount, source: ExecutableSource): Promise<string | undefined> {
  if (source.outputFile === undefined) return undefined;
  const problem = (message: string): AuthError => new AuthError("TOKEN_UNAVAILABLE", message);
  try {
    return readToken(account, source, await readTextFile(source.outputFile, problem), problem);
  } catch {
    return undefined;
  }
}

/** What the program prints. It is not run by a shell and gets nothing to read; past its time it is killed. */
function run(
  account: ExternalAccount,
  { command, outputFile, timeout }: ExecutableSource,
  problem: (message: string) => AuthError,
  signal: AbortSignal | undefined,
): Promise<string> {
  const env = {
    GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE: account.audience,
    GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE: account.subjectTokenType,
    GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE: "0",
    ...(outputFile === undefined ? {} : { GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE: outputFile }),
    ...(account.impersonation === undefined
      ? {}
      : { GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL: account.impersonation.email }),
  };
  return runProgram({ command, env, timeout, signal }, (message, stdout) => problem(message + reasonOf(stdout)));
}

/** The reason that a failed program gives, if it keeps to the form. */
function reasonOf(stdout: string): string {
  const { code, message } = membersOf(stdout) ?? {};
  const said = [code, message].filter((part) => typeof part === "string").map((part) => printable(redact(part), 500));
  return said.length === 0 ? "" : `: ${said.join(": ")}`;
}

function readToken(
  account: ExternalAccount,
  { outputFile }: ExecutableSource,
  stdout: string,
  problem: (message: string) => AuthError,
): string {
  // The output is never quoted: it holds the token.
  const output = membersOf(stdout);
  if (output === undefined) throw problem("prints no JSON object");
  const { expiration_time: expiration, success, token_type: type, version } = output;
  if (version !== 1) throw problem(`prints no "version": 1, the only one there is`);
  if (success === false) throw problem(`reports a failure${reasonOf(stdout)}`);
  if (success !== true) throw problem(`prints no "success"`);
  if (!tokenTypes.has(type)) throw problem(`prints no "token_type" of ${[...tokenTypes].join(", ")}`);
  if ((type === saml) !== (account.subjectTokenType === saml))
    throw problem(`prints a token of another type than the subject_token_type, ${shownName(account.subjectTokenType)}`);
  if (expiration === undefined ? outputFile !== undefined : typeof expiration !== "number")
    throw problem(`prints no "expiration_time" in seconds, which it must where there is an output_file`);
  if (typeof expiration === "number" && expiration * 1000 <= Date.now()) throw problem("gave a token that has ended");
  const name = type === saml ? "saml_response" : "id_token";
  const token = output[name];
  if (typeof token !== "string" || token === "") throw problem(`prints no ${JSON.stringify(name)}`);
  return token;
}

function membersOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}
