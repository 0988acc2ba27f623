/**
 * Every error of this package.
 *
 * All errors are `instanceof DiscogenError` and have a stable `code`. `instanceof` also works between ES modules and
 * CommonJS, and between two installed copies of this package. No message, property or cause of these errors contains a
 * token, key or assertion.
 */
import {
  type ApiErrorItem,
  type ErrorInfo,
  type FieldViolation,
  type HelpLink,
  type LocalizedMessage,
  type QuotaViolation,
  type RetryInfo,
  readErrorInfo,
  readFieldViolations,
  readHelpLinks,
  readLocalizedMessage,
  readQuotaViolations,
  readRetryInfo,
} from "./error-details.js";
import { hasPrototypeOf, isKind, ownKind, setKind } from "./kinds.js";
import type { Headers } from "./platform-types.js";
import { printable } from "./redact.js";

/** Stable names of problems. Each error class lists the codes that it uses. */
export type ErrorCode =
  | "ABORTED"
  | "API_ERROR"
  | "BATCH_FAILED"
  | "CONNECTION_FAILED"
  | "CONSENT_CODE_REFUSED"
  | "CONSENT_DENIED"
  | "CONSENT_PORT_UNAVAILABLE"
  | "CONSENT_STATE_MISMATCH"
  | "CONSENT_TIMEOUT"
  | "CONTENT_CHANGED"
  | "CONTENT_DAMAGED"
  | "CREDENTIALS_FAILED"
  | "DISK_FULL"
  | "INVALID_OPTION"
  | "INVALID_REQUEST"
  | "INVALID_RESPONSE"
  | "KEY_BROKEN"
  | "KEY_FIELD_INVALID"
  | "KEY_FIELD_MISSING"
  | "KEY_FILE_UNREADABLE"
  | "KEY_NOT_JSON"
  | "KEY_UNTRUSTED"
  | "KEY_WRONG_TYPE"
  | "NO_CREDENTIALS"
  | "NOT_MODIFIED"
  | "NO_PROJECT"
  | "NO_SCOPES"
  | "OPERATION_FAILED"
  | "OPERATION_UNKNOWN"
  | "PAGE_TOKEN_REPEATED"
  | "PRECONDITION_FAILED"
  | "REFRESH_TOKEN_REVOKED"
  | "REGENERATE"
  | "RESPONSE_TOO_LARGE"
  | "TIMEOUT"
  | "TOKEN_REFUSED"
  | "TOKEN_STORE_MISMATCH"
  | "TOKEN_STORE_UNREADABLE"
  | "TOKEN_STORE_UNWRITABLE"
  | "TOKEN_UNAVAILABLE"
  | "TOTAL_TIMEOUT"
  | "UNIVERSE_MISMATCH"
  | "UPLOAD_CONTENT_MISMATCH"
  | "UPLOAD_FAILED"
  | "UPLOAD_SESSION_LOST";

function markPrototype(prototype: object, kind: string): void {
  Object.defineProperty(prototype, "name", { value: kind, configurable: true, writable: true });
  setKind(prototype, kind);
}

/**
 * The base class of all errors. These codes have no separate class:
 *
 * - `PAGE_TOKEN_REPEATED`: the server returned a page token that it had returned before, so the list would never end.
 * - `CONTENT_CHANGED`: the content of a download changed while the connection was interrupted.
 * - `CONTENT_DAMAGED`: the content of a download does not match its checksum.
 * - `RESPONSE_TOO_LARGE`: the response has more bytes than `maxResponseBytes`, or than a string can contain.
 * - `DISK_FULL`: `saveTo` found no free space on the disk.
 */
export class DiscogenError extends Error {
  static {
    markPrototype(this.prototype, "DiscogenError");
  }
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    const kind = ownKind(this.prototype);
    // A user's subclass does not set a kind, so its prototype chain decides.
    return kind === undefined ? hasPrototypeOf(this, value) : isKind(value, kind);
  }
}

/** Status and headers of a response, as `.withResponse()` and `ApiError` have them. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The URL of the request. Secret query values are redacted, and all but the host of an upload session. */
  readonly url: string;
}

/** Codes of {@link ApiError}. */
export type ApiErrorCode = "API_ERROR" | "BATCH_FAILED" | "INVALID_RESPONSE" | "NOT_MODIFIED" | "PRECONDITION_FAILED";

/** The arguments of {@link ApiError}. */
export interface ApiErrorInit {
  readonly code?: ApiErrorCode | undefined;
  readonly message: string;
  readonly status: number;
  readonly response: ApiResponse;
  readonly serverMessage?: string | undefined;
  readonly reason?: string | undefined;
  readonly rpcStatus?: string | undefined;
  readonly errors?: readonly ApiErrorItem[] | undefined;
  readonly details?: readonly unknown[] | undefined;
  readonly requestId?: string | undefined;
  /** A string is parsed as JSON, if it is JSON, when {@link ApiError.body} is read. */
  readonly body?: unknown;
}

/**
 * The API returned an error, or a response that cannot be used. The codes:
 *
 * - `API_ERROR`: the status is not 2xx. Redirects are not followed, so this includes 3xx.
 * - `NOT_MODIFIED`: status 304, after a call with `ifNoneMatch`.
 * - `PRECONDITION_FAILED`: status 412, after a call with `ifMatch`.
 * - `INVALID_RESPONSE`: status 2xx, but the body is not the expected JSON.
 * - `BATCH_FAILED`: the batch that contains the call failed with this status, or its response has no readable part for
 *   the call.
 */
export class ApiError extends DiscogenError {
  static {
    markPrototype(this.prototype, "ApiError");
  }
  declare readonly code: ApiErrorCode;
  /** The HTTP status. */
  readonly status: number;
  /**
   * The server's message on one line: from JSON or XML, from the title or text of a web page, or the body itself. At
   * most 2,000 characters. `undefined` if the response has no message. {@link message} adds the method and the status.
   */
  readonly serverMessage: string | undefined;
  /**
   * The most precise reason in the response: that of `ErrorInfo`, else of the first of {@link errors}, else the `error`
   * of OAuth or the `Code` of Cloud Storage's XML, else {@link rpcStatus}.
   */
  readonly reason: string | undefined;
  /** The canonical `google.rpc` code, for example `NOT_FOUND`. */
  readonly rpcStatus: string | undefined;
  /** The older list of errors, `error.errors[]`, unchanged. For XML, one entry with `reason` and `message`. */
  declare readonly errors: readonly ApiErrorItem[];
  /** The `details` of the response (AIP-193), unchanged. For services without them, the same as {@link errors}. */
  readonly details: readonly unknown[];
  /** Identifies the request for Google's support. From the `RequestInfo` detail, else from a response header. */
  readonly requestId: string | undefined;
  /** Status and headers of the response. */
  declare readonly response: ApiResponse;
  /**
   * The body of the response without secrets: the JSON value, else the first megabyte of the text (XML, HTML). Parsed
   * when first read. `undefined` if it was empty.
   */
  declare readonly body: unknown;

  constructor(init: ApiErrorInit) {
    super(init.code ?? "API_ERROR", init.message);
    this.status = init.status;
    this.serverMessage = init.serverMessage;
    this.reason = init.reason;
    this.rpcStatus = init.rpcStatus;
    this.details = init.details ?? init.errors ?? [];
    this.requestId = init.requestId;
    // Not enumerable, so a logged error stays readable.
    Object.defineProperties(this, {
      body: { get: parsedOnce(init.body) },
      errors: { value: init.errors ?? [] },
      response: { value: init.response },
    });
  }

  /** The machine-readable cause (`google.rpc.ErrorInfo`). */
  get errorInfo(): ErrorInfo | undefined {
    return readErrorInfo(this.details);
  }

  /** How long to wait before a retry, according to the server (`google.rpc.RetryInfo`). */
  get retryInfo(): RetryInfo | undefined {
    return readRetryInfo(this.details);
  }

  /** What is wrong with the request, field by field. */
  get fieldViolations(): readonly FieldViolation[] {
    return readFieldViolations(this.details, this.errors);
  }

  /** The quotas that were exceeded. */
  get quotaViolations(): readonly QuotaViolation[] {
    return readQuotaViolations(this.details);
  }

  /** Links to pages about the error. */
  get helpLinks(): readonly HelpLink[] {
    return readHelpLinks(this.details, this.errors);
  }

  /** A message for end users, in the language of the request. */
  get localizedMessage(): LocalizedMessage | undefined {
    return readLocalizedMessage(this.details);
  }
}

/** Returns a getter that parses a JSON string once. It returns other strings and other values unchanged. */
function parsedOnce(body: unknown): () => unknown {
  let value = body;
  let text = typeof body === "string" ? body : undefined;
  return () => {
    if (text === undefined) return value;
    try {
      value = JSON.parse(text);
    } catch {
      // Not JSON: the text is the value.
    }
    text = undefined;
    return value;
  };
}

/** The connection failed before a complete response arrived. Code `CONNECTION_FAILED`. */
export class ConnectionError extends DiscogenError {
  static {
    markPrototype(this.prototype, "ConnectionError");
  }
  /** `false` if the request cannot have reached the server, so it had no effect there. */
  readonly sent: boolean;
  /**
   * Node's code of the problem: of a system call (`ECONNRESET`), DNS (`ENOTFOUND`), TLS (`EPROTO`, `CERT_HAS_EXPIRED`),
   * the HTTP parser (`HPE_…`) or zlib (`Z_DATA_ERROR`). All transports report the same code for the same problem.
   * `undefined` if the transport reports none, such as `fetch` in browsers.
   */
  readonly systemCode: string | undefined;

  constructor(
    message: string,
    options?: ErrorOptions & { readonly sent?: boolean; readonly systemCode?: string | undefined },
  ) {
    super("CONNECTION_FAILED", message, options);
    this.sent = options?.sent ?? true;
    this.systemCode = options?.systemCode;
  }
}

/** A timeout expired: `TIMEOUT` for one attempt (option `timeout`), `TOTAL_TIMEOUT` for the call (`totalTimeout`). */
export class TimeoutError extends DiscogenError {
  static {
    markPrototype(this.prototype, "TimeoutError");
  }
  /** The timeout that expired, in milliseconds. */
  readonly timeout: number;

  constructor(message: string, timeout: number, code: "TIMEOUT" | "TOTAL_TIMEOUT" = "TIMEOUT", options?: ErrorOptions) {
    super(code, message, options);
    this.timeout = timeout;
  }
}

/** The caller's `signal` ended the call: code `ABORTED`. `cause` is the signal's reason. */
export class AbortError extends DiscogenError {
  static {
    markPrototype(this.prototype, "AbortError");
  }
  constructor(message: string, options?: ErrorOptions) {
    super("ABORTED", message, options);
  }
}

/** Codes of {@link AuthError}. */
export type AuthErrorCode = Extract<
  ErrorCode,
  | `CONSENT_${string}`
  | `KEY_${string}`
  | `NO_${string}`
  | `TOKEN_${string}`
  | "CREDENTIALS_FAILED"
  | "REFRESH_TOKEN_REVOKED"
  | "UNIVERSE_MISMATCH"
>;

/**
 * Authentication failed, so no request was sent to the API. The codes:
 *
 * - `KEY_…`: the key file has a problem. The message names the file and the field.
 * - `KEY_UNTRUSTED`: the key file, or a variable of the environment, names a URL or a program that is not allowed.
 * - `NO_CREDENTIALS`, `NO_SCOPES`, `NO_PROJECT`: credentials, scopes or a project ID are missing.
 * - `TOKEN_REFUSED`: the token endpoint rejected the request.
 * - `TOKEN_UNAVAILABLE`: the token endpoint could not be reached, or its response is malformed.
 * - `REFRESH_TOKEN_REVOKED`: the refresh token of a user was revoked or has expired. The user must sign in again.
 * - `TOKEN_STORE_…`: the file with a user's tokens cannot be read or written, or belongs to another OAuth client.
 * - `CONSENT_…`: a user's sign-in failed: `CONSENT_DENIED` by the user or by Google, `CONSENT_STATE_MISMATCH` if the
 *   `state` is not that of the request, `CONSENT_CODE_REFUSED` for an authorization code that was used before or has
 *   expired, `CONSENT_PORT_UNAVAILABLE` if the loopback server cannot listen, `CONSENT_TIMEOUT` if no response arrives.
 * - `CREDENTIALS_FAILED`: a `Credentials` object of another library threw an error.
 * - `UNIVERSE_MISMATCH`: the credentials belong to another universe (cloud) than the client.
 */
export class AuthError extends DiscogenError {
  static {
    markPrototype(this.prototype, "AuthError");
  }
  declare readonly code: AuthErrorCode;
  /** The OAuth error of the token endpoint, for example `invalid_grant` (RFC 6749 §5.2). */
  readonly reason: string | undefined;

  constructor(code: AuthErrorCode, message: string, options?: ErrorOptions & { readonly reason?: string | undefined }) {
    super(code, message, options);
    this.reason = options?.reason;
  }
}

/** One problem of a request or an option. */
export interface Fault {
  /** The parameter or option, for example `project`, `requestBody`, `headers.x-a`. */
  readonly parameter: string;
  /** The problem, as the end of a sentence: `is required`. */
  readonly message: string;
}

/**
 * A parameter or an option is invalid. Thrown before anything is sent, except when a stream fails during an upload.
 * Code `INVALID_REQUEST` for parameters and call options, `INVALID_OPTION` for client options and credentials. Lists
 * all problems, not only the first.
 */
export class InvalidRequestError extends DiscogenError {
  static {
    markPrototype(this.prototype, "InvalidRequestError");
  }
  readonly faults: readonly Fault[];

  /** @param subject The id of the method, or the name of the class or function. */
  constructor(
    subject: string,
    faults: readonly Fault[],
    code: "INVALID_OPTION" | "INVALID_REQUEST" = "INVALID_REQUEST",
  ) {
    super(code, `${subject}: ${faults.map((fault) => `${fault.parameter} ${fault.message}`).join("; ")}`);
    this.faults = faults;
  }
}

/** Adds a fault to a list. */
export function addFault(faults: Fault[], parameter: string, message: string): void {
  faults.push({ parameter, message });
}

/** Returns an error with one fault. */
export function invalidRequest(subject: string, parameter: string, message: string): InvalidRequestError {
  return new InvalidRequestError(subject, [{ parameter, message }]);
}

/** Codes of {@link UploadError}. */
export type UploadErrorCode = Extract<ErrorCode, `UPLOAD_${string}`>;

/** The arguments of {@link UploadError}. */
export interface UploadErrorInit {
  readonly session: string;
  readonly sent: number;
  readonly cause?: unknown;
}

/**
 * An upload failed. `cause` is the reason. The codes:
 *
 * - `UPLOAD_FAILED`: the server may have a part of the content. To continue, pass {@link session} as `media.session`.
 * - `UPLOAD_SESSION_LOST`: the server no longer has the upload session. Start a new upload. The call could not do this,
 *   because a stream can be read only once.
 * - `UPLOAD_CONTENT_MISMATCH`: a file changed during the upload, or a stream does not have the given size. Start a new
 *   upload.
 */
export class UploadError extends DiscogenError {
  static {
    markPrototype(this.prototype, "UploadError");
  }
  declare readonly code: UploadErrorCode;
  /**
   * Pass it as `media.session` to continue the upload, in this or another process. Empty if the content was sent in one
   * request. Keep it secret: it grants write access to the upload.
   */
  get session(): string {
    return this.#session;
  }
  // Private, so a logged error shows no secret.
  readonly #session: string;
  /** The number of bytes that the server has confirmed. */
  readonly sent: number;

  /** @param init Given for resumable uploads. */
  constructor(code: UploadErrorCode, message: string, init: UploadErrorInit = { session: "", sent: 0 }) {
    super(code, message, "cause" in init ? { cause: init.cause } : undefined);
    this.sent = init.sent;
    this.#session = init.session;
  }
}

/** A long-running operation failed. Code `OPERATION_FAILED`. */
export class OperationError extends DiscogenError {
  static {
    markPrototype(this.prototype, "OperationError");
  }
  /** The finished operation, as the server returned it. */
  readonly operation: unknown;
  /** The error of the operation: a `google.rpc.Status`, or the form of an older API. */
  readonly error: unknown;

  constructor(methodId: string, operation: unknown, error: unknown) {
    const reason = operationMessage(error);
    super("OPERATION_FAILED", `${methodId}: the operation failed${reason === "" ? "" : `: ${reason}`}`);
    this.operation = operation;
    this.error = error;
  }
}

/** Returns the messages or codes of a `google.rpc.Status`, of `{ errors: [] }` or of an array of errors. */
function operationMessage(error: unknown): string {
  if (typeof error === "string") return printable(error);
  if (Array.isArray(error))
    return error
      .map(operationMessage)
      .filter((part) => part !== "")
      .join(", ");
  if (typeof error !== "object" || error === null) return "";
  if ("message" in error && typeof error.message === "string" && error.message !== "") return printable(error.message);
  if ("errors" in error) return operationMessage(error.errors);
  return "code" in error ? printable(String(error.code)) : "";
}
