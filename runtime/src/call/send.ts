/** The attempt loop: sign, send, judge, wait, again. */
import type { Core } from "./core.js";
import { ApiError, ConnectionError, DiscogenError, TimeoutError } from "../errors.js";
import type { BuiltRequest } from "../request/build.js";
import type { HeaderRecord } from "../request/headers.js";
import { shapeHint } from "../request/shape.js";
import { apiError } from "../decode/api-error.js";
import { readText, textOf } from "../decode/read.js";
import { connectionError } from "../transport/failure.js";
import { type HttpRequest, type HttpResponse } from "../transport/transport.js";
import { authorize, renew, signatureAtHand } from "./authorize.js";
import { deposit, refund, spend } from "../policy/budget.js";
import { type PreparedCall, abortedCall, expiredCall, remainingOf } from "./prepared-call.js";
import { type Failure, parseRetryAfter, pauseBefore } from "../policy/retry.js";
import { pause } from "../policy/wait.js";

/** The answer and the request that got it. */
export interface Sent {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/** The most that is read of a body that tells what went wrong, in characters. */
const errorBodyLimit: number = 1024 * 1024;

/** Resolves to a 2xx answer, or a 308 to a step of an upload; throws whatever else the last attempt came to. */
export function send(call: PreparedCall): Promise<Sent> {
  const close = call.built.body?.close;
  if (close === undefined) return sendAttempts(call);
  return sendAttempts(call).catch((error: unknown) => {
    close();
    throw error;
  });
}

async function sendAttempts(call: PreparedCall): Promise<Sent> {
  const { core, session } = call;
  let built = call.built;
  const before = session?.failures ?? 0;
  let attempt = before;
  let renewed: HeaderRecord | undefined;
  let isRenewed = false;
  deposit(core.budget);
  for (;;) {
    // No await where the token is at hand: most calls then leave in the tick in which they are made.
    const signature: HeaderRecord = renewed ?? signatureAtHand(call) ?? (await authorize(call));
    renewed = undefined;
    const request = httpRequest(call, built, signature);
    let error: DiscogenError;
    try {
      const { observer } = call;
      const response = await (observer === undefined
        ? core.transport.send(request)
        : observer.attempt(request, () => core.transport.send(request)));
      const { status } = response;
      if ((status >= 200 && status < 300) || (status === 308 && session !== undefined)) {
        if (attempt > before) refund(core.budget, attempt - before);
        const isReady = call.stream || typeof response.body === "string" || response.body instanceof Uint8Array;
        return { request, response: isReady ? response : await collected(request, response) };
      }
      error = apiError(
        request,
        status,
        response.headers,
        await readText(response.body, errorBodyLimit),
        hintFor(call, status),
      );
    } catch (thrown) {
      error = ownError(call, request, thrown);
    }
    const replayable = built.body?.replayable !== false;
    if (!isRenewed && error instanceof ApiError && error.status === 401) {
      isRenewed = true;
      renewed = await renew(call, request, signature, replayable);
      // A 401 means that nothing was done, so this holds for POST as well and is no attempt of the policy.
      if (renewed !== undefined) continue;
    }
    const delay = replayable ? delayOf(call, attempt, error) : undefined;
    if (delay === undefined) throw error;
    call.observer?.retry(error, delay);
    await pause(delay, call.signal, () => abortedCall(call));
    attempt++;
    if (session !== undefined) built = session.question;
  }
}

/** The response with its body as text; a transport of the caller's may stream it, which is part of the attempt. */
async function collected(request: HttpRequest, response: HttpResponse): Promise<HttpResponse> {
  const { encoding, headers, status } = response;
  return { status, headers, encoding, body: await textOf(request, response) };
}

/** Why the server may have refused the request. A session is no resource that parameters name. */
function hintFor({ method, params, session }: PreparedCall, status: number): string | undefined {
  return (status === 400 || status === 404) && session === undefined ? shapeHint(method, params) : undefined;
}

/** Milliseconds until the next attempt after so many that failed; `undefined`: there is none. */
export function delayOf(call: PreparedCall, attempt: number, error: DiscogenError): number | undefined {
  const policy = call.retry();
  const failure = failureOf(error);
  const proposed = pauseBefore(attempt, policy, failure, Math.random());
  // A pause that reaches past the deadline would only hide why the call failed.
  const isInTime = (delay: number | undefined): delay is number =>
    delay !== undefined && performance.now() + delay < call.deadline;
  if (policy.decide === undefined) return isInTime(proposed) && spend(call.core.budget) ? proposed : undefined;
  if (error.code === "ABORTED" || error.code === "TOTAL_TIMEOUT") return undefined;
  const { httpMethod, methodId } = call;
  const { idempotent } = policy;
  const decided = policy.decide({ methodId, httpMethod, attempt: attempt + 1, error, idempotent, proposed });
  return isInTime(decided) ? Math.max(0, decided) : undefined;
}

function httpRequest(call: PreparedCall, built: BuiltRequest, signature: HeaderRecord): HttpRequest {
  const { core } = call;
  return {
    method: call.httpMethod,
    origin: call.session?.origin ?? core.origin,
    path: built.path,
    headers: signed(core, signature, built.headers),
    body: built.body?.data,
    timeout: call.deadline === Number.POSITIVE_INFINITY ? call.timeout : Math.min(call.timeout, remainingOf(call)),
    deadline: call.deadline,
    signal: call.signal,
    stream: call.stream,
    keepEncoding: call.keepEncoding,
    maxResponseBytes: core.options.maxResponseBytes,
    secretPath: call.session !== undefined,
    methodId: call.methodId,
  };
}

/** What the caller says goes before what the credentials say. */
function signed(core: Core, signature: HeaderRecord, headers: HeaderRecord): HeaderRecord {
  const { memo } = core;
  // Most calls differ in nothing here, and joining records is dear.
  if (memo.signature === signature && headers === core.headers) return memo.signed;
  const joined = Object.freeze({ ...signature, ...headers });
  if (headers === core.headers) {
    memo.signature = signature;
    memo.signed = joined;
  }
  return joined;
}

function ownError(call: PreparedCall, request: HttpRequest, thrown: unknown): DiscogenError {
  // An attempt that was cut to what was left of the call ran into the call's limit, not its own.
  if (thrown instanceof TimeoutError && (request.timeout < call.timeout || performance.now() >= call.deadline))
    return expiredCall(call);
  if (thrown instanceof DiscogenError) return thrown;
  if (call.signal?.aborted === true) return abortedCall(call);
  // Errors of the connection have been told apart below the middleware, so this is the middleware's own.
  if (call.core.options.middleware !== undefined) throw thrown;
  return connectionError(request, thrown, true);
}

/** What the retry policy needs to know of an error. */
export function failureOf(error: DiscogenError): Failure {
  if (error instanceof ApiError && error.code !== "INVALID_RESPONSE") {
    const { reason, response, retryInfo, rpcStatus, status } = error;
    const after = parseRetryAfter(response.headers.get("retry-after") ?? undefined, Date.now());
    const asked = [after, retryInfo?.retryDelay].filter((delay) => delay !== undefined);
    const reasons = [reason, rpcStatus].filter((one) => one !== undefined);
    return { kind: "status", status, reasons, retryAfter: asked.length === 0 ? undefined : Math.max(...asked) };
  }
  if (error instanceof ConnectionError) return { kind: "connection", sent: error.sent, systemCode: error.systemCode };
  return error.code === "TIMEOUT" ? { kind: "timeout" } : { kind: "final" };
}
