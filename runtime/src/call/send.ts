/** Sends a call: authorize, send, check the response, and retry. */
import { apiError } from "../decode/api-error.js";
import { readText, textOf } from "../decode/read.js";
import { ApiError, ConnectionError, DiscogenError, TimeoutError } from "../errors.js";
import { deposit, refund, spend } from "../policy/budget.js";
import { AttemptFailure, retry } from "../policy/retry-loop.js";
import { type Failure, parseRetryAfter, pauseBefore } from "../policy/retry.js";
import type { BuiltRequest } from "../request/build.js";
import type { HeaderRecord } from "../request/headers.js";
import { shapeHint } from "../request/shape.js";
import { connectionError, errorBodyLimit } from "../transport/failure.js";
import { type HttpRequest, type HttpResponse } from "../transport/transport.js";
import { authorize, renew, cachedAuthorization } from "./authorize.js";
import type { Core } from "./core.js";
import { type PreparedCall, abortedCall, expiredCall, remainingOf } from "./prepared-call.js";

/** A response and its request. */
export interface Sent {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/** A request that failed, in one attempt of a call. */
interface FailedRequest {
  readonly request: HttpRequest;
  readonly authorization: HeaderRecord;
  readonly error: DiscogenError;
}

/** Resolves to a 2xx response, or a 308 to a step of an upload. Throws the error of the last attempt. */
export function send(call: PreparedCall): Promise<Sent> {
  const { built, core } = call;
  const close = built.body?.close;
  deposit(core.budget);
  const sent = attempt(call, built, undefined, sendAgain);
  if (close === undefined) return sent;
  return sent.catch((error: unknown) => {
    close();
    throw error;
  });
}

/**
 * Makes one attempt. `onFailure` decides what follows, so that a successful first attempt has no cost for retries.
 *
 * @param renewed The headers that authorize the request. Default: those of the credentials.
 */
async function attempt<Result>(
  call: PreparedCall,
  built: BuiltRequest,
  renewed: HeaderRecord | undefined,
  onFailure: (failed: FailedRequest, call: PreparedCall) => Promise<Result> | Result,
): Promise<Result | Sent> {
  const { core } = call;
  // No await if the token is cached: most calls are then sent in the tick in which they are made.
  const authorization = renewed ?? cachedAuthorization(call) ?? (await authorize(call));
  const request = httpRequest(call, built, authorization);
  let error: DiscogenError;
  try {
    const { observer } = call;
    const response = await (observer === undefined
      ? core.transport.send(request)
      : observer.attempt(request, () => core.transport.send(request)));
    const { status } = response;
    if ((status >= 200 && status < 300) || (status === 308 && call.session !== undefined)) {
      const isReady = call.stream || typeof response.body === "string" || response.body instanceof Uint8Array;
      return { request, response: isReady ? response : await collected(request, response) };
    }
    const text = await readText(response.body, errorBodyLimit);
    error = apiError(request, status, response.headers, text, hintFor(call, status));
  } catch (thrown) {
    error = ownError(call, request, thrown);
  }
  return onFailure({ request, authorization, error }, call);
}

/** Repeats a call whose first attempt failed, as its policy allows. */
function sendAgain(first: FailedRequest, call: PreparedCall): Promise<Sent> {
  const { session } = call;
  const before = session?.failures ?? 0;
  const keep = (failed: FailedRequest): FailedRequest => failed;
  let { built } = call;
  let result: FailedRequest | Sent = first;
  let isRenewed = false;
  return retryCall(call, before, async (failures) => {
    if (failures > before) {
      if (session !== undefined) built = session.question;
      result = await attempt(call, built, undefined, keep);
    }
    const canRepeat = built.body?.replayable !== false;
    if (!isRenewed && "error" in result && result.error instanceof ApiError && result.error.status === 401) {
      isRenewed = true;
      const renewed = await renew(call, { ...result, date: result.error.response.headers.get("date") }, canRepeat);
      // The server has done nothing, so this applies to POST too, and does not count as a retry.
      if (renewed !== undefined) result = await attempt(call, built, renewed, keep);
    }
    if ("error" in result) return failedAttempt(call, failures, result.error, canRepeat);
    if (failures > before) refund(call.core.budget, failures - before);
    return result;
  });
}

/** {@link retry} within the signal of a call. */
export function retryCall<Value>(
  call: PreparedCall,
  failures: number,
  attemptOnce: (failures: number) => Promise<AttemptFailure | Value>,
): Promise<Value> {
  return retry({ attempt: attemptOnce, failures, signal: call.signal, aborted: () => abortedCall(call) });
}

/** The response with its body as text. A custom transport may stream the body; reading it is part of the attempt. */
async function collected(request: HttpRequest, response: HttpResponse): Promise<HttpResponse> {
  const { encoding, headers, status } = response;
  return { status, headers, encoding, body: await textOf(request, response) };
}

/** Advice about the parameters after 400 or 404. A session is not named by parameters. */
function hintFor({ method, params, session }: PreparedCall, status: number): string | undefined {
  return (status === 400 || status === 404) && session === undefined ? shapeHint(method, params) : undefined;
}

/** Returns a failed attempt with the delay that the call's policy allows. Reports the retry to the observer. */
export function failedAttempt(
  call: PreparedCall,
  failures: number,
  error: DiscogenError,
  canRepeat: boolean,
): AttemptFailure {
  const delay = canRepeat ? delayOf(call, failures, error) : undefined;
  if (delay !== undefined) call.observer?.retry(error, delay);
  return new AttemptFailure(error, delay);
}

/** Milliseconds until the next attempt, or `undefined` for no retry. */
function delayOf(call: PreparedCall, attempt: number, error: DiscogenError): number | undefined {
  const policy = call.retry();
  const failure = failureOf(error);
  const proposed = pauseBefore(attempt, policy, failure, Math.random());
  // A delay past the deadline would only hide why the call failed.
  const isInTime = (delay: number | undefined): delay is number =>
    delay !== undefined && performance.now() + delay < call.deadline;
  if (policy.decide === undefined) return isInTime(proposed) && spend(call.core.budget) ? proposed : undefined;
  if (error.code === "ABORTED" || error.code === "TOTAL_TIMEOUT") return undefined;
  const { httpMethod, methodId } = call;
  const { idempotent } = policy;
  const decided = policy.decide({ methodId, httpMethod, attempt: attempt + 1, error, idempotent, proposed });
  return isInTime(decided) ? Math.max(0, decided) : undefined;
}

function httpRequest(call: PreparedCall, built: BuiltRequest, authorization: HeaderRecord): HttpRequest {
  const { core } = call;
  return {
    method: call.httpMethod,
    origin: call.session?.origin ?? core.origin,
    path: built.path,
    headers: withAuthorization(core, authorization, built.headers),
    body: built.body?.data,
    timeout: call.deadline === Infinity ? call.timeout : Math.min(call.timeout, remainingOf(call)),
    deadline: call.deadline,
    signal: call.signal,
    stream: call.stream,
    keepEncoding: call.keepEncoding,
    maxResponseBytes: core.options.maxResponseBytes,
    secretPath: call.session !== undefined,
    methodId: call.methodId,
  };
}

/** Joins the headers. Those of the caller override those of the credentials. */
function withAuthorization(core: Core, authorization: HeaderRecord, headers: HeaderRecord): HeaderRecord {
  const { memo } = core;
  // Most calls have the same headers, and joining records is slow.
  if (memo.authorization === authorization && headers === core.headers) return memo.headers;
  const joined = Object.freeze({ ...authorization, ...headers });
  if (headers === core.headers) {
    memo.authorization = authorization;
    memo.headers = joined;
  }
  return joined;
}

function ownError(call: PreparedCall, request: HttpRequest, thrown: unknown): DiscogenError {
  // The timeout of this attempt was shortened to the deadline of the call, so the call timed out.
  if (thrown instanceof TimeoutError && (request.timeout < call.timeout || performance.now() >= call.deadline))
    return expiredCall(call);
  if (thrown instanceof DiscogenError) return thrown;
  if (call.signal?.aborted === true) return abortedCall(call);
  // Connection errors have their class below the middleware already, so the middleware threw this.
  if (call.core.options.middleware !== undefined) throw thrown;
  return connectionError(request, thrown, true);
}

/** Describes an error for the retry policy. */
export function failureOf(error: DiscogenError): Failure {
  if (error instanceof ApiError && error.code !== "INVALID_RESPONSE") {
    const { reason, response, retryInfo, rpcStatus, status } = error;
    const after = parseRetryAfter(response.headers.get("retry-after") ?? undefined, Date.now());
    const delays = [after, retryInfo?.retryDelay].filter((delay) => delay !== undefined);
    const reasons = [reason, rpcStatus].filter((one) => one !== undefined);
    return { kind: "status", status, reasons, retryAfter: delays.length === 0 ? undefined : Math.max(...delays) };
  }
  if (error instanceof ConnectionError) return { kind: "connection", sent: error.sent, systemCode: error.systemCode };
  return error.code === "TIMEOUT" ? { kind: "timeout" } : { kind: "final" };
}
