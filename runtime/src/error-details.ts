/** Reads the details of an error response (AIP-193, `google/rpc/error_details.proto`) into typed values. Pure. */

/** `google.rpc.ErrorInfo`: the machine-readable cause. */
export interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: { readonly [key: string]: string };
}

/** `google.rpc.RetryInfo`. */
export interface RetryInfo {
  /** How long to wait before a retry, in milliseconds. */
  readonly retryDelay: number;
}

/** One entry of `google.rpc.BadRequest`: a field of the request and its problem. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
  readonly reason?: string;
}

/** One entry of `google.rpc.QuotaFailure`: the owner of an exceeded quota, and the quota. */
export interface QuotaViolation {
  readonly subject: string;
  readonly description: string;
}

/** One link of `google.rpc.Help`. */
export interface HelpLink {
  readonly description: string;
  readonly url: string;
}

/** `google.rpc.LocalizedMessage`: a message for end users. */
export interface LocalizedMessage {
  /** BCP 47, for example `en-US`. */
  readonly locale: string;
  readonly message: string;
}

/** One entry of `errors[]`, the form of services older than AIP-193. Other members are unchanged. */
export interface ApiErrorItem {
  /** For example `notFound`. */
  readonly reason?: string;
  readonly message?: string;
  /** For example `global`, `usageLimits`. */
  readonly domain?: string;
  /** The part of the request with the problem, for example the name of a parameter. */
  readonly location?: string;
  /** `parameter`, `header`, `other`. */
  readonly locationType?: string;
  readonly [member: string]: unknown;
}

/** A JSON object. */
export type Json = { readonly [name: string]: unknown };

/** Returns the value if it is a JSON object. */
export function asObject(value: unknown): Json | undefined {
  // The cast is safe: any object can be read by name.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** Returns the value if it is a string that is not empty. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Returns the first detail of a type. */
function detail(details: readonly unknown[], type: string): Json | undefined {
  return details.map(asObject).find((entry) => stringOf(entry?.["@type"])?.endsWith(`/google.rpc.${type}`) === true);
}

/** Returns the objects of a repeated field of the first detail of a type. */
function entries(details: readonly unknown[], type: string, list: string): readonly Json[] {
  const found = detail(details, type)?.[list];
  return Array.isArray(found) ? found.map(asObject).filter((entry) => entry !== undefined) : [];
}

export function readErrorInfo(details: readonly unknown[]): ErrorInfo | undefined {
  const info = detail(details, "ErrorInfo");
  const reason = stringOf(info?.["reason"]);
  if (info === undefined || reason === undefined) return undefined;
  const metadata = Object.entries(asObject(info["metadata"]) ?? {}).map(
    ([key, value]) => [key, String(value)] as const,
  );
  return { reason, domain: stringOf(info["domain"]) ?? "", metadata: Object.fromEntries(metadata) };
}

export function readRetryInfo(details: readonly unknown[]): RetryInfo | undefined {
  const delay = detail(details, "RetryInfo")?.["retryDelay"];
  // In JSON a Duration is seconds followed by "s". Some servers send an object with its fields instead.
  if (typeof delay === "string" && /^\d+(\.\d+)?s$/.test(delay))
    return { retryDelay: Number(delay.slice(0, -1)) * 1000 };
  const fields = asObject(delay);
  if (fields === undefined) return undefined;
  const milliseconds = Number(fields["seconds"] ?? 0) * 1000 + Number(fields["nanos"] ?? 0) / 1e6;
  return Number.isFinite(milliseconds) && milliseconds >= 0 ? { retryDelay: milliseconds } : undefined;
}

/** Reads `BadRequest`, else the older `errors[]` that name a part of the request. */
export function readFieldViolations(
  details: readonly unknown[],
  errors: readonly ApiErrorItem[],
): readonly FieldViolation[] {
  const found = entries(details, "BadRequest", "fieldViolations");
  if (found.length > 0) return found.map((entry) => violation(entry["field"], entry["description"], entry["reason"]));
  return errors
    .filter(({ location, locationType }) => stringOf(location) !== undefined && locationType !== "header")
    .map(({ location, message, reason }) => violation(location, message, reason));
}

function violation(field: unknown, description: unknown, reason: unknown): FieldViolation {
  const known = { field: stringOf(field) ?? "", description: stringOf(description) ?? "" };
  const name = stringOf(reason);
  return name === undefined ? known : { ...known, reason: name };
}

export function readQuotaViolations(details: readonly unknown[]): readonly QuotaViolation[] {
  return entries(details, "QuotaFailure", "violations").map((entry) => ({
    subject: stringOf(entry["subject"]) ?? "",
    description: stringOf(entry["description"]) ?? "",
  }));
}

/** Reads `Help`, else `extendedHelp` of the older `errors[]`. */
export function readHelpLinks(details: readonly unknown[], errors: readonly ApiErrorItem[]): readonly HelpLink[] {
  const found = entries(details, "Help", "links");
  const links = found.length > 0 ? found : errors.map((entry) => ({ url: entry["extendedHelp"] }));
  return links
    .map((entry: Json) => ({ description: stringOf(entry["description"]) ?? "", url: stringOf(entry["url"]) ?? "" }))
    .filter(({ url }) => found.length > 0 || url !== "");
}

export function readLocalizedMessage(details: readonly unknown[]): LocalizedMessage | undefined {
  const found = detail(details, "LocalizedMessage");
  const message = stringOf(found?.["message"]);
  return message === undefined ? undefined : { locale: stringOf(found?.["locale"]) ?? "", message };
}

export function readRequestId(details: readonly unknown[]): string | undefined {
  return stringOf(detail(details, "RequestInfo")?.["requestId"]);
}
