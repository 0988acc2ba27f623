/** Asks the endpoints that sign-in needs, with retries, and says what their refusals mean. */
import { AuthError, ConnectionError, DiscogenError, TimeoutError } from "../errors.js";
import type { AbortSignal, Url } from "../platform-types.js";
import { AttemptFailure, retry } from "../policy/retry-loop.js";
import { type Failure, parseRetryAfter, pauseBefore, type RetryPolicy } from "../policy/retry.js";
import { printable, redact, safeCause, secretsOf, shownName } from "../redact.js";
import { apiClient, userAgent } from "../request/headers.js";
import { parseErrorBody } from "../decode/error-body.js";
import { readText } from "../decode/read.js";
import { connectionError } from "../transport/failure.js";
import {
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  header,
  type Transport,
} from "../transport/transport.js";
import type { JsonObject } from "./credential-file.js";

/** Where to ask, and what. */
export interface EndpointRequest {
  /** Who asks, for messages: the account and the file it comes from. */
  readonly account: string;
  readonly method: "GET" | "POST" | "PUT";
  readonly url: Url;
  /** Names in lower case; over those that every request has. */
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  /** What no message may show besides `authorization`: parts of the request that the endpoint might repeat. */
  readonly secrets?: readonly string[];
  /** What kind of sign-in this is, in Google's words, for instance `auth-request-type/at cred-type/sa`. */
  readonly metrics?: string;
  /** Milliseconds for one attempt. Default: 30,000. */
  readonly timeout?: number;
  /** Further attempts. Default: 3. */
  readonly attempts?: number;
  /** What to do about a refusal, from OAuth's error or google.rpc's status and from what the endpoint said. */
  readonly hint?: (reason: string | undefined, message: string) => string | undefined;
}

/** How a token is requested. Also what credentials pass to those that they are made from. */
export interface Network {
  readonly transport: Transport;
  /**
   * Aborts when nobody waits for the token any more: no response is read on and no request follows. One that has no
   * response yet goes on, so that an endpoint that is slower than each call waits serves the next call.
   */
  readonly signal?: AbortSignal | undefined;
}

/** A success. */
export interface EndpointResponse {
  readonly headers: HttpHeaders;
  readonly text: string;
}

/** The longest response that is read, in bytes. */
export const responseLimit: number = 1024 * 1024;

/** Asking for a token twice does no harm. */
const policy: RetryPolicy = { attempts: 3, maxDelay: 20_000, idempotent: true };

/** A refusal together with the server's clock, which may explain it. */
export class TokenRefusal extends AuthError {
  /** The HTTP status. */
  readonly status: number;
  /** Milliseconds since the epoch, from the `Date` of the answer. */
  readonly serverTime: number | undefined;

  constructor(message: string, status: number, reason: string | undefined, serverTime: number | undefined) {
    super("TOKEN_REFUSED", message, { reason });
    this.status = status;
    this.serverTime = serverTime;
  }
}

/** @throws AuthError `TOKEN_REFUSED` (a {@link TokenRefusal}) or `TOKEN_UNAVAILABLE` */
export async function callEndpoint({ signal, transport }: Network, target: EndpointRequest): Promise<EndpointResponse> {
  const { attempts = policy.attempts, metrics, timeout = 30_000, url } = target;
  const request: HttpRequest = {
    method: target.method,
    origin: url.origin,
    path: url.pathname + url.search,
    headers: {
      accept: "application/json",
      "accept-encoding": "gzip",
      "user-agent": userAgent,
      "x-goog-api-client": metrics === undefined ? apiClient : `${apiClient} ${metrics}`,
      ...target.headers,
    },
    body: target.body,
    timeout,
    readSignal: signal,
    maxResponseBytes: responseLimit,
  };
  const secrets = [...secretsOf(request), ...(target.secrets ?? [])];
  const failed = (failures: number, [error, failure]: [AuthError, Failure]): AttemptFailure =>
    new AttemptFailure(error, pauseBefore(failures, { ...policy, attempts }, failure, Math.random()));
  return retry<EndpointResponse>({
    signal,
    aborted: (error) => error,
    attempt: async (failures) => {
      if (signal?.aborted === true)
        throw new AuthError("TOKEN_UNAVAILABLE", `${target.account}: nobody waits for the token any more`);
      try {
        const response = await transport.send(request);
        const text = await readText(response.body, responseLimit + 1);
        // A transport of the caller's own may know no limit.
        if (text.length > responseLimit) throw tooLarge(target);
        if (response.status === 200) return { headers: response.headers, text };
        return failed(failures, refusal(target, response, redact(text, secrets)));
      } catch (thrown) {
        return failed(failures, unavailable(target, request, thrown, secrets));
      }
    },
  });
}

/** The error for a success that makes no sense. `problem` is the end of a sentence: `is not JSON`. */
export function malformedResponse(
  { account, url }: Pick<EndpointRequest, "account" | "url">,
  problem: string,
): AuthError {
  return new AuthError("TOKEN_UNAVAILABLE", `${account}: the answer of ${shownName(url.origin)} ${problem}`);
}

function tooLarge(target: EndpointRequest): AuthError {
  return malformedResponse(target, "is longer than 1 MiB, which no token is");
}

/** The members of an answer that is a JSON object. */
export function readMembers(target: EndpointRequest, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformedResponse(target, "is not JSON");
  }
  if (typeof value !== "object" || value === null) throw malformedResponse(target, "is no JSON object");
  return Object.fromEntries(Object.entries(value));
}

/** A value that may stand in a header after `Bearer`. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\u0021-\u007e]+$/.test(value);
}

function refusal(target: EndpointRequest, { headers, status }: HttpResponse, text: string): [AuthError, Failure] {
  const { account, url } = target;
  const { message, reasons, rpcStatus } = parseErrorBody(text, header(headers, "content-type"));
  const reason = reasons[0] ?? rpcStatus;
  const said = [reason, message].filter((part) => part !== undefined).map((part) => printable(part, 500));
  const what = said.length === 0 ? "" : `: ${said.join(": ").replace(/\.$/, "")}`;
  const failure: Failure = {
    kind: "status",
    status,
    reasons,
    retryAfter: parseRetryAfter(header(headers, "retry-after"), Date.now()),
  };
  if (status >= 500 || status === 429 || status === 408) {
    const text = `${account}: ${shownName(url.origin)} answered with status ${String(status)}${what}`;
    return [new AuthError("TOKEN_UNAVAILABLE", text, { reason }), failure];
  }
  const hint = target.hint?.(reason, message ?? "");
  const end = hint === undefined ? "" : `. ${hint}`;
  const full = `${account}: ${shownName(url.origin)} refused to give a token (status ${String(status)})${what}${end}`;
  return [new TokenRefusal(full, status, reason, dateOf(headers)), failure];
}

function dateOf(headers: HttpHeaders): number | undefined {
  const time = Date.parse(header(headers, "date") ?? "");
  return Number.isNaN(time) ? undefined : time;
}

function unavailable(
  target: EndpointRequest,
  request: HttpRequest,
  thrown: unknown,
  secrets: readonly string[],
): [AuthError, Failure] {
  if (thrown instanceof AuthError) return [thrown, { kind: "final" }];
  const error = thrown instanceof DiscogenError ? thrown : connectionError(request, thrown, true);
  if (error.code === "RESPONSE_TOO_LARGE") return [tooLarge(target), { kind: "final" }];
  const failure: Failure =
    error instanceof ConnectionError
      ? { kind: "connection", sent: error.sent, systemCode: error.systemCode }
      : error instanceof TimeoutError
        ? { kind: "timeout" }
        : { kind: "final" };
  const cause = error instanceof ConnectionError || error instanceof TimeoutError ? error : safeCause(error, secrets);
  const text = `${target.account}: no token from ${shownName(target.url.origin)}: ${redact(error.message, secrets)}`;
  return [new AuthError("TOKEN_UNAVAILABLE", text, { cause }), failure];
}
