/** Errors as Google's JSON APIs answer them: the status of google.rpc beside the older `errors[]` list (AIP-193). */
import type { Json, JsonObject } from "./json.js";

/** An HTTP answer of the mock. A body that is undefined is none. */
export interface Answer {
  readonly status: number;
  readonly body: Json | undefined;
  /** A body that is no JSON; its type is among the headers. */
  readonly bytes?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** google.rpc.Code and the older reason that go with each HTTP status. */
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
  /** Of google.rpc.Code. Default: the usual one of the status. */
  readonly code?: string;
  /** Default: the usual one of the status. */
  readonly reason?: string;
  /** The parameter or header at fault. */
  readonly location?: { readonly name: string; readonly type: "header" | "parameter" };
  readonly details?: readonly JsonObject[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown wherever a request turns out to be at fault; becomes the answer. */
export class GoogleError extends Error {
  readonly answer: Answer;

  constructor(status: number, message: string, facts: ErrorFacts = {}) {
    super(message);
    this.name = "GoogleError";
    this.answer = { status, body: errorBody(status, message, facts), headers: facts.headers ?? {} };
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

/** A google.rpc.ErrorInfo, the machine-readable detail of an error. */
export function errorInfo(reason: string, metadata: Readonly<Record<string, string>>): JsonObject {
  return { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "googleapis.com", metadata };
}

/** What is wrong with one field of a request. */
export interface FieldViolation {
  /** Path of the property, or name of the parameter; empty for the whole. */
  readonly field: string;
  readonly description: string;
}

/** Everything that is wrong with a request: a google.rpc.BadRequest. */
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

/** What the request names in this parameter or property cannot be taken. */
export function invalid(name: string, why: string): GoogleError {
  return atFault(name, "invalid", `Invalid value for ${name}: ${why}`);
}

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
