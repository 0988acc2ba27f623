/** Error responses of Google's JSON APIs: the google.rpc status and the older `errors[]` array (AIP-193). */
import type { Json, JsonObject } from "./json.js";

/** An HTTP response of the mock. */
export interface HttpResponse {
  readonly status: number;
  /** `undefined` for a response without a JSON body. */
  readonly body: Json | undefined;
  /** Body that is not JSON. Its media type is in `headers`. */
  readonly bytes?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** google.rpc.Code and the older reason for each HTTP status. */
const STATUS: ReadonlyMap<number, readonly [code: string, reason: string]> = new Map([
  [400, ["INVALID_ARGUMENT", "badRequest"]],
  [401, ["UNAUTHENTICATED", "authError"]],
  [403, ["PERMISSION_DENIED", "insufficientPermissions"]],
  [404, ["NOT_FOUND", "notFound"]],
  [408, ["CANCELLED", "requestTimeout"]],
  [409, ["ALREADY_EXISTS", "duplicate"]],
  [410, ["NOT_FOUND", "gone"]],
  [412, ["FAILED_PRECONDITION", "conditionNotMet"]],
  [413, ["INVALID_ARGUMENT", "uploadTooLarge"]],
  [414, ["INVALID_ARGUMENT", "uriTooLong"]],
  [416, ["OUT_OF_RANGE", "requestedRangeNotSatisfiable"]],
  [429, ["RESOURCE_EXHAUSTED", "rateLimitExceeded"]],
  [500, ["INTERNAL", "internalError"]],
  [501, ["UNIMPLEMENTED", "notImplemented"]],
  [503, ["UNAVAILABLE", "backendError"]],
  [504, ["DEADLINE_EXCEEDED", "backendError"]],
]);

interface ErrorFacts {
  /** google.rpc.Code. Default: the usual code for the status. */
  readonly code?: string;
  /** Default: the usual reason for the status. */
  readonly reason?: string;
  /** The invalid parameter or header. */
  readonly location?: { readonly name: string; readonly type: "header" | "parameter" };
  readonly details?: readonly JsonObject[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown for an invalid request. Its `response` is sent to the client. */
export class GoogleError extends Error {
  readonly response: HttpResponse;

  constructor(status: number, message: string, facts: ErrorFacts = {}) {
    super(message);
    this.name = "GoogleError";
    this.response = { status, body: errorBody(status, message, facts), headers: facts.headers ?? {} };
  }
}

function errorBody(status: number, message: string, facts: ErrorFacts): JsonObject {
  const [usualCode, usualReason] = STATUS.get(status) ?? ["UNKNOWN", "unknown"];
  const { code = usualCode, reason = usualReason, location, details } = facts;
  const place = location === undefined ? {} : { location: location.name, locationType: location.type };
  return {
    error: {
      code: status,
      message,
      errors: [{ message, domain: "global", reason, ...place }],
      status: code,
      ...(details === undefined ? {} : { details }),
    },
  };
}

/** Returns a google.rpc.ErrorInfo, the machine-readable detail of an error. */
export function errorInfo(reason: string, metadata: Readonly<Record<string, string>>): JsonObject {
  return { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "googleapis.com", metadata };
}

/** Reason of a refusal: the request may be valid, but the mock cannot respond to it correctly. */
export const NOT_MODELLED = "MOCK_NOT_MODELLED";

/**
 * Returns the refusal of a request that the mock does not model. Status 400, because clients retry 5xx.
 *
 * @param what Complete sentence that names what is not modelled. How to continue is added.
 * @param instead Complete sentence that names an emulator, if there is one. Default: handlers and fixtures.
 */
export function notModelled(what: string, instead = "Add a handler or a fixture for the method."): GoogleError {
  return new GoogleError(400, `${what} ${instead}`, {
    code: "FAILED_PRECONDITION",
    reason: NOT_MODELLED,
    details: [errorInfo(NOT_MODELLED, {})],
  });
}

/** A problem with one field of a request. */
export interface FieldViolation {
  /** Path of the property, or name of the parameter; empty for the complete request. */
  readonly field: string;
  readonly description: string;
}

/** Returns a 400 error that lists every problem with a request (google.rpc.BadRequest). */
export function badRequest(violations: readonly FieldViolation[]): GoogleError {
  const message = violations.map(({ description }) => description).join("\n");
  const name = violations[0]?.field ?? "";
  return new GoogleError(400, message, {
    reason: "invalid",
    ...(name === "" ? {} : { location: { name, type: "parameter" } }),
    details: [badRequestDetail(violations)],
  });
}

function badRequestDetail(violations: readonly FieldViolation[]): JsonObject {
  return {
    "@type": "type.googleapis.com/google.rpc.BadRequest",
    fieldViolations: violations.map(({ field, description }) => ({ field, description })),
  };
}

/** Returns a 400 error for an invalid value of a parameter or property. */
export function invalid(name: string, why: string): GoogleError {
  return atFault(name, "invalid", `Invalid value for ${name}: ${why}`);
}

/** Returns a 400 error for a missing parameter or property. */
export function missing(name: string): GoogleError {
  return atFault(name, "required", `Required value is missing: ${name}`);
}

function atFault(name: string, reason: string, message: string): GoogleError {
  return new GoogleError(400, message, {
    reason,
    location: { name, type: "parameter" },
    details: [badRequestDetail([{ field: name, description: message }])],
  });
}
