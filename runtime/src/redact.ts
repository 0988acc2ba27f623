/** Keeps secrets out of everything that is shown: messages, causes, URLs. */
import type { HttpRequest } from "./transport/transport.js";

const blank = "[redacted]";
const secretHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "x-goog-api-key",
  // Of Cloud Storage: keys that the caller keeps, which open what was encrypted with them.
  "x-goog-copy-source-encryption-key",
  "x-goog-encryption-key",
]);
const secretQuery: RegExp = /([?&](?:access_token|assertion|bearer_token|key|oauth_token|upload_id)=)([^&#\s]*)/gi;
// Each is linear in the text, which may be a megabyte that a server made up.
const secretShapes: readonly RegExp[] = [
  /\bbearer\s+[^\s"',;]+/gi,
  /\bya29\.[\w.-]+/g,
  /\bAIza[\w-]{30,}/g,
  /(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.?[\w-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:assertion|client_secret|refresh_token)=[^&\s"']+/gi,
];

/** The secrets that this request carries, to be blanked wherever they turn up. */
export function secretsOf(request: HttpRequest): string[] {
  const secrets: string[] = [];
  const add = (secret: string | undefined): void => {
    // Blanking one or two letters everywhere would garble messages and protect nothing.
    if (secret !== undefined && secret.length > 3) secrets.push(secret);
  };
  for (const [name, value] of Object.entries(request.headers)) {
    if (!secretHeaders.has(name)) continue;
    add(value);
    for (const part of value.split(/[\s,;]+/).slice(1)) add(part);
  }
  for (const match of request.path.matchAll(secretQuery)) {
    add(match[2]);
    add(decode(match[2] ?? ""));
  }
  return secrets.toSorted((a, b) => b.length - a.length);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The text without these secrets and without anything that has the shape of one. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, blank);
  for (const shape of secretShapes) clean = clean.replace(shape, blank);
  return redactQuery(clean);
}

/** A URL whose secret query values are blanked. */
export function redactQuery(url: string): string {
  return url.replace(secretQuery, `$1${blank}`);
}

/** Header fields whose secret values are blanked. */
export function redactHeaders(headers: { readonly [name: string]: string }): { readonly [name: string]: string } {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    secretHeaders.has(name) ? blank : redact(value),
  ]);
  return Object.fromEntries(entries);
}

/** One line that is safe to print: no control characters, and not longer than a message should be. */
export function printable(text: string, length = 2000): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/**
 * A copy of a foreign error that is safe to keep as a cause: its message and code, without secrets and without the
 * properties where other libraries keep whole requests.
 */
export function safeCause(error: unknown, secrets: readonly string[] = []): Error {
  const message = error instanceof Error ? error.message : String(error);
  const copy = new Error(printable(redact(message, secrets)));
  if (error instanceof Error) {
    Object.defineProperty(copy, "name", { value: printable(redact(error.name, secrets)), configurable: true });
    copy.stack = redact(error.stack ?? "", secrets) || `${copy.name}: ${copy.message}`;
  }
  const code = codeOf(error);
  if (code !== undefined) Object.defineProperty(copy, "code", { value: code, enumerable: true });
  return copy;
}

/** The `code` of a system, undici or fetch error, where there is one. */
export function codeOf(error: unknown, depth: number = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 5) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return "cause" in error ? codeOf(error.cause, depth + 1) : undefined;
}
