/**
 * Every error of this package.
 *
 * All are `instanceof DiscogenError` and carry a stable `code`. `instanceof` compares kinds besides the prototype chain,
 * so it also holds between ES modules and CommonJS, and when two copies of this package are installed. No message,
 * property or cause of these errors holds a token, key or assertion.
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

/** Stable names of what went wrong; the error classes say which codes they carry. */
export type ErrorCode =
  | "ABORTED"
  | "API_ERROR"
  | "BATCH_FAILED"
  | "CONNECTION_FAILED"
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
  | "NO_SCOPES"
  | "OPERATION_FAILED"
  | "OPERATION_UNKNOWN"
  | "PAGE_TOKEN_REPEATED"
  | "PRECONDITION_FAILED"
  | "REGENERATE"
  | "RESPONSE_TOO_LARGE"
  | "TIMEOUT"
  | "TOKEN_REFUSED"
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
 * The base of all errors. Thrown as itself with code `PAGE_TOKEN_REPEATED`: a server answered with a page token it
 * had given before, which would never end; `CONTENT_CHANGED`: what is downloaded is not what it was when the connection
 * broke; `CONTENT_DAMAGED`: it is not what its checksum says; `RESPONSE_TOO_LARGE`: the response has more bytes than
 * `maxResponseBytes` allows or a string can hold; `DISK_FULL`: `saveTo` found no room on the disk.
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
    // A subclass made elsewhere has no kind of its own: the prototype chain decides.
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

/** What an {@link ApiError} is made of. */
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
 * The API answered, but not with success: code `API_ERROR` for a status outside 2xx (redirects are not followed, so
 * 3xx too), `NOT_MODIFIED` for 304, which `ifNoneMatch` asks for, `PRECONDITION_FAILED` for 412, which `ifMatch` asks
 * for, and `INVALID_RESPONSE` for a 2xx whose body is not the JSON it should be. `BATCH_FAILED`: the batch that held
 * the call failed with that status, or its response has no readable part for the call.
 */
export class ApiError extends DiscogenError {
  static {
    markPrototype(this.prototype, "ApiError");
  }
  declare readonly code: ApiErrorCode;
  /** The HTTP status. */
  readonly status: number;
  /**
   * The server's own words on one line: the message of JSON or XML, the title or text of a web page, or the text. At
   * most 2,000 characters. `undefined`: it said nothing. {@link message} has the method and the status in front.
   */
  readonly serverMessage: string | undefined;
  /**
   * The most precise reason given: of `ErrorInfo`, else of the first of {@link errors}, else the `error` of OAuth or
   * the `Code` of Cloud Storage's XML, else {@link rpcStatus}.
   */
  readonly reason: string | undefined;
  /** The canonical code of google.rpc, for instance `NOT_FOUND`. */
  readonly rpcStatus: string | undefined;
  /** The older list of errors, as it came: `error.errors[]`. Of XML one that has `reason` and `message`. */
  declare readonly errors: readonly ApiErrorItem[];
  /** The `details` of the response, as they came (AIP-193); of services without them {@link errors}. */
  readonly details: readonly unknown[];
  /** Names the request to Google's support: of the `RequestInfo` detail, else of a response header. */
  readonly requestId: string | undefined;
  /** Status and headers of the answer. */
  declare readonly response: ApiResponse;
  /**
   * The body of the response without secrets: the value of JSON, else the text (XML, HTML), of which the first megabyte
   * is kept. Parsed when it is first read. `undefined` if it was empty.
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
    // Not enumerable: a logged error stays readable.
    Object.defineProperties(this, {
      body: { get: parsedOnce(init.body) },
      errors: { value: init.errors ?? [] },
      response: { value: init.response },
    });
  }

  /** The machine-readable cause. */
  get errorInfo(): ErrorInfo | undefined {
    return readErrorInfo(this.details);
  }

  /** How long the server asks to wait. */
  get retryInfo(): RetryInfo | undefined {
    return readRetryInfo(this.details);
  }

  /** What is wrong with the request, field by field. */
  get fieldViolations(): readonly FieldViolation[] {
    return readFieldViolations(this.details, this.errors);
  }

  /** Which quotas were used up. */
  get quotaViolations(): readonly QuotaViolation[] {
    return readQuotaViolations(this.details);
  }

  /** Pages that tell more. */
  get helpLinks(): readonly HelpLink[] {
    return readHelpLinks(this.details, this.errors);
  }

  /** A text for the person at the screen, in the language that the request asked for. */
  get localizedMessage(): LocalizedMessage | undefined {
    return readLocalizedMessage(this.details);
  }
}

/** A getter that returns the value of JSON, other text as it is, and what is no text as well. Parses once. */
function parsedOnce(body: unknown): () => unknown {
  let value = body;
  let text = typeof body === "string" ? body : undefined;
  return () => {
    if (text === undefined) return value;
    try {
      value = JSON.parse(text);
    } catch {
      // The text is the value.
    }
    text = undefined;
    return value;
  };
}

/** No complete answer came: code `CONNECTION_FAILED`. */
export class ConnectionError extends DiscogenError {
  static {
    markPrototype(this.prototype, "ConnectionError");
  }
  /** `false`: the request surely never reached the server, so nothing was done there. */
  readonly sent: boolean;
  /**
   * Node's name of the event: of a system call (`ECONNRESET`), DNS (`ENOTFOUND`), TLS (`EPROTO`, `CERT_HAS_EXPIRED`),
   * the HTTP parser (`HPE_…`) or zlib (`Z_DATA_ERROR`). The same for the same event over every transport. `undefined`
   * where the transport reports none, as `fetch` of browsers.
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

/** Time ran out: code `TIMEOUT` for one attempt (option `timeout`), `TOTAL_TIMEOUT` for the call (`totalTimeout`). */
export class TimeoutError extends DiscogenError {
  static {
    markPrototype(this.prototype, "TimeoutError");
  }
  /** The limit that was passed, in milliseconds. */
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
  `KEY_${string}` | `NO_${string}` | `TOKEN_${string}` | "CREDENTIALS_FAILED" | "UNIVERSE_MISMATCH"
>;

/**
 * Sign-in failed before the API was asked. `KEY_…`: the key file, with file and place in the message; `KEY_UNTRUSTED`:
 * it asks for a URL or a program that nobody allowed. `NO_CREDENTIALS`, `NO_SCOPES`: what is missing. `TOKEN_REFUSED`:
 * the token endpoint said no. `TOKEN_UNAVAILABLE`: it could not be asked, or answered nonsense. `CREDENTIALS_FAILED`:
 * credentials of another make failed. `UNIVERSE_MISMATCH`: they are of another cloud than the client.
 */
export class AuthError extends DiscogenError {
  static {
    markPrototype(this.prototype, "AuthError");
  }
  declare readonly code: AuthErrorCode;
  /** The OAuth error of the token endpoint, for instance `invalid_grant` (RFC 6749 §5.2). */
  readonly reason: string | undefined;

  constructor(code: AuthErrorCode, message: string, options?: ErrorOptions & { readonly reason?: string | undefined }) {
    super(code, message, options);
    this.reason = options?.reason;
  }
}

/** One thing that is wrong with a request or an option. */
export interface Fault {
  /** The parameter or option, for instance `project`, `requestBody`, `headers.x-a`. */
  readonly parameter: string;
  /** What is wrong with it, as the end of a sentence: `is required`. */
  readonly message: string;
}

/**
 * Thrown before anything is sent, but for a stream that fails while it is sent: code `INVALID_REQUEST` for parameters
 * and call options, `INVALID_OPTION` for client options and credentials. Every fault is listed, not only the first.
 */
export class InvalidRequestError extends DiscogenError {
  static {
    markPrototype(this.prototype, "InvalidRequestError");
  }
  readonly faults: readonly Fault[];

  /** `subject`: the method id or class at fault. */
  constructor(
    subject: string,
    faults: readonly Fault[],
    code: "INVALID_OPTION" | "INVALID_REQUEST" = "INVALID_REQUEST",
  ) {
    super(code, `${subject}: ${faults.map((fault) => `${fault.parameter} ${fault.message}`).join("; ")}`);
    this.faults = faults;
  }
}

/** Codes of {@link UploadError}. */
export type UploadErrorCode = Extract<ErrorCode, `UPLOAD_${string}`>;

/** What an {@link UploadError} is made of. */
export interface UploadErrorInit {
  readonly session: string;
  readonly sent: number;
  readonly cause?: unknown;
}

/**
 * An upload stopped. Code `UPLOAD_FAILED`: the server has part of it, and it can go on from {@link session};
 * `UPLOAD_SESSION_LOST`: the server does not know that session any more, so it must begin again, which this call could
 * not do because a stream is read only once; `UPLOAD_CONTENT_MISMATCH`: a file changed while it was sent, or a stream
 * is not of the size given, so it must begin again. `cause` is what went wrong.
 */
export class UploadError extends DiscogenError {
  static {
    markPrototype(this.prototype, "UploadError");
  }
  declare readonly code: UploadErrorCode;
  /**
   * For `media.session`, in this process or another; empty where the content went in one request. It grants write
   * access to the upload: keep it secret.
   */
  get session(): string {
    return this.#session;
  }
  // Private: a logged error shows no secret.
  readonly #session: string;
  /** Bytes that have surely arrived. */
  readonly sent: number;

  /** `init`: of an upload in parts. */
  constructor(code: UploadErrorCode, message: string, init: UploadErrorInit = { session: "", sent: 0 }) {
    super(code, message, "cause" in init ? { cause: init.cause } : undefined);
    this.sent = init.sent;
    this.#session = init.session;
  }
}

/** A long-running operation ended in failure. Code `OPERATION_FAILED`. */
export class OperationError extends DiscogenError {
  static {
    markPrototype(this.prototype, "OperationError");
  }
  /** The finished operation, as the server gave it. */
  readonly operation: unknown;
  /** What it says went wrong: a `google.rpc.Status`, or the error of an older API. */
  readonly error: unknown;

  constructor(methodId: string, operation: unknown, error: unknown) {
    const said = operationMessage(error);
    super("OPERATION_FAILED", `${methodId}: the operation failed${said === "" ? "" : `: ${said}`}`);
    this.operation = operation;
    this.error = error;
  }
}

/** Messages or codes of `google.rpc.Status`, `{ errors: [] }` or a list of errors. */
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
