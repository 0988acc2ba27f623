/** Asks a token endpoint (RFC 6749 §4, RFC 7523 §2.1), with retries, and says what its refusals mean. */
import { AuthError, ConnectionError, DiscogenError, TimeoutError } from "../errors.js";
import { type Failure, parseRetryAfter, pauseBefore, type RetryPolicy } from "../policy/retry.js";
import { pause } from "../policy/wait.js";
import { printable, redact, safeCause } from "../redact.js";
import { apiClient, userAgent } from "../request/headers.js";
import { parseErrorBody } from "../response/api-error.js";
import { readText } from "../response/read.js";
import { connectionError } from "../transport/failure.js";
import {
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  header,
  type Transport,
} from "../transport/transport.js";

/** Where to ask, and for what. */
export interface TokenRequest {
  readonly origin: string;
  readonly path: string;
  readonly form: { readonly [name: string]: string };
  /** Who asks, for messages: the account. */
  readonly account: string;
}

/** What the endpoint gave. */
export interface TokenAnswer {
  readonly token: string;
  /** In milliseconds. */
  readonly lifetime: number;
}

/** Milliseconds for one attempt. */
const timeout = 30_000;

/** Asking for a token twice does no harm. */
const policy: RetryPolicy = { attempts: 3, maxDelay: 20_000, idempotent: true };

/** The longest answer that is read, in bytes. */
const bodyLimit: number = 256 * 1024;

/** A refusal together with the server's clock, which may explain it. */
export class TokenRefusal extends AuthError {
  /** Milliseconds since the epoch, from the `Date` of the answer. */
  readonly serverTime: number | undefined;

  constructor(message: string, reason: string | undefined, serverTime: number | undefined) {
    super("TOKEN_REFUSED", message, { reason });
    this.serverTime = serverTime;
  }
}

/** @throws AuthError `TOKEN_REFUSED` or `TOKEN_UNAVAILABLE` */
export async function requestToken(transport: Transport, ask: TokenRequest): Promise<TokenAnswer> {
  const request: HttpRequest = {
    method: "POST",
    origin: ask.origin,
    path: ask.path,
    headers: {
      accept: "application/json",
      "accept-encoding": "gzip",
      "content-type": "application/x-www-form-urlencoded",
      "user-agent": userAgent,
      "x-goog-api-client": apiClient,
    },
    body: new URLSearchParams(ask.form).toString(),
    timeout,
  };
  const secrets = Object.values(ask.form).filter((value) => value.length > 100);
  for (let attempt = 0; ; attempt++) {
    let error: AuthError;
    let failure: Failure;
    try {
      const response = await transport.send(request);
      const text = await readText(response.body, bodyLimit);
      if (response.status === 200) return readAnswer(ask, text);
      [error, failure] = refusal(ask, response, redact(text, secrets));
    } catch (thrown) {
      if (thrown instanceof AuthError) throw thrown;
      [error, failure] = unavailable(ask, request, thrown, secrets);
    }
    const delay = pauseBefore(attempt, policy, failure, Math.random());
    if (delay === undefined) throw error;
    await pause(delay, undefined, () => error);
  }
}

function readAnswer(ask: TokenRequest, text: string): TokenAnswer {
  const nonsense = (problem: string): AuthError =>
    new AuthError("TOKEN_UNAVAILABLE", `${ask.account}: the answer of ${ask.origin} ${problem}`);
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw nonsense("is not JSON");
  }
  const token =
    typeof answer === "object" && answer !== null && "access_token" in answer ? answer.access_token : undefined;
  if (typeof token !== "string" || !/^[\u0021-\u007e]+$/.test(token)) throw nonsense("holds no access_token");
  const seconds =
    typeof answer === "object" && answer !== null && "expires_in" in answer ? Number(answer.expires_in) : Number.NaN;
  // RFC 6749 §5.1 recommends expires_in without requiring it; Google's tokens hold for an hour.
  return { token, lifetime: (seconds > 0 && Number.isFinite(seconds) ? seconds : 3600) * 1000 };
}

function refusal(ask: TokenRequest, { headers, status }: HttpResponse, text: string): [AuthError, Failure] {
  const { message, reasons } = parseErrorBody(text);
  const reason = reasons[0];
  const said = [reason, message].filter((part) => part !== undefined).map((part) => printable(part, 500));
  const what = said.length === 0 ? "" : `: ${said.join(": ").replace(/\.$/, "")}`;
  const failure: Failure = {
    kind: "status",
    status,
    reasons,
    retryAfter: parseRetryAfter(header(headers, "retry-after"), Date.now()),
  };
  if (status >= 500 || status === 429 || status === 408) {
    return [
      new AuthError(
        "TOKEN_UNAVAILABLE",
        `${ask.account}: ${ask.origin} answered with status ${String(status)}${what}`,
        { reason },
      ),
      failure,
    ];
  }
  const hint = hintFor(reason, message ?? "", ask);
  return [
    new TokenRefusal(
      `${ask.account}: ${ask.origin} refused to give a token (status ${String(status)})${what}${hint === undefined ? "" : `. ${hint}`}`,
      reason,
      dateOf(headers),
    ),
    failure,
  ];
}

function dateOf(headers: HttpHeaders): number | undefined {
  const time = Date.parse(header(headers, "date") ?? "");
  return Number.isNaN(time) ? undefined : time;
}

/** What to do about Google's refusals. */
function hintFor(reason: string | undefined, description: string, ask: TokenRequest): string | undefined {
  switch (reason) {
    case "unauthorized_client":
      return "To act for a person, the account's client id must be granted exactly these scopes under domain-wide delegation in the Google Workspace admin console";
    case "invalid_scope":
      return "Check the scopes: each must be a full name such as https://www.googleapis.com/auth/cloud-platform";
    case "access_denied":
      return "The domain's administrator does not allow this account to act for that person";
    case "invalid_grant":
      if (isClockRefusal(description)) return "Check the clock of this machine";
      if (/signature/i.test(description))
        return "The key may have been deleted or disabled, or belong to another account";
      if (/not found|invalid email|user id/i.test(description))
        return `Check that the account${"sub" in ask.form ? " and the subject" : ""} exist and are not disabled`;
      return "Check the clock of this machine, and that the key has not been deleted or disabled";
    default:
      return undefined;
  }
}

/** Whether a refusal is about the times of an assertion. */
export function isClockRefusal(description: string): boolean {
  return /\biat\b|\bexp\b|short-lived|timeframe|expired/i.test(description);
}

function unavailable(
  ask: TokenRequest,
  request: HttpRequest,
  thrown: unknown,
  secrets: readonly string[],
): [AuthError, Failure] {
  const error = thrown instanceof DiscogenError ? thrown : connectionError(request, thrown, true);
  const failure: Failure =
    error instanceof ConnectionError
      ? { kind: "connection", sent: error.sent, systemCode: error.systemCode }
      : error instanceof TimeoutError
        ? { kind: "timeout" }
        : { kind: "final" };
  const cause = error instanceof ConnectionError || error instanceof TimeoutError ? error : safeCause(error, secrets);
  return [
    new AuthError(
      "TOKEN_UNAVAILABLE",
      `${ask.account}: no token from ${ask.origin}: ${redact(error.message, secrets)}`,
      { cause },
    ),
    failure,
  ];
}
