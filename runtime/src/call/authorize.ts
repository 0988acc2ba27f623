/** Gets the headers that authorize an attempt from the credentials, within the timeouts of the call. */
import { type Credentials, isAnonymous } from "../auth/credentials.js";
import { checkUniverse } from "../auth/universe.js";
import { AuthError, DiscogenError, TimeoutError } from "../errors.js";
import type { AbortSignal, Headers } from "../platform-types.js";
import { within } from "../policy/wait.js";
import { printable, redact, safeCause } from "../redact.js";
import { type HeaderRecord, lowerCase } from "../request/headers.js";
import type { HttpRequest } from "../transport/transport.js";
import { ownCopy } from "./call-site.js";
import { type PreparedCall, abortedCall, expiredCall, remainingOf } from "./prepared-call.js";

/** Returns the cached headers of the credentials; `undefined` if there are none, or if the call may be over already. */
export function cachedAuthorization(call: PreparedCall): HeaderRecord | undefined {
  if (call.signal?.aborted === true || call.deadline !== Infinity) return undefined;
  return call.core.cachedHeaders();
}

/**
 * Returns the headers that authorize an attempt.
 *
 * @throws AuthError `NO_CREDENTIALS` instead of sending an anonymous request
 */
export async function authorize(call: PreparedCall): Promise<HeaderRecord> {
  const { core } = call;
  if (call.signal?.aborted === true) throw abortedCall(call);
  if (call.deadline !== Infinity && performance.now() >= call.deadline) throw expiredCall(call);
  const credentials = core.credentials();
  if (credentials === undefined) {
    if (isAuthorizedByCaller(call)) return {};
    throw new AuthError(
      "NO_CREDENTIALS",
      `${call.methodId}: this client has no credentials. Pass \`auth\`, for example \`await ServiceAccountCredentials.fromFile("service.json")\`; for public data or an emulator, \`new AnonymousCredentials()\``,
    );
  }
  const headers = lowerCase(await headersOf(call, credentials));
  // Some credentials know their universe only now.
  checkUniverse(call.methodId, credentials, core.universe);
  if (!authorizes(headers) && !isAnonymous(credentials) && !isAuthorizedByCaller(call)) {
    throw new AuthError(
      "NO_CREDENTIALS",
      `${call.methodId}: the credentials returned no headers that authorize the request. To send it without authorization, pass \`new AnonymousCredentials()\``,
    );
  }
  return headers;
}

/** A request that the API refused with 401. */
export interface RefusedRequest {
  readonly request: HttpRequest;
  /** The headers of the credentials. */
  readonly authorization: HeaderRecord;
  /** The `Date` of the response. */
  readonly date: string | null;
}

/**
 * After a 401: invalidates the token. Returns new headers, or `undefined` if no other attempt can succeed.
 *
 * @param canRepeat Whether the request can be sent again. If not, only the next call uses the new token.
 */
export async function renew(
  call: PreparedCall,
  { authorization, date, request }: RefusedRequest,
  canRepeat: boolean,
): Promise<HeaderRecord | undefined> {
  const credentials = call.core.credentials();
  const used = authorization["authorization"];
  // The server would refuse the caller's own header again.
  if (credentials === undefined || used !== request.headers["authorization"]) return undefined;
  const invalidates = typeof credentials.invalidate === "function";
  // Without or with an invalid date, the server's time is not known.
  if (invalidates) credentials.invalidate?.(used, Date.parse(date ?? "") || undefined);
  else await bounded(call, expire(credentials, used));
  if (!canRepeat) return undefined;
  const next = await authorize(call);
  // Credentials without invalidate() may still refresh the token themselves.
  return invalidates || next["authorization"] !== used ? next : undefined;
}

/** Never rejects. If it fails, the next request for headers reports the error. */
async function expire(credentials: Credentials, refused: string | undefined): Promise<void> {
  try {
    const { expireToken } = await import("../auth/refreshable.js");
    await expireToken(credentials, refused);
  } catch {
    // The next request for headers reports it.
  }
}

async function headersOf(call: PreparedCall, credentials: Credentials): Promise<Headers | Record<string, string>> {
  const { core } = call;
  try {
    return await bounded(call, (signal) =>
      credentials.getRequestHeaders(core.rootUrl, { ...core.credentialsContext, signal }),
    );
  } catch (error) {
    // All calls that wait for the same token fail with the same error.
    if (error instanceof DiscogenError) throw ownCopy(error);
    throw foreignError(call.methodId, error);
  }
}

/** Waits for credentials no longer than the call and one attempt may take. */
function bounded<T>(call: PreparedCall, work: Promise<T> | ((signal: AbortSignal) => PromiseLike<T> | T)): Promise<T> {
  const { methodId, signal, timeout } = call;
  const remaining = remainingOf(call);
  return within(work, {
    signal,
    remaining: Math.min(timeout, remaining),
    aborted: () => abortedCall(call),
    expired: () =>
      timeout < remaining
        ? new TimeoutError(`${methodId}: the credentials returned no headers within ${String(timeout)} ms`, timeout)
        : expiredCall(call),
  });
}

/** Returns the error for what credentials of another library threw. */
function foreignError(methodId: string, error: unknown): AuthError {
  const text = error instanceof Error ? error.message : String(error);
  const { description, reason } = refusalOf(error, text);
  const parts = [reason, text, description].filter((part, index, all) => {
    // Libraries repeat one part in another.
    return part !== undefined && !all.some((other, at) => at !== index && at > 0 && other?.includes(part) === true);
  });
  return new AuthError(
    "CREDENTIALS_FAILED",
    `${methodId}: the credentials failed: ${printable(redact(parts.join(": ")))}`,
    { cause: safeCause(error), reason: reason === undefined ? undefined : printable(redact(reason), 100) },
  );
}

/** OAuth error codes (RFC 6749 §4.1.2.1, §5.2, RFC 8693 §2.2.2) at the start of google-auth-library's messages. */
const oauthCode: RegExp = /^(?:Error code )?((?:access|invalid|server|temporarily|unauthorized|unsupported)_[a-z_]+)\b/;

/** The error of a token endpoint: from the response body in gaxios' and axios' errors, else from the message. */
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

function authorizes(headers: HeaderRecord): boolean {
  return Object.keys(headers).some((name) => name !== "x-goog-user-project");
}

function isAuthorizedByCaller({ built, session }: PreparedCall): boolean {
  const { headers, path } = built;
  return (
    session !== undefined ||
    headers["authorization"] !== undefined ||
    headers["x-goog-api-key"] !== undefined ||
    /[?&](?:access_token|key|oauth_token)=[^&]/.test(path)
  );
}
