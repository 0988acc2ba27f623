/** Reads the details of an answer (AIP-193, `google/rpc/error_details.proto`) into typed values. Pure. */

/** `google.rpc.ErrorInfo`: the machine-readable cause. */
export interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: { readonly [key: string]: string };
}

/** `google.rpc.RetryInfo`. */
export interface RetryInfo {
  /** How long the server asks to wait, in milliseconds. */
  readonly retryDelay: number;
}

/** One entry of `google.rpc.BadRequest`: a field of the request and what is wrong with it. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
  readonly reason?: string;
}

/** One entry of `google.rpc.QuotaFailure`: whose quota was used up, and which. */
export interface QuotaViolation {
  readonly subject: string;
  readonly description: string;
}

/** One link of `google.rpc.Help`. */
export interface HelpLink {
  readonly description: string;
  readonly url: string;
}

/** `google.rpc.LocalizedMessage`: a text that may be shown to a person. */
export interface LocalizedMessage {
  /** BCP 47, for instance `en-US`. */
  readonly locale: string;
  readonly message: string;
}

/** One entry of `errors[]`, as services before AIP-193 report errors. Other members are as they came. */
export interface ApiErrorItem {
  /** For instance `notFound`. */
  readonly reason?: string;
  readonly message?: string;
  /** For instance `global`, `usageLimits`. */
  readonly domain?: string;
  /** What is at fault: for instance the name of a parameter. */
  readonly location?: string;
  /** `parameter`, `header`, `other`. */
  readonly locationType?: string;
  readonly [member: string]: unknown;
}

/** An object of JSON. */
export type Json = { readonly [name: string]: unknown };

export function asObject(value: unknown): Json | undefined {
  // Every JSON object can be read by name.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** A string that says something. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The first detail of this type. */
function detail(details: readonly unknown[], type: string): Json | undefined {
  return details.map(asObject).find((entry) => stringOf(entry?.["@type"])?.endsWith(`/google.rpc.${type}`) === true);
}

/** The objects of a list of such a detail. */
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
  // A Duration in JSON is seconds with an "s" behind; some servers write the message's fields out.
  if (typeof delay === "string" && /^\d+(\.\d+)?s$/.test(delay))
    return { retryDelay: Number(delay.slice(0, -1)) * 1000 };
  const fields = asObject(delay);
  if (fields === undefined) return undefined;
  const milliseconds = Number(fields["seconds"] ?? 0) * 1000 + Number(fields["nanos"] ?? 0) / 1e6;
  return Number.isFinite(milliseconds) && milliseconds >= 0 ? { retryDelay: milliseconds } : undefined;
}

/** Of `BadRequest`, else of the older `errors[]` that name a part of the request. */
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

/** Of `Help`, else the `extendedHelp` of the older `errors[]`. */
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
