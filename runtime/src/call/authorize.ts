/** Asks the credentials for the headers of an attempt, within the limits of the call. */
import { type Credentials, isAnonymous } from "../auth/credentials.js";
import { ownCopy } from "./call-site.js";
import { AuthError, DiscogenError, TimeoutError } from "../errors.js";
import type { AbortSignal, Headers } from "../platform-types.js";
import { printable, redact, safeCause } from "../redact.js";
import { type HeaderRecord, lowerCase } from "../request/headers.js";
import type { HttpRequest } from "../transport/transport.js";
import { checkUniverse } from "../auth/universe.js";
import { type PreparedCall, abortedCall, expiredCall, remainingOf } from "./prepared-call.js";
import { within } from "../policy/wait.js";

/** The signature of credentials that can give one without waiting. */
export function signatureAtHand(call: PreparedCall): HeaderRecord | undefined {
  // Limits that may be over already are looked at where waiting is.
  if (call.signal?.aborted === true || call.deadline !== Infinity) return undefined;
  return call.core.atHand();
}

/** The header fields that sign this attempt. Throws an `AuthError` rather than leave them out in silence. */
export async function authorize(call: PreparedCall): Promise<HeaderRecord> {
  const { core } = call;
  if (call.signal?.aborted === true) throw abortedCall(call);
  if (call.deadline !== Infinity && performance.now() >= call.deadline) throw expiredCall(call);
  const credentials = core.credentials();
  if (credentials === undefined) {
    if (isSignedByCaller(call)) return {};
    throw new AuthError(
      "NO_CREDENTIALS",
      `${call.methodId}: this client has no credentials. Pass \`auth\`, for instance \`await ServiceAccountCredentials.fromFile("service.json")\`; for public data or an emulator, \`new AnonymousCredentials()\``,
    );
  }
  const headers = await ask(call, credentials);
  // Some credentials know it only now.
  checkUniverse(call.methodId, credentials, core.universe);
  const signature = lowerCase(headers);
  if (!isSignature(signature) && !isAnonymous(credentials) && !isSignedByCaller(call)) {
    throw new AuthError(
      "NO_CREDENTIALS",
      `${call.methodId}: the credentials gave nothing to sign the request with. If that is what you want, pass \`new AnonymousCredentials()\``,
    );
  }
  return signature;
}

/**
 * After a 401: forgets the token, and returns a new signature if the request can be sent again and there is another.
 *
 * @param again Whether the request can be sent again. If not, the next call gets the new token.
 */
export async function renew(
  call: PreparedCall,
  refused: HttpRequest,
  signature: HeaderRecord,
  again: boolean,
): Promise<HeaderRecord | undefined> {
  const credentials = call.core.credentials();
  const used = signature["authorization"];
  // A header of the caller's own would be refused again.
  if (credentials === undefined || used !== refused.headers["authorization"]) return undefined;
  const invalidates = typeof credentials.invalidate === "function";
  if (invalidates) credentials.invalidate?.(used);
  else await bounded(call, expire(credentials, used));
  if (!again) return undefined;
  const next = await authorize(call);
  // Credentials that cannot be told to forget a token may still refresh by themselves.
  return invalidates || next["authorization"] !== used ? next : undefined;
}

/** Never rejects: the next headers report what is wrong. */
async function expire(credentials: Credentials, refused: string | undefined): Promise<void> {
  try {
    const { expireToken } = await import("../auth/refreshable.js");
    await expireToken(credentials, refused);
  } catch {
    // As above.
  }
}

async function ask(call: PreparedCall, credentials: Credentials): Promise<Headers | Record<string, string>> {
  const { core } = call;
  try {
    return await bounded(call, (signal) =>
      credentials.getRequestHeaders(core.rootUrl, { ...core.credentialsContext, signal }),
    );
  } catch (error) {
    // All calls that wait for one token fail with one error.
    if (error instanceof DiscogenError) throw ownCopy(error);
    throw foreignError(call.methodId, error);
  }
}

/** Work of credentials within the limits of the call and of one attempt. */
function bounded<T>(call: PreparedCall, work: Promise<T> | ((signal: AbortSignal) => PromiseLike<T> | T)): Promise<T> {
  const { methodId, signal, timeout } = call;
  const remaining = remainingOf(call);
  return within(work, {
    signal,
    remaining: Math.min(timeout, remaining),
    aborted: () => abortedCall(call),
    expired: () =>
      timeout < remaining
        ? new TimeoutError(`${methodId}: no headers from the credentials within ${String(timeout)} ms`, timeout)
        : expiredCall(call),
  });
}

/** The error for what credentials of another library threw. */
function foreignError(methodId: string, error: unknown): AuthError {
  const text = error instanceof Error ? error.message : String(error);
  const { description, reason } = refusalOf(error, text);
  const said = [reason, text, description].filter((part, index, all) => {
    // Libraries repeat one of them in another.
    return part !== undefined && !all.some((other, at) => at !== index && at > 0 && other?.includes(part) === true);
  });
  return new AuthError(
    "CREDENTIALS_FAILED",
    `${methodId}: the credentials failed: ${printable(redact(said.join(": ")))}`,
    { cause: safeCause(error), reason: reason === undefined ? undefined : printable(redact(reason), 100) },
  );
}

/** Codes of RFC 6749 §4.1.2.1 and §5.2 and of RFC 8693 §2.2.2, as google-auth-library begins its messages with them. */
const oauthCode: RegExp = /^(?:Error code )?((?:access|invalid|server|temporarily|unauthorized|unsupported)_[a-z_]+)\b/;

/** What a token endpoint said: the body of its response on the error (gaxios, axios), else the start of the message. */
function refusalOf(thrown: unknown, text: string): { readonly reason?: string; readonly description?: string } {
  const { error, error_description: description } = membersOf(membersOf(membersOf(thrown)["response"])["data"]);
  const reason = [error, membersOf(error)["status"], oauthCode.exec(text)?.[1]].find((one) => typeof one === "string");
  return {
    ...(typeof reason === "string" ? { reason } : {}),
    ...(typeof description === "string" ? { description } : {}),
  };
}

function membersOf(value: unknown): { readonly [name: string]: unknown } {
  // Any object can be read by name.
  return typeof value === "object" && value !== null ? (value as { readonly [name: string]: unknown }) : {};
}

function isSignature(headers: HeaderRecord): boolean {
  return Object.keys(headers).some((name) => name !== "x-goog-user-project");
}

function isSignedByCaller({ built, session }: PreparedCall): boolean {
  const { headers, path } = built;
  return (
    session !== undefined ||
    headers["authorization"] !== undefined ||
    headers["x-goog-api-key"] !== undefined ||
    /[?&](?:access_token|key|oauth_token)=[^&]/.test(path)
  );
}
