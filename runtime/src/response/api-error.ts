/**
 * Reads what went wrong out of an answer: AIP-193 bodies, the older `errors[]`, OAuth's `{ error, error_description }`,
 * lists of errors, and whatever proxies and broken connections leave (HTML, nothing, half a body).
 */
import { asObject, readErrorInfo, readRequestId, stringOf } from "../error-details.js";
import { ApiError, type ApiErrorCode } from "../errors.js";
import { printable, redact, secretsOf } from "../redact.js";
import { subjectOf } from "../transport/failure.js";
import { type HttpHeaders, type HttpRequest, header } from "../transport/transport.js";
import { LazyResponse } from "./api-response.js";

/** What an error body says, whatever its form. */
export interface ErrorBody {
  readonly message: string | undefined;
  readonly rpcStatus: string | undefined;
  /** Reasons of the older `errors[]`, or OAuth's `error`. */
  readonly reasons: readonly string[];
  readonly details: readonly unknown[];
}

/** Statuses that are outcomes of their own: what `ifNoneMatch` and `ifMatch` ask about. */
const codes: { readonly [status: number]: ApiErrorCode } = { 304: "NOT_MODIFIED", 412: "PRECONDITION_FAILED" };

/** Headers that name a request to support, best first. */
const requestIdHeaders: readonly string[] = ["x-request-id", "x-goog-request-id", "x-guploader-uploadid"];

/** The error for an answer whose status is no success. `body` may be anything; `hint` is added to the message. */
export function apiError(
  request: HttpRequest,
  status: number,
  headers: HttpHeaders,
  body: string,
  hint?: string,
): ApiError {
  const secrets = secretsOf(request);
  // A server may echo what it was sent: blank it before anything is read.
  const text = redact(body, secrets);
  const { details, message, reasons, rpcStatus } = parseErrorBody(text);
  const reason = readErrorInfo(details)?.reason ?? reasons[0] ?? rpcStatus;
  const said = message ?? plainText(text, header(headers, "content-type"));
  const safeHeaders = clean(headers, secrets);
  return new ApiError({
    code: codes[status],
    message: `${subjectOf(request)} failed with status ${String(status)}${reason === undefined ? "" : ` (${printable(reason, 100)})`}${said === "" ? "" : `: ${said}`}${hint === undefined ? "" : ` (${hint})`}`,
    status,
    response: new LazyResponse(request, { status, headers: safeHeaders }),
    reason,
    rpcStatus,
    details,
    // That of an upload is the secret of its session.
    requestId: readRequestId(details) ?? requestIdOf(safeHeaders),
  });
}

/** The error for a success whose body is not what it must be. */
export function invalidResponse(request: HttpRequest, status: number, headers: HttpHeaders, problem: string): ApiError {
  const safeHeaders = clean(headers, secretsOf(request));
  return new ApiError({
    code: "INVALID_RESPONSE",
    message: `${subjectOf(request)} was answered with status ${String(status)}, but ${problem}`,
    status,
    response: new LazyResponse(request, { status, headers: safeHeaders }),
    requestId: requestIdOf(safeHeaders),
  });
}

export function parseErrorBody(text: string): ErrorBody {
  const none: ErrorBody = { message: undefined, rpcStatus: undefined, reasons: [], details: [] };
  const parsed = parseJson(text);
  const outer = asObject(Array.isArray(parsed) ? parsed[0] : parsed);
  if (outer === undefined) return none;
  const inner = outer["error"];
  if (typeof inner === "string") {
    return { ...none, message: line(outer["error_description"]), reasons: [inner] };
  }
  const error = asObject(inner);
  if (error === undefined) return { ...none, message: line(outer["message"]) };
  const list: unknown[] = Array.isArray(error["errors"]) ? error["errors"] : [error["errors"]];
  const older = list.map(asObject).filter((entry) => entry !== undefined);
  return {
    message: line(error["message"]) ?? line(older[0]?.["message"]),
    rpcStatus: stringOf(error["status"]),
    reasons: older.map((entry) => stringOf(entry["reason"])).filter((reason) => reason !== undefined),
    details: Array.isArray(error["details"]) ? error["details"] : [],
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function line(value: unknown): string | undefined {
  const text = stringOf(value);
  return text === undefined ? undefined : printable(text);
}

/** What a body that is no JSON says: a page's title, or the beginning of a text. */
function plainText(body: string, contentType: string | undefined): string {
  if (body.trim() === "") return "";
  const title = /<title[^>]{0,100}>([^<]{1,200})/i.exec(body)?.[1];
  if (title !== undefined) return printable(title, 200);
  if (/^\s*</.test(body) || /html/i.test(contentType ?? "")) return "the answer is a web page, not JSON";
  return printable(body, 200);
}

function requestIdOf(headers: HttpHeaders): string | undefined {
  return requestIdHeaders.map((name) => header(headers, name)).find((value) => value !== undefined);
}

function clean(headers: HttpHeaders, secrets: readonly string[]): HttpHeaders {
  if (secrets.length === 0) return headers;
  const scrub = (value: string | readonly string[] | undefined): string | readonly string[] | undefined =>
    typeof value === "string" ? redact(value, secrets) : value?.map((one) => redact(one, secrets));
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, scrub(value)]));
}
