/** Asks the credentials for the headers of an attempt, within the limits of the call. */
import { type Credentials, isAnonymous } from "../auth/credentials.js";
import type { Core } from "../core.js";
import { AuthError, DiscogenError } from "../errors.js";
import type { AbortSignal, Headers } from "../platform.js";
import { printable, redact, safeCause } from "../redact.js";
import { type HeaderRecord, lowerCase } from "../request/headers.js";
import type { HttpRequest } from "../transport/transport.js";
import { checkUniverse } from "../universe.js";
import { type PreparedCall, abortedCall, expiredCall, remainingOf } from "./prepared-call.js";
import { within } from "./wait.js";

/** The signature of credentials that can give one without waiting. */
export function signatureAtHand(core: Core, call: PreparedCall): HeaderRecord | undefined {
  // Limits that may be over already are looked at where waiting is.
  if (call.signal?.aborted === true || call.deadline !== Number.POSITIVE_INFINITY) return undefined;
  return core.atHand();
}

/** The header fields that sign this attempt. Throws an `AuthError` rather than leave them out in silence. */
export async function authorize(core: Core, call: PreparedCall): Promise<HeaderRecord> {
  if (call.signal?.aborted === true) throw abortedCall(call);
  if (call.deadline !== Number.POSITIVE_INFINITY && performance.now() >= call.deadline) throw expiredCall(call);
  const credentials = core.credentials();
  if (credentials === undefined) {
    if (isSignedByCaller(call)) return {};
    throw new AuthError(
      "NO_CREDENTIALS",
      `${call.methodId}: this client has no credentials. Pass \`auth\`, for instance \`await ServiceAccountCredentials.fromFile("service.json")\`; for public data or an emulator, \`new AnonymousCredentials()\``,
    );
  }
  const headers = await ask(core, call, credentials);
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

/** After a 401: another signature, or `undefined` where there is none to be had. */
export async function renew(
  core: Core,
  call: PreparedCall,
  refused: HttpRequest,
  signature: HeaderRecord,
): Promise<HeaderRecord | undefined> {
  const credentials = core.credentials();
  const used = signature["authorization"];
  // A header of the caller's own would be refused again.
  if (credentials === undefined || used !== refused.headers["authorization"]) return undefined;
  const invalidates = typeof credentials.invalidate === "function";
  credentials.invalidate?.(used);
  const next = await authorize(core, call);
  // Credentials that cannot be told to forget a token may still refresh by themselves.
  return invalidates || next["authorization"] !== used ? next : undefined;
}

async function ask(
  core: Core,
  call: PreparedCall,
  credentials: Credentials,
): Promise<Headers | Record<string, string>> {
  try {
    // Credentials without types may answer without a promise.
    if (call.signal === undefined && call.deadline === Number.POSITIVE_INFINITY)
      return await credentials.getRequestHeaders(core.rootUrl, core.credentialsContext);
    const asked = (signal: AbortSignal): ReturnType<Credentials["getRequestHeaders"]> =>
      credentials.getRequestHeaders(core.rootUrl, { ...core.credentialsContext, signal });
    return await within(asked, {
      signal: call.signal,
      remaining: remainingOf(call),
      aborted: () => abortedCall(call),
      expired: () => expiredCall(call),
    });
  } catch (error) {
    if (error instanceof DiscogenError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new AuthError("CREDENTIALS_FAILED", `${call.methodId}: the credentials failed: ${printable(redact(text))}`, {
      cause: safeCause(error),
    });
  }
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
