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
const STATUS = {
  400: { code: "INVALID_ARGUMENT", reason: "badRequest" },
  401: { code: "UNAUTHENTICATED", reason: "authError" },
  403: { code: "PERMISSION_DENIED", reason: "insufficientPermissions" },
  404: { code: "NOT_FOUND", reason: "notFound" },
  409: { code: "ALREADY_EXISTS", reason: "duplicate" },
  412: { code: "FAILED_PRECONDITION", reason: "conditionNotMet" },
  413: { code: "INVALID_ARGUMENT", reason: "uploadTooLarge" },
  416: { code: "OUT_OF_RANGE", reason: "requestedRangeNotSatisfiable" },
  414: { code: "INVALID_ARGUMENT", reason: "uriTooLong" },
  500: { code: "INTERNAL", reason: "internalError" },
  501: { code: "UNIMPLEMENTED", reason: "notImplemented" },
} as const;

export type ErrorStatus = keyof typeof STATUS;

interface ErrorFacts {
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

  constructor(status: ErrorStatus, message: string, facts: ErrorFacts = {}) {
    super(message);
    this.name = "GoogleError";
    this.answer = { status, body: errorBody(status, message, facts), headers: facts.headers ?? {} };
  }
}

function errorBody(status: ErrorStatus, message: string, { reason, location, details }: ErrorFacts): JsonObject {
  const entry = {
    message,
    domain: "global",
    reason: reason ?? STATUS[status].reason,
    ...(location === undefined ? {} : { location: location.name, locationType: location.type }),
  };
  return {
    error: {
      code: status,
      message,
      errors: [entry],
      status: STATUS[status].code,
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
