/** Sends requests to the endpoints that issue tokens, with retries, and explains their refusals. */
import { parseErrorBody } from "../decode/error-body.js";
import { readText } from "../decode/read.js";
import { AuthError, type AuthErrorCode, ConnectionError, DiscogenError, TimeoutError } from "../errors.js";
import type { AbortSignal, Url } from "../platform-types.js";
import { AttemptFailure, retry } from "../policy/retry-loop.js";
import { type Failure, parseRetryAfter, pauseBefore, type RetryPolicy } from "../policy/retry.js";
import { printable, redact, safeCause, secretsOf, shownName } from "../redact.js";
import { apiClient, userAgent } from "../request/headers.js";
import { connectionError } from "../transport/failure.js";
import {
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  header,
  type Transport,
} from "../transport/transport.js";
import type { JsonObject } from "./credential-file.js";

/** A request to an endpoint. */
export interface EndpointRequest {
  /** The account and the file it comes from, for messages. */
  readonly account: string;
  readonly method: "GET" | "POST" | "PUT";
  readonly url: Url;
  /** The path itself is a secret, which no message shows. */
  readonly secretPath?: boolean;
  /** Header fields besides those of every request, with names in lower case. */
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  /** Secrets of the request besides `authorization`. No message shows them, even if the endpoint returns them. */
  readonly secrets?: readonly string[];
  /** The kind of authentication for Google's metrics, for example `auth-request-type/at cred-type/sa`. */
  readonly metrics?: string;
  /** What the endpoint returns, for messages. Default: `token`. */
  readonly result?: string;
  /** What the endpoint refuses to do, for messages. Default: `issue a token`. */
  readonly action?: string;
  /** Milliseconds for one attempt. Default: 30,000. */
  readonly timeout?: number;
  /** Attempts after the first. Default: 3. */
  readonly attempts?: number;
  /** Returns advice for a refusal, from OAuth's error code or google.rpc's status, and the endpoint's message. */
  readonly hint?: (reason: string | undefined, message: string) => string | undefined;
  /** Returns the code of the error for a refusal. Default: `TOKEN_REFUSED`. */
  readonly refusalCode?: (reason: string | undefined, message: string) => AuthErrorCode | undefined;
  /** Whether the request may be repeated if the endpoint may have processed it. Default: true. */
  readonly idempotent?: boolean;
  /** Decides about another attempt, instead of the usual rules. */
  readonly afterFailure?: (failed: FailedRequest) => Promise<AttemptFailure>;
}

/** A failed attempt of a request to an endpoint. */
export interface FailedRequest {
  readonly error: AuthError;
  readonly failure: Failure;
  /** How many attempts failed before this one. */
  readonly failures: number;
  /** Milliseconds until the next attempt by the usual rules; `undefined`: no attempt follows. */
  readonly delay: number | undefined;
}

/** How a token is requested. Credentials pass it on to their source credentials. */
export interface Network {
  readonly transport: Transport;
  /**
   * Aborts when no call waits for the token any more. No response is then read to its end, and no request follows. A
   * request without a response continues, so that the next call gets a token even from a slow endpoint.
   */
  readonly signal?: AbortSignal | undefined;
}

/** A response with status 200. */
export interface EndpointResponse {
  readonly headers: HttpHeaders;
  readonly text: string;
}

/** The maximum size of a response in bytes. */
export const responseLimit: number = 1024 * 1024;

/** Requesting a token twice has no effect, except with an authorization code. */
const policy: RetryPolicy = { attempts: 3, maxDelay: 20_000, idempotent: true };

/** A refusal, with the time of the server, since a wrong local clock can cause it. */
export class TokenRefusal extends AuthError {
  /** The HTTP status. */
  readonly status: number;
  /** Milliseconds since the epoch, from the `Date` of the response. */
  readonly serverTime: number | undefined;

  constructor(message: string, code: AuthErrorCode, init: Pick<TokenRefusal, "reason" | "serverTime" | "status">) {
    super(code, message, { reason: init.reason });
    this.status = init.status;
    this.serverTime = init.serverTime;
  }
}

/** @throws AuthError `TOKEN_REFUSED` or the target's code (a {@link TokenRefusal}), or `TOKEN_UNAVAILABLE` */
export async function callEndpoint({ signal, transport }: Network, target: EndpointRequest): Promise<EndpointResponse> {
  const { attempts = policy.attempts, idempotent = true, metrics, timeout = 30_000, url } = target;
  const request: HttpRequest = {
    method: target.method,
    origin: url.origin,
    path: url.pathname + url.search,
    secretPath: target.secretPath,
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
  const failed = async (failures: number, [error, failure]: [AuthError, Failure]): Promise<AttemptFailure> => {
    const delay = pauseBefore(failures, { ...policy, attempts, idempotent }, failure, Math.random());
    return target.afterFailure?.({ error, failure, failures, delay }) ?? new AttemptFailure(error, delay);
  };
  return retry<EndpointResponse>({
    signal,
    aborted: (error) => error,
    attempt: async (failures) => {
      if (signal?.aborted === true)
        throw new AuthError("TOKEN_UNAVAILABLE", `${target.account}: no call waits for the token any more`);
      try {
        const response = await transport.send(request);
        const text = await readText(response.body, responseLimit + 1);
        // A custom transport may have no limit.
        if (text.length > responseLimit) throw tooLarge(target);
        if (response.status === 200) return { headers: response.headers, text };
        return await failed(failures, refusal(target, response, redact(text, secrets)));
      } catch (thrown) {
        return failed(failures, unavailable(target, request, thrown, secrets));
      }
    },
  });
}

/** Creates the error for a response with status 200 that cannot be used. `problem` ends the sentence: `is not JSON`. */
export function malformedResponse(
  { account, url }: Pick<EndpointRequest, "account" | "url">,
  problem: string,
): AuthError {
  return new AuthError("TOKEN_UNAVAILABLE", `${account}: the response from ${shownName(url.origin)} ${problem}`);
}

function tooLarge(target: EndpointRequest): AuthError {
  return malformedResponse(target, "is longer than 1 MiB");
}

/** Parses a response that must be a JSON object. */
export function readMembers(target: EndpointRequest, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformedResponse(target, "is not JSON");
  }
  if (typeof value !== "object" || value === null) throw malformedResponse(target, "is not a JSON object");
  return Object.fromEntries(Object.entries(value));
}

/** Whether a value can follow `Bearer` in a header. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\u0021-\u007e]+$/.test(value);
}

function refusal(target: EndpointRequest, { headers, status }: HttpResponse, text: string): [AuthError, Failure] {
  const { account, action = "issue a token", url } = target;
  const { message, reasons, rpcStatus } = parseErrorBody(text, header(headers, "content-type"));
  const reason = reasons[0] ?? rpcStatus;
  const texts = [reason, message].filter((part) => part !== undefined).map((part) => printable(part, 500));
  const details = texts.length === 0 ? "" : `: ${texts.join(": ").replace(/\.$/, "")}`;
  const failure: Failure = {
    kind: "status",
    status,
    reasons,
    retryAfter: parseRetryAfter(header(headers, "retry-after"), Date.now()),
  };
  if (status >= 500 || status === 429 || status === 408) {
    const text = `${account}: ${shownName(url.origin)} returned status ${String(status)}${details}`;
    return [new AuthError("TOKEN_UNAVAILABLE", text, { reason }), failure];
  }
  const hint = target.hint?.(reason, message ?? "");
  const end = hint === undefined ? "" : `. ${hint}`;
  const full = `${account}: ${shownName(url.origin)} refused to ${action} (status ${String(status)})${details}${end}`;
  const code = target.refusalCode?.(reason, message ?? "") ?? "TOKEN_REFUSED";
  return [new TokenRefusal(full, code, { status, reason, serverTime: dateOf(headers) }), failure];
}

/** The server's time from the `Date` of its response, in milliseconds since the epoch. */
export function dateOf(headers: HttpHeaders): number | undefined {
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
  const text = `${target.account}: no ${target.result ?? "token"} from ${shownName(target.url.origin)}: ${redact(error.message, secrets)}`;
  return [new AuthError("TOKEN_UNAVAILABLE", text, { cause }), failure];
}
