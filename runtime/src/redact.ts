/** Keeps secrets out of everything that is shown: messages, causes, URLs. */

/** What is read of a request. */
interface Request {
  readonly origin: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  /** The path itself is a secret. */
  readonly secretPath?: boolean | undefined;
}

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
const secretQuery: RegExp =
  /([?&](?:access_token|assertion|bearer_token|client_secret|id_token|key|oauth_token|refresh_token|(?:x-goog-)?signature|upload_id)=)(?!REDACTED(?:[&#]|$))([^&#\s]*)/gi;
// Each is linear in the text, which may be a megabyte that a server made up.
const secretShapes: readonly RegExp[] = [
  /\bbearer\s+[^\s"',;]+/gi,
  /\bya29\.[\w.-]+/g,
  /\bAIza[\w-]{30,}/g,
  /\bGOCSPX-[\w-]+/g,
  /\b1\/\/0[\w-]{8,}/g,
  /(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.?[\w-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:assertion|client_secret|refresh_token)=[^&\s"']+/gi,
];

/** The secrets that this request carries, to be blanked wherever they turn up. */
export function secretsOf(request: Request): string[] {
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
  if (request.secretPath === true) {
    for (const part of [request.path, ...request.path.split(/[/?&=]/)]) if (part.length >= 12) add(part);
  }
  // Errors of name resolution repeat the host.
  const host = request.origin.replace(/^\w+:\/\//, "");
  if (!isShowable(host)) add(host);
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

/** The URL of a request as it may be shown: without secret query values, and of a secret path without all of it. */
export function urlOf(request: Omit<Request, "headers">): string {
  return request.origin + (request.secretPath === true ? `/${blank}` : redactQuery(request.path));
}

const base64Run: RegExp = /[A-Za-z0-9+/=]{40,}/g;
/** Base64 for URLs. Without upper case it is a long name with hyphens, such as Google gives key files. */
const base64UrlRun: RegExp = /(?=[\w-]*[A-Z])[\w-]{40,}/g;
/** Part of a path that nobody takes for Base64: `/home/runner/work/repository/service`. */
const word: RegExp = /^(?:[A-Z]?[a-z]{0,20}|\d{1,8})$/;
const jsonStart: RegExp = /^\ufeff?\s*(?:\{|"|%7b|\[\s*["[{\]])/i;
const pem: RegExp = /BEGIN|PRIVATE KEY/;

/**
 * A path, file name, URL or other name of the caller's or the environment's, as messages may show it. Where it may be a
 * secret in the wrong place, it is described: `a JSON text of 2,314 characters`.
 */
export function shownName(name: unknown): string {
  if (typeof name !== "string") return name instanceof URL ? shownName(name.href) : `a value of type ${typeof name}`;
  return isShowable(name) ? name : `${kindOf(name)} of ${name.length.toLocaleString("en-US")} characters`;
}

/** The same in quotation marks where it is not described. */
export function quotedName(name: unknown): string {
  return typeof name === "string" && isShowable(name) ? JSON.stringify(name) : shownName(name);
}

/** Whether a name is one line without anything that keys, tokens and passwords have. */
export function isShowable(name: string): boolean {
  return (
    name.length <= 255 &&
    printable(name) === name.trim() &&
    !jsonStart.test(name) &&
    !pem.test(name) &&
    !/\{|%7b|^\s*data:|\/\/[^/\s]*@/i.test(name) &&
    !hasBase64(name) &&
    redact(name) === name
  );
}

function hasBase64(text: string): boolean {
  const isOdd = (run: string): boolean => !run.split(/[/_-]/).every((part) => word.test(part));
  return [...(text.match(base64Run) ?? []), ...(text.match(base64UrlRun) ?? [])].some(isOdd);
}

function kindOf(secret: string): string {
  if (jsonStart.test(secret)) return "a JSON text";
  if (pem.test(secret)) return "a PEM text";
  if (/^\s*data:/i.test(secret)) return "a data: URL";
  if (/^[\w+/=\s-]{40,}$/.test(secret) && hasBase64(secret)) return "a Base64 text";
  return "a text";
}

/** What to do with a key or token that was passed as a path; `undefined`: it does not look like one. */
export function adviceForKey(path: unknown, fromJson: string): string | undefined {
  if (typeof path !== "string") return undefined;
  const text = path.trim().replace(/^data:[^,]*,/i, "");
  if (/^(?:bearer\s+)?ya29\./i.test(text))
    return "It looks like an access token, not the path of a file. Pass it to new AccessTokenCredentials()";
  const is = "It looks like the key itself, not the path of a file.";
  if (jsonStart.test(text) || pem.test(text)) return `${is} Pass the JSON to ${fromJson}()`;
  const start = decoded(text);
  if (!jsonStart.test(start) && !pem.test(start)) return undefined;
  return `${is} Decode it from Base64 and pass the JSON to ${fromJson}()`;
}

/** The beginning of what a text is the Base64 of. */
function decoded(text: string): string {
  try {
    return atob(text.replace(/\s/g, "").replaceAll("-", "+").replaceAll("_", "/").slice(0, 40));
  } catch {
    return "";
  }
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

/** What an error of the file system says, with its path only where that can be shown. Other messages are redacted. */
export function fileProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (codeOf(error)?.startsWith("ERR_INVALID_ARG") === true) return "the path is invalid";
  const [, problem] = /^([A-Z][A-Z0-9]+: [^,']+), [a-z]+(?: '|$)/.exec(message) ?? [];
  if (problem === undefined) return printable(redact(message), 200);
  return error instanceof Error && "path" in error ? `${problem}: ${shownName(error.path)}` : problem;
}

/** The `code` of a system, undici or fetch error, where there is one. */
export function codeOf(error: unknown, depth: number = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 5) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return "cause" in error ? codeOf(error.cause, depth + 1) : undefined;
}
