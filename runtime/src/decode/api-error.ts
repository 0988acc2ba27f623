/** Creates errors from responses. */
import { readErrorInfo, readRequestId } from "../error-details.js";
import { ApiError, type ApiErrorCode } from "../errors.js";
import { printable, redact, secretsOf } from "../redact.js";
import { subjectOf } from "../transport/failure.js";
import { type HttpHeaders, type HttpRequest, header } from "../transport/transport.js";
import { LazyResponse } from "./api-response.js";
import { parseErrorBody } from "./error-body.js";

/** Statuses with a separate code, for `ifNoneMatch` and `ifMatch`. */
const codes: { readonly [status: number]: ApiErrorCode } = { 304: "NOT_MODIFIED", 412: "PRECONDITION_FAILED" };

/** Headers that identify a request for support, in order of preference. */
const requestIdHeaders: readonly string[] = ["x-request-id", "x-goog-request-id", "x-guploader-uploadid"];

/** Returns the error for an unsuccessful response. `body` may be any text. `hint` is appended to the message. */
export function apiError(
  request: HttpRequest,
  status: number,
  headers: HttpHeaders,
  body: string,
  hint?: string,
  code: ApiErrorCode | undefined = codes[status],
): ApiError {
  const secrets = secretsOf(request);
  const read = parseErrorBody(body, header(headers, "content-type"), secrets);
  const { details, message, reasons, remark, rpcStatus } = read;
  const reason = readErrorInfo(details)?.reason ?? reasons[0] ?? rpcStatus;
  const what = reason === undefined ? "" : ` (${printable(reason, 100)})`;
  const text = [message, remark].filter((part) => part !== undefined).join(" ");
  const safeHeaders = clean(headers, secrets);
  return new ApiError({
    code,
    message: `${subjectOf(request)} failed with status ${String(status)}${what}${text === "" ? "" : `: ${text}`}${hint === undefined ? "" : ` (${hint})`}`,
    status,
    response: new LazyResponse(request, { status, headers: safeHeaders }),
    serverMessage: message,
    reason,
    rpcStatus,
    errors: read.errors,
    details,
    body: read.body,
    // From the redacted headers: the id of an upload is the secret of its session.
    requestId: readRequestId(details) ?? requestIdOf(safeHeaders),
  });
}

/** Returns the error for a successful response with an invalid body. `problem` is the end of a sentence. */
export function invalidResponse(
  request: HttpRequest,
  status: number,
  headers: HttpHeaders,
  problem: string,
  code: ApiErrorCode = "INVALID_RESPONSE",
): ApiError {
  const safeHeaders = clean(headers, secretsOf(request));
  return new ApiError({
    code,
    message: `${subjectOf(request)} returned status ${String(status)}, but ${problem}`,
    status,
    response: new LazyResponse(request, { status, headers: safeHeaders }),
    requestId: requestIdOf(safeHeaders),
  });
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
