/**
 * Reads the error from the body of a response: AIP-193, the older `errors[]`, OAuth's `error`, RFC 9457, arrays of
 * errors, Cloud Storage's XML, any other JSON, and the output of proxies (HTML, text, incomplete bodies).
 */
import { type ApiErrorItem, type Json, asObject, stringOf } from "../error-details.js";
import { printable, redact } from "../redact.js";
import { isPage, readMarkup } from "./markup.js";

/** The error in a body of any form. */
export interface ErrorBody {
  /** The server's message on one line, without secrets. */
  readonly message: string | undefined;
  /** Text to show after the message, or instead of it. */
  readonly remark: string | undefined;
  readonly rpcStatus: string | undefined;
  /** Reasons of the older `errors[]`, OAuth's `error`, or codes that are names. */
  readonly reasons: readonly string[];
  readonly errors: readonly ApiErrorItem[];
  readonly details: readonly unknown[];
  /** The body without secrets: the JSON value if secrets were escaped, else the text. */
  readonly body: unknown;
}

/** Names of members that contain a message, in lower case and in order of preference. */
const messageNames: readonly string[] = [
  "message",
  "msg",
  "error_description",
  "errormessage",
  "error_message",
  "detail",
  "description",
  "faultstring",
  "title",
  "text",
  "value",
  "error",
  "errors",
  "fault",
  "reason",
];

/** The names of `google.rpc.Code`, by number. */
const rpcCodes: readonly (string | undefined)[] = [
  undefined,
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];

const nothing: Omit<ErrorBody, "body"> = {
  message: undefined,
  remark: undefined,
  rpcStatus: undefined,
  reasons: [],
  errors: [],
  details: [],
};

/** @param secrets The secrets of the request, which a server may return. */
export function parseErrorBody(raw: string, contentType?: string, secrets: readonly string[] = []): ErrorBody {
  // Removes a byte order mark, and the prefix `)]}'` of some services, which prevents the use of JSON as a script.
  const text = redact(raw, secrets).replace(/^\ufeff?(?:\)\]\}'[^\n]{0,10}\n)?/, "");
  if (text.trim() === "") return { ...nothing, body: undefined };
  const line = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : stringOf(printable(redact(text, secrets)));

  let isChanged = false;
  // An escape may hide a secret in the text.
  const clean = (_name: string, value: unknown): unknown => {
    if (typeof value !== "string" || value.length < 4) return value;
    const safe = redact(value, secrets);
    isChanged ||= safe !== value;
    return safe;
  };
  const value = parseJson(text, /\\[/u]/.test(text) ? clean : undefined);
  if (value !== undefined) {
    const read = readJson(value);
    return { ...read, message: line(read.message), body: isChanged ? value : text };
  }
  if (!/^\s*</.test(text) && !/\b(?:html|xml)\b/i.test(contentType ?? "")) {
    return { ...nothing, message: line(text), body: text };
  }
  const { details, message, reason } = readMarkup(text);
  const item = { reason: line(reason), message: line(message), details: line(details) };
  const entries = Object.entries(item).filter(([, value]) => value !== undefined);
  const errors = reason === undefined ? [] : [Object.fromEntries(entries)];
  const empty = isPage(text) ? "the response is a web page, not JSON" : "the response is XML, not JSON";
  return {
    ...nothing,
    message: item.message,
    remark: item.message === undefined && reason === undefined ? empty : item.details,
    reasons: [nameOf(item.reason)].filter((name) => name !== undefined),
    errors,
    details: errors,
    body: text,
  };
}

function parseJson(text: string, revive: ((name: string, value: unknown) => unknown) | undefined): unknown {
  try {
    return JSON.parse(text, revive);
  } catch {
    return undefined;
  }
}

function readJson(value: unknown): Omit<ErrorBody, "body"> {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const outer = list.map(asObject).find((entry) => entry?.["error"] !== undefined) ?? asObject(list[0]);
  if (outer === undefined) return { ...nothing, message: messageIn(value) ?? jsonText(value) };
  const inner = outer["error"];
  const error = asObject(inner) ?? outer;
  const errors = listOf(error["errors"] ?? outer["errors"]);
  const { code, status } = error;
  const names = [inner, error["reason"], code, error["Code"], error["__type"]].map(nameOf);
  const reasons = [...errors.map((entry) => stringOf(entry["reason"])), ...names].filter((one) => one !== undefined);
  const canonical = typeof status === "string" && /^[A-Z][A-Z_]+$/.test(status) ? status : undefined;
  const rpcStatus = canonical ?? (typeof code === "number" ? rpcCodes[code] : undefined);
  const message = messageIn(error) ?? messageIn(outer);
  const isKnown = reasons.length > 0 || rpcStatus !== undefined;
  return {
    message: message === undefined || reasons.includes(message) ? (isKnown ? undefined : jsonText(value)) : message,
    remark: undefined,
    rpcStatus,
    reasons,
    errors,
    details: detailsOf(error) ?? detailsOf(outer) ?? errors,
  };
}

/** Finds the details, whose name differs between services. */
function detailsOf(error: Json): readonly unknown[] | undefined {
  const found = [error["details"], error["errorDetails"], error["error_details"]].find(
    (details) => listOf(details).length > 0,
  );
  return found === undefined || Array.isArray(found) ? found : [found];
}

/** Returns the objects of an array, or the single object instead of one. */
function listOf(value: unknown): readonly Json[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map(asObject).filter((entry) => entry !== undefined);
}

/** Returns a code or reason if it is a name, not a sentence. */
function nameOf(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Za-z][\w.#-]{0,99}$/.test(value) ? value : undefined;
}

/** Finds a message in a JSON value. */
function messageIn(value: unknown, depth: number = 0): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  if (typeof value !== "object" || value === null || depth > 5) return undefined;
  if (Array.isArray(value)) {
    const messages = value.slice(0, 3).map((entry) => messageIn(entry, depth + 1));
    return stringOf(messages.filter((part) => part !== undefined).join("; "));
  }
  // The members of JSON have any type.
  const members = new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member as unknown]));
  const { detail, title } = Object.fromEntries(members);
  // RFC 9457: the kind of problem, and the problem itself.
  if (typeof title === "string" && typeof detail === "string" && title !== "" && detail !== "")
    return `${title}: ${detail}`;
  for (const name of messageNames) {
    const member = members.get(name);
    const message = messageIn(member, depth + 1) ?? (name === "message" ? jsonText(member) : undefined);
    if (message !== undefined) return message;
  }
  return undefined;
}

/** Returns JSON of an unknown shape as text, unless it is empty. */
function jsonText(value: unknown): string | undefined {
  const isEmpty =
    typeof value === "object" ? Object.keys(value ?? {}).length === 0 : value === undefined || value === "";
  if (isEmpty) return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    // Nested too deeply.
    return undefined;
  }
}
