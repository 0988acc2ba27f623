/** Converts the errors of exchanges to errors of this package, without secrets. */
import { AbortError, ConnectionError, DiscogenError, InvalidRequestError, TimeoutError } from "../errors.js";
import { codeOf, printable, redact, safeCause, secretsOf, shownName } from "../redact.js";
import { http2Code, isUnprocessed } from "./http2-failure.js";
import { systemCodeOf } from "./system-code.js";
import type { HttpRequest } from "./transport.js";

/** Codes of errors before a connection exists, so nothing of the request was sent. */
const beforeSending: ReadonlySet<string> = new Set([
  "EADDRNOTAVAIL",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
]);

/** OpenSSL's codes for a rejected certificate. */
const certificateCode: RegExp = /CERT|^UNABLE_TO_/;

/** Codes of zlib, Brotli and Zstandard: all bytes arrived, but they cannot be decoded. */
const damageCode: RegExp = /^(?:Z_|ERR__ERROR_|ERR_BROTLI|ZSTD_)/;

const timeouts: ReadonlySet<string> = new Set(["UND_ERR_BODY_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT"]);

/** The maximum number of bytes that are read from the body of an error response. */
export const errorBodyLimit: number = 1024 * 1024;

/** Returns the beginning of messages about a request: its method id, else its HTTP method and origin. */
export function subjectOf(request: HttpRequest): string {
  return request.methodId ?? `${request.method} ${shownName(request.origin)}`;
}

export function abortError(request: HttpRequest): AbortError {
  return new AbortError(`${subjectOf(request)}: aborted by the caller's signal`, { cause: request.signal?.reason });
}

export function timeoutError(request: HttpRequest): TimeoutError {
  const { methodId, timeout } = request;
  // Callers cannot change the timeouts of token requests.
  const advice = methodId === undefined ? "" : ". To wait longer, increase the option timeout";
  return new TimeoutError(`${subjectOf(request)}: no response within ${String(timeout)} ms${advice}`, timeout);
}

/**
 * @param sent Whether the request may have reached the server.
 * @param hasHead Whether the head of the response had arrived.
 */
export function connectionError(
  request: HttpRequest,
  error: unknown,
  sent: boolean,
  hasHead: boolean = true,
): DiscogenError {
  if (error instanceof DiscogenError) return error;
  const code = http2Code(error, systemCodeOf(error, hasHead));
  if (code !== undefined && timeouts.has(code)) return timeoutError(request);
  const secrets = secretsOf(request);
  const text = printable(redact(describe(error), secrets));
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED") {
    return new InvalidRequestError(subjectOf(request), [{ parameter: "request", message: `cannot be sent: ${text}` }]);
  }
  const reached = sent && !isBeforeSending(error, code ?? "") && !isUnprocessed(error, code);
  const isDamaged = damageCode.test(code ?? "");
  const what = isDamaged
    ? "the response is damaged"
    : reached || code?.startsWith("ERR_HTTP2_") === true
      ? "the connection failed"
      : "cannot connect";
  return new ConnectionError(`${subjectOf(request)}: ${what}: ${text}`, {
    cause: safeCause(error, secrets),
    sent: reached,
    systemCode: code,
  });
}

/** Returns whether the error occurred before a connection existed. */
function isBeforeSending(error: unknown, code: string): boolean {
  if (beforeSending.has(code) || certificateCode.test(code)) return true;
  if (error instanceof AggregateError)
    return error.errors.length > 0 && error.errors.every((one) => isBeforeSending(one, ""));
  if (!(error instanceof Error)) return false;
  return (
    ("syscall" in error && error.syscall === "connect") ||
    codeOf(error) === "UND_ERR_CONNECT_TIMEOUT" ||
    // Deno's `fetch`.
    error.message.includes("client error (Connect)")
  );
}

/** Node's error for "all addresses failed" has an empty message and contains the reasons. */
function describe(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(describe).join(", ");
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  return String(error);
}
