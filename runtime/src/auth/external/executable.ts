/** Subject tokens that a program of the user prints (AIP-4117, executable-sourced credentials). */
import { AuthError } from "../../errors.js";
import type { AbortSignal } from "../../platform-types.js";
import { printable, redact, shownName } from "../../redact.js";
import type { JsonObject } from "../credential-file.js";
import type { ExternalAccount } from "./config.js";
import type { ExecutableSource } from "./subject-source.js";
import { environment, hasFiles } from "../../platform/node/environment.js";
import { readTextFile } from "../../platform/node/files.js";
import { runProgram } from "../../platform/node/subprocess.js";

/** The environment variable that must be 1 to run programs. */
const optIn = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES";

const saml = "urn:ietf:params:oauth:token-type:saml2";
const tokenTypes: ReadonlySet<unknown> = new Set([
  saml,
  "urn:ietf:params:oauth:token-type:id_token",
  "urn:ietf:params:oauth:token-type:jwt",
]);

/** The last token of each account's output file, and one that Google's STS rejected. */
const outputs: WeakMap<ExternalAccount, { readonly token: string; isRejected: boolean }> = new WeakMap();

/**
 * Rejects a token of the output file: by a clock that is behind, it has not expired. Returns whether the token is from the
 * file, so that the program can print another.
 */
export function rejectOutput(account: ExternalAccount, token: string): boolean {
  const output = outputs.get(account);
  if (output?.token !== token || output.isRejected) return false;
  output.isRejected = true;
  return true;
}

/** Returns the token of the output file if it has not expired, else that of the program. */
export async function executableSubjectToken(
  account: ExternalAccount,
  source: ExecutableSource,
  signal?: AbortSignal,
): Promise<string> {
  // Platforms without an environment report an error when the program starts.
  if (hasFiles && environment(optIn) !== "1") {
    throw new AuthError(
      "KEY_UNTRUSTED",
      `${account.source}#/credential_source/executable: runs a program. If you trust this file, set the environment variable ${optIn}=1`,
    );
  }
  const problem = (message: string): AuthError =>
    new AuthError("TOKEN_UNAVAILABLE", `${account.source}: ${shownName(source.command[0])}: ${message}`);
  return (
    (await cachedToken(account, source)) ??
    readToken(account, source, await run(account, source, problem, signal), problem)
  );
}

/** Returns `undefined` if the file cannot be used: the program then writes a new one. */
async function cachedToken(account: ExternalAccount, source: ExecutableSource): Promise<string | undefined> {
  if (source.outputFile === undefined) return undefined;
  const problem = (message: string): AuthError => new AuthError("TOKEN_UNAVAILABLE", message);
  try {
    const token = readToken(account, source, await readTextFile(source.outputFile, problem), problem);
    const last = outputs.get(account);
    if (last?.token !== token) outputs.set(account, { token, isRejected: false });
    else if (last.isRejected) return undefined;
    return token;
  } catch {
    return undefined;
  }
}

/** Runs the program without a shell and without input, and returns its output. It is killed after the timeout. */
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

/** The error that a failed program reports, if it is in the documented format. */
function reasonOf(stdout: string): string {
  const { code, message } = membersOf(stdout) ?? {};
  const texts = [code, message].filter((part) => typeof part === "string").map((part) => printable(redact(part), 500));
  return texts.length === 0 ? "" : `: ${texts.join(": ")}`;
}

function readToken(
  account: ExternalAccount,
  { outputFile }: ExecutableSource,
  stdout: string,
  problem: (message: string) => AuthError,
): string {
  // The output is never quoted: it contains the token.
  const output = membersOf(stdout);
  if (output === undefined) throw problem("does not print a JSON object");
  const { expiration_time: expiration, success, token_type: type, version } = output;
  if (version !== 1) throw problem(`does not print "version": 1, the only supported version`);
  if (success === false) throw problem(`reports a failure${reasonOf(stdout)}`);
  if (success !== true) throw problem(`does not print "success"`);
  if (!tokenTypes.has(type)) throw problem(`does not print a "token_type" of ${[...tokenTypes].join(", ")}`);
  if ((type === saml) !== (account.subjectTokenType === saml))
    throw problem(`prints a token whose type is not the subject_token_type, ${shownName(account.subjectTokenType)}`);
  if (expiration === undefined ? outputFile !== undefined : typeof expiration !== "number")
    throw problem(`does not print "expiration_time" in seconds, which an output_file requires`);
  if (typeof expiration === "number" && expiration * 1000 <= Date.now())
    throw problem("returned an expired token. Check the clock of this machine");
  const name = type === saml ? "saml_response" : "id_token";
  const token = output[name];
  if (typeof token !== "string" || token === "") throw problem(`does not print ${JSON.stringify(name)}`);
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
